"""Forged messages to the pages about places and counts: somebody whose role has nothing to do there, and numbers that
are none. Gathered by test_server_forged.py."""

from collections.abc import Callable
from typing import Any

from page_shop import Team

from ecomos.pages.places import PlacesPage
from ecomos.pages.places_bins import BinsOfPlaces
from ecomos.pages.places_goods import GoodsOfPlaces

__all__ = ["STOCK_FORGERS", "STOCK_WAYS"]

Forger = Callable[[Team], None]


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
}
