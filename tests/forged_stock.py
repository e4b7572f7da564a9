"""Forged messages to the pages about places and counts: somebody whose role has nothing to do there, and numbers that
are none. Gathered by test_server_forged.py."""

from collections.abc import Callable
from typing import Any

from page_shop import Team
from shops import NOW

from ecomos.pages.count_sheet import CountPage
from ecomos.pages.counts import CountsPage
from ecomos.pages.places import PlacesPage
from ecomos.pages.places_bins import BinsOfPlaces
from ecomos.pages.places_goods import GoodsOfPlaces
from ecomos.store import iso, write

__all__ = ["STOCK_FORGERS", "STOCK_WAYS", "begin_a_count"]

Forger = Callable[[Team], None]


def begin_a_count(team: Team) -> None:
    """A sheet of two lines: one to be counted, one whose difference waits for approval."""
    shop = team.shop
    with write(shop.db) as db:
        number = db.execute(
            """insert into counts(location_id, kind, status, planned_on, made_at, made_by)
               values (1, 'asked', 'open', '2026-11-24', ?, ?) returning id""",
            [iso(NOW), team.ids["Olga"]],
        ).fetchone()[0]
        first, second = (row[0] for row in db.execute("select id from variants order by id limit 2").fetchall())
        db.execute(
            """insert into count_lines(count_id, line_no, variant_id, status, expected, counted, counted_by, variance,
                 variance_cents) values (?1, 1, ?2, 'to approve', 9, 5, ?4, -4, -1600), (?1, 2, ?3, 'open', null, null,
                 null, null, null)""",
            [number, first, second, team.ids["Ben"]],
        )


def told(deed: str, **answers: Any) -> dict[str, Any]:
    return {"deed": deed, "answers": answers, "checks": [True] * 9, "note": "forged", "asked": {}}


def refused(form: Any) -> None:
    assert form.step.get("error"), form.step


def places(form: str, callback: str, deed: str, key: str, **answers: Any) -> Forger:
    """Sue, of support, clicks what she is not shown."""

    def forge(team: Team) -> None:
        page = PlacesPage(team.desk("Sue").context())
        page.picked = 1
        getattr(page, form).step = {"key": key}
        getattr(page, callback)(told(deed, **answers))
        refused(getattr(page, form))

    return forge


def goods(form: str, callback: str, deed: str, key: str, **answers: Any) -> Forger:
    def forge(team: Team) -> None:
        page = GoodsOfPlaces(team.desk("Sue").context())
        names = page._names()
        given = {k: names[0] if v == "PLACE" else v for k, v in answers.items()}
        getattr(page, form).step = {"key": key}
        getattr(page, callback)(told(deed, **given))
        refused(getattr(page, form))

    return forge


def bins(form: str, callback: str, deed: str, **answers: Any) -> Forger:
    def forge(team: Team) -> None:
        page = BinsOfPlaces(team.desk("Sue").context())
        names = [r[0] for r in team.rows("select name from locations")]
        page.picked = 1
        getattr(page, form).step = {"key": "take:1:1"}
        getattr(page, callback)(told(deed, place=names[0], **answers))
        refused(getattr(page, form))

    return forge


def counting(team: Team) -> int:
    """A sheet with a line to count and a difference to approve, made and taken away again by the forger's test."""
    row = team.rows("select max(id) from counts")
    return int(row[0][0])


def counts(form: str, callback: str, deed: str, **answers: Any) -> Forger:
    def forge(team: Team) -> None:
        page = CountPage(team.desk("Sue").context(), counting(team))
        page.line = page.picked = 1
        getattr(page, callback)(told(deed, **answers))
        refused(getattr(page, form))

    return forge


def make_sheet(team: Team) -> None:
    page = CountsPage(team.desk("Sue").context())
    name = team.rows("select name from locations")[0][0]
    for what in ("what is due", "these things only", "everything: the yearly audit", "nothing"):
        page.made(told("make", place=name, what=what, things="MUG-B"))
        refused(page.making)


def enter_for_others(team: Team) -> None:
    """Support counts nothing; a picker counts no line that is not there, and no nonsense."""
    counts("entry", "entered", "enter", pieces="3")(team)
    page = CountPage(team.desk("Pia").context(), counting(team))
    for line, pieces in ((99, "3"), (1, "-3"), (1, "1e3"), (1, ""), (1, "9" * 30)):
        page.line = line
        page.entered(told("enter", pieces=pieces))
        refused(page.entry)


MASTER = places("place_form", "said_of_place", "master", "place:1:x", master="the platform's")
UPLOADED = places("upload_form", "said_of_upload", "uploaded", "upload:1")
ENTERED = places("moves", "said_of_difference", "entered", "difference:1:1:1")
LEAVE = goods("moving", "moved", "leave", "x", thing="MUG-B", pieces="1", **{"from": "PLACE", "to": "PLACE"})
ARRIVE = goods("arriving", "arrived", "arrive", "arrive:1:1", pieces="1")
SETTLE = goods("settling", "settled", "settle", "settle:1:1:hold:1", pieces="1", becomes="damaged", why="forged")
CORRECT = goods("correcting", "corrected", "correct", "x", thing="MUG-B", pieces="5", at="PLACE", why="forged")
ADD = bins("adding", "added", "add", name="Z-9", walk="1")
CHANGE = bins("changing", "changed", "change", name="Z-9", walk="1")
LAY = bins("laying", "laid", "lay", thing="MUG-B")
TAKE = bins("taking", "taken_out", "take")

STOCK_FORGERS: dict[str, Forger] = {
    "places:master": MASTER,
    "places:download": places("upload_form", "said_of_upload", "download", "upload:1"),
    "places:uploaded": UPLOADED,
    "places:entered": ENTERED,
    "places_goods:leave": LEAVE,
    "places_goods:both": goods(
        "moving", "moved", "both", "x", thing="MUG-B", pieces="1", **{"from": "PLACE", "to": "PLACE"}
    ),
    "places_goods:arrive": ARRIVE,
    "places_goods:settle": SETTLE,
    "places_goods:correct": CORRECT,
    "places_bins:add": ADD,
    "places_bins:change": CHANGE,
    "places_bins:lay": LAY,
    "places_bins:take": TAKE,
    "counts:make": make_sheet,
    "count_sheet:enter": enter_for_others,
    "count_sheet:print": counts("deeds", "done", "print"),
    "count_sheet:value": counts("deeds", "done", "value"),
    "count_sheet:drop": counts("deeds", "done", "drop"),
    "count_sheet:cause": counts("cause", "caused", "cause", cause="not found"),
    "count_sheet:again": counts("cause", "caused", "again"),
    "count_sheet:approve": counts("deciding", "decided", "approve"),
}
STOCK_WAYS: dict[str, str] = {
    "places:Table:self.pick_place": "shows",
    "places:StepForm:self.said_of_place": "places:master",
    "places:StepForm:self.said_of_upload": "places:uploaded",
    "places:Table:self.pick_difference": "shows",
    "places:StepForm:self.said_of_difference": "places:entered",
    "places_goods:Table:self.pick_transfer": "shows",
    "places_goods:StepForm:self.arrived": "places_goods:arrive",
    "places_goods:StepForm:self.moved": "places_goods:leave",
    "places_goods:Table:self.pick_odd": "shows",
    "places_goods:StepForm:self.settled": "places_goods:settle",
    "places_goods:StepForm:self.corrected": "places_goods:correct",
    "places_bins:Table:self.pick": "shows",
    "places_bins:StepForm:self.added": "places_bins:add",
    "places_bins:StepForm:self.changed": "places_bins:change",
    "places_bins:Table:self.pick_inside": "shows",
    "places_bins:StepForm:self.taken_out": "places_bins:take",
    "places_bins:StepForm:self.laid": "places_bins:lay",
    "counts:StepForm:self.made": "counts:make",
    "count_sheet:StepForm:self.entered": "count_sheet:enter",
    "count_sheet:Table:self.pick_line": "shows",
    "count_sheet:StepForm:self.done": "count_sheet:print",
    "count_sheet:Table:self.pick_difference": "shows",
    "count_sheet:StepForm:self.decided": "count_sheet:approve",
    "count_sheet:StepForm:self.caused": "count_sheet:cause",
}
