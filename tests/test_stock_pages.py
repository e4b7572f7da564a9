"""The pages about places and counts, driven without a browser: what they show, what a click does, what is refused in
words."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from count_shop import stock_things
from page_shop import Desk, Team, make_team
from pdf_text import text_of
from shops import NOW

from ecomos.pages.count_sheet import CountPage
from ecomos.pages.count_shrink import ShrinkPage
from ecomos.pages.counts import CountsPage
from ecomos.pages.counts import build as build_counts
from ecomos.pages.hands import hand_of
from ecomos.pages.imports import Imports
from ecomos.pages.places import PlacesPage
from ecomos.pages.places_bins import BinsOfPlaces
from ecomos.pages.places_goods import GoodsOfPlaces
from ecomos.stock.levels import LevelRecord, load_levels
from ecomos.stock.places import say_master
from ecomos.stock.returns import change_state
from ecomos.stock.upload import make_upload
from ecomos.store import iso, write

INVENTORY = (
    b"Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,"
    b"Incoming,Unavailable,Committed,Available,On hand\n"
    b"mug,Mug,Colour,Blue,MUG-B,,,Shop,0,0,0,10,10\n"
)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """A shop with a blue and a red mug."""
    found = make_team(tmp_path / "shop")
    with write(found.shop.db) as db:
        db.execute(
            """insert into channels(id, name, platform, currency) values (1, 'shopify', 'shopify', 'EUR')
               on conflict do nothing"""
        )
        db.execute("insert into products(id, channel_id, handle, title) values (901, 1, 'mug', 'Mug')")
        db.execute(
            """insert into variants(id, product_id, sku, title, barcode, price_cents, cost_cents)
               values (1, 901, 'MUG-B', 'Blue', '4006381333931', 1000, 320),
                 (2, 901, 'MUG-R', 'Red', null, 1000, 310)"""
        )
    return found


def said(deed: str, **answers: Any) -> dict[str, Any]:
    return {"deed": deed, "answers": answers, "checks": [], "note": "", "asked": {}}


def level(team: Team, variant: int = 1) -> Any:
    return team.rows("select sum(on_hand) from stock_levels where variant_id = ?", variant)[0][0]


def dropped(desk: Desk, modified: float | None) -> Imports:
    page = Imports(desk.context(), {})
    page.drop.modified = modified
    asyncio.run(page.take_file("inventory.csv", INVENTORY))
    return page


def test_the_page_asks_when_an_inventory_was_exported_and_offers_the_files_time(team: Team) -> None:
    """The time that the browser tells of the file, not the one at which it was dropped here."""
    page = dropped(team.desk("Olga"), NOW.timestamp() - 7200)
    assert ("When was it exported?", "2026-11-24 07:30, when the file was written") == (
        page.asks.step["title"],
        page.asks.step["fields"][0]["value"],
    )
    assert level(team) is None
    asyncio.run(page.answered(said("load", choice=page.asks.step["fields"][0]["value"])))
    assert (10, [("2026-11-24T07:30:00Z",)]) == (level(team), team.rows("select as_of from platform_levels"))


def test_another_time_can_be_typed_and_one_that_is_none_is_said(team: Team) -> None:
    page = dropped(team.desk("Olga"), None)
    asyncio.run(page.answered(said("load", choice="", at="yesterday")))
    assert "as_of=yesterday: write day and time as 2026-11-24 08:00, in the store's zone." == page.asks.step["error"]
    asyncio.run(page.answered(said("load", choice="", at="2026-11-24 08:15")))
    assert [("2026-11-24T08:15:00Z",)] == team.rows("select as_of from platform_levels")
    assert iso(NOW) > "2026-11-24T08:15:00Z"


@pytest.fixture
def stocked(team: Team) -> Team:
    """Ten blue mugs in the shop and a back room."""
    with write(team.shop.db) as db:
        number = db.execute(
            """insert into imports(path, sha256, kind, imported_at) values ('i', 'i', 'shopify-inventory', ?)
               returning id""",
            [iso(NOW)],
        ).fetchone()[0]
        records = [
            LevelRecord("mug", "Blue", "MUG-B", "Shop", 2, 10, 0, 0, 0),
            LevelRecord("mug", "Red", "MUG-R", "Back room", 3, 4, 0, 0, 0),
        ]
        load_levels(db, 1, number, iso(NOW - timedelta(hours=3)), records)
    return team


def test_places_says_whose_number_counts_and_saves_it_with_an_owner(stocked: Team) -> None:
    page = PlacesPage(stocked.desk("Olga").context())
    assert [("Back room", "platform's number", 4), ("Shop", "platform's number", 10)] == [
        (r["place"], r["master"][0], r["pieces"]) for r in page.places.rows
    ]
    assert "0 levels differ from the platform's last word." == page.head.message
    page.pick_place(1)
    ours = page.place_form.step["fields"][0]["choices"][1]
    page.said_of_place(said("master", master=ours, owner=""))
    assert "only with an owner" in page.place_form.step["error"]
    page.said_of_place(said("master", master=ours, owner="operations lead"))
    assert ("Shop", "our number", "operations lead") == (
        page.places.rows[1]["place"],
        page.places.rows[1]["master"][0],
        page.places.rows[1]["owner"],
    )


def test_places_shows_what_lies_on_top_and_takes_the_word_that_it_was_entered(stocked: Team) -> None:
    picker = GoodsOfPlaces(stocked.desk("Pia").context())
    picker.corrected(said("correct", thing="4006381333931", pieces="-2", at="Shop", why="two are broken"))
    assert "have the thing counted on the page Counts" in picker.correcting.step["error"]
    desk = stocked.desk("Olga")
    goods = GoodsOfPlaces(desk.context())
    goods.corrected(said("correct", thing="4006381333931", pieces="-2", at="Shop", why="two are broken"))
    page = PlacesPage(desk.context())
    assert [("MUG-B Mug Blue", 10, 8, "-2 corrected")] == [
        (r["thing"], r["platform"], r["ours"], r["why"]) for r in page.differing.rows
    ]
    page.pick_difference(page.differing.rows[0]["id"])
    assert [["Tue 24 Nov, 09:30", "-2 adjust: two are broken"]] == page.moves.step["facts"]
    page.said_of_difference(said("entered", reference="A-17"))
    assert "Noted: 1 move entered there." == desk.toasts[-1]
    page.pick_difference(page.differing.rows[0]["id"])
    assert "Nothing waits to be entered: the next export says more." == page.moves.step["sub"]
    assert [] == page.moves.step["buttons"]


def test_places_hands_the_file_out_and_takes_the_word_that_it_was_uploaded(stocked: Team) -> None:
    desk = stocked.desk("Olga")
    with write(stocked.shop.db) as db:
        say_master(db, 1, "ecomos", "operations-lead", iso(NOW), "person:1")
    goods = GoodsOfPlaces(desk.context())
    goods.corrected(said("correct", thing="MUG-B", pieces="3", at="Shop", why="found behind the rack"))
    make_upload(stocked.shop.db, 1, NOW)
    page, given = PlacesPage(desk.context()), list[tuple[str, str]]()
    page.download.give = lambda name, text: given.append((name, text.splitlines()[1]))  # type: ignore[assignment, misc]
    assert "1 level of Shop waits to be uploaded" == page.upload_form.step["title"]
    page.said_of_upload(said("download"))
    assert [("inventory-Shop-2026-11-24.csv", "mug,Mug,,Blue,,,,,MUG-B,,,Shop,,0,0,0,10,10,13")] == given
    page.said_of_upload(said("uploaded"))
    assert ({}, []) == (page.upload_form.step, page.differing.rows)


def test_goods_are_sent_and_counted_in_by_click(stocked: Team) -> None:
    desk = stocked.desk("Pia")
    page = GoodsOfPlaces(desk.context())
    page.moved(said("leave", thing="MUG-B", pieces="11", **{"from": "Shop", "to": "Back room"}))
    assert "10 of it lie there by the ledger, and 11 should leave." in page.moving.step["error"]
    page.moved(said("leave", thing="MUG-B", pieces="4", **{"from": "Shop", "to": "Back room"}))
    assert [("MUG-B Mug Blue", 4, "Shop", "Back room")] == [
        (r["thing"], r["pieces"], r["from"], r["to"]) for r in page.way.rows
    ]
    page.pick_transfer(page.way.rows[0]["id"])
    page.arrived(said("arrive", pieces="3"))
    assert "1 piece still on the way." == desk.toasts[-1]
    page.pick_transfer(page.way.rows[0]["id"])
    page.arrived(said("arrive", pieces="1"))
    assert ("All of it is there.", []) == (desk.toasts[-1], page.way.rows)
    assert [(6,), (4,)] == stocked.rows(
        """select on_hand from stock_levels s join locations l on l.id = s.location_id
           where variant_id = 1 and l.kind = 'shelf' order by location_id"""
    )


def test_what_is_held_back_is_settled_by_click(stocked: Team) -> None:
    desk = stocked.desk("Olga")
    change_state(desk.shop.db, hand_of(desk.context()), 1, 1, 2, ("sellable", "hold"), "came back")
    page = GoodsOfPlaces(desk.context())
    assert [("MUG-B Mug Blue", ["held back", "soon"], 2, "came back")] == [
        (r["thing"], r["state"], r["pieces"], r["why"]) for r in page.odd.rows
    ]
    page.pick_odd(page.odd.rows[0]["id"])
    page.settled(said("settle", pieces="1", becomes="", why="looked at"))
    assert "Choose what they are now." == page.settling.step["error"]
    page.settled(said("settle", pieces="1", becomes="sellable again", why="as new"))
    page.pick_odd(page.odd.rows[0]["id"])
    page.settled(said("settle", pieces="1", becomes="written off", why="a crack"))
    assert (9, []) == (level(stocked), page.odd.rows)


def test_bins_are_added_filled_and_renamed_by_click(stocked: Team) -> None:
    page = BinsOfPlaces(stocked.desk("Pia").context())
    page.added(said("add", name="A-1", place="Shop", walk="10"))
    page.added(said("add", name="A-1", place="Shop", walk=""))
    assert "This place has a bin “A-1” already." == page.adding.step["error"]
    page.pick(page.bins.rows[0]["id"])
    page.laid(said("lay", thing="mug-b"))
    assert [("MUG-B Mug Blue", 10)] == [(r["thing"], r["pieces"]) for r in page.inside.rows]
    page.changed(said("change", name="A-01", place="Shop", walk="5"))
    assert [("A-01", 5, 1)] == [(r["bin"], r["walk"], r["things"]) for r in page.bins.rows]
    page.pick_inside(1)
    page.taken_out(said("take"))
    assert [] == page.inside.rows


@pytest.fixture
def room(tmp_path: Path) -> Team:
    """The same team before three things in three bins."""
    found = make_team(tmp_path / "counted")
    stock_things(found.shop)
    return found


def opened(team: Team, name: str, number: int = 1) -> CountPage:
    return CountPage(team.desk(name).context(), number)


def shown(page: CountPage) -> str:
    """All that the page sends to a browser, as text."""
    parts = (page.head, page.entry, page.sheet, page.deeds, page.differences, page.deciding, page.cause)
    states = [part.get_state() for part in parts]
    ours = [{k: v for k, v in state.items() if k[0] != "_" and k != "layout"} for state in states]
    return repr(ours)  # without the ids of widgets, which hold any digits


def make(team: Team, name: str, what: str, things: str = "") -> Desk:
    desk = team.desk(name)
    page = CountsPage(desk.context())
    page.made(said("make", place="Shop", what=what, things=things))
    assert not page.making.step.get("error"), page.making.step
    return desk


def test_counts_says_what_is_due_and_makes_a_sheet(room: Team) -> None:
    desk = room.desk("Olga")
    page = CountsPage(desk.context())
    assert "3 bins due, 0 counts under way." == page.head.message
    assert [("A-1", 2), ("B-2", 1), ("no bin", 1)] == sorted((r["bin"], r["things"]) for r in page.due.rows)
    page.made(said("make", place="Shop", what="what is due"))
    assert [("counts", {"count": "1"})] == desk.gone
    assert [("Count 1, Shop", ["to be counted", "soon"], "0 of 3")] == [
        (r["count"], r["state"], r["bins"][0]) for r in page.counts.rows
    ]
    assert [] == page.due.rows


def test_a_picker_counts_what_is_asked_for_and_plans_nothing(room: Team) -> None:
    page = CountsPage(room.desk("Pia").context(), "3")
    what, things = page.making.step["fields"][1], page.making.step["fields"][2]
    assert (["these things only"], "PLT-1") == (what["choices"], things["value"])
    page.made(said("make", place="Shop", what="what is due"))
    assert "Planning a count is for the buyer, the founder and the operations lead" in page.making.step["error"]
    page.made(said("make", place="Shop", what="these things only", things="PLT-1, cup"))
    assert "No one thing has the SKU or barcode “cup”." in page.making.step["error"]
    page.made(said("make", place="Shop", what="these things only", things="plt-1; 4006381333931"))
    assert 3 == len(opened(room, "Pia").sheet.rows)


def test_who_counts_is_told_nothing_of_what_should_lie_there(room: Team) -> None:
    """Neither on the screen nor in what the browser is sent; what the first one counted is not told to the second."""
    with write(room.shop.db) as db:
        db.execute("update stock_levels set on_hand = 7173 where variant_id = 3")
    make(room, "Pia", "these things only", "PLT-1")
    page = opened(room, "Pia")
    assert "7173" not in shown(page)
    page.entered(said("enter", pieces="4242"))
    second = opened(room, "Ben")
    assert "No bin: Plate" == second.entry.step["title"]
    assert "count again" == second.entry.step["state"]["text"]
    assert ("7173" in shown(second), "4242" in shown(second), "4242" in shown(page)) == (False, False, False)
    second.entered(said("enter", pieces="4242"))
    assert "7173" not in shown(opened(room, "Ben"))
    assert "7173" in shown(opened(room, "Olga"))


def test_a_line_is_counted_by_number_and_by_scan(room: Team) -> None:
    make(room, "Olga", "everything: the yearly audit")
    desk = room.desk("Pia")
    page = CountPage(desk.context(), 1)
    assert ("B-2: Mug Blue", "MUG-B · 4 lines left for you") == (
        page.entry.step["title"],
        page.entry.step["where"],
    )
    page.entered(said("enter", pieces="many"))
    assert "How many: write a whole number, as 12." == page.entry.step["error"]
    page.entered(said("enter", pieces="6", thing="PLT-1"))
    assert "Noted. Somebody else counts it again." == desk.toasts[-1]
    assert "B-2: Mug Blue" == page.entry.step["title"]
    page.entered(said("enter", pieces="6", thing="PLT-1"))
    assert "This thing is not to be counted on this sheet. Lay it aside" in page.entry.step["error"]
    page.entered(said("enter", pieces="4"))
    assert "A-1: Mug Blue" == page.entry.step["title"]
    page.entered(said("enter", pieces="6"))
    page.entered(said("enter", pieces="6"))
    assert ("Right. On to the next.", {}) == (desk.toasts[-1], page.entry.step)
    assert [["Bins closed", "2 of 3"], ["Lines left", "1 of 4"], ["To be counted again", "1 line"]] == page.head.rows


def test_what_is_being_typed_stays_while_others_count(room: Team) -> None:
    """The form is the same one as long as its line is to be counted."""
    make(room, "Olga", "everything: the yearly audit")
    mine, theirs = opened(room, "Pia"), opened(room, "Ben")
    key = mine.entry.step["key"]
    theirs.pick_line(4)
    theirs.entered(said("enter", pieces="8"))
    mine.refresh()
    assert key == mine.entry.step["key"]


def test_the_lead_says_where_it_came_from_and_approves(room: Team) -> None:
    make(room, "Pia", "these things only", "PLT-1")
    for name in ("Pia", "Ben"):
        opened(room, name).entered(said("enter", pieces="6"))
    desk = room.desk("Olga")
    page = CountPage(desk.context(), 1)
    assert [("PLT-1 Plate", 8, 6, "-2", "-10.00 EUR", "not said yet")] == [
        (r["thing"], r["expected"], r["counted"], r["variance"][0], r["worth"][0], r["cause"])
        for r in page.differences.rows
    ]
    page.pick_difference(1)
    assert "8 expected, 6 counted by Pia and Ben." == page.cause.step["sub"]
    page.caused(said("cause", cause="return not shelved"))
    assert "Approve 1 difference: 10.00 EUR" == page.deciding.step["title"]
    page.decided(said("approve"))
    assert ("Approved: 1 level corrected.", [(6,)]) == (
        desk.toasts[-1],
        room.rows("select on_hand from stock_levels where variant_id = 3"),
    )
    lost = ShrinkPage(desk.context())
    assert [("return not shelved", "returns", 2, "10.00 EUR")] == [
        (r["cause"], r["step"], r["lost"], r["cost"][0]) for r in lost.table.rows
    ]
    assert [("Nov 2026", 10.0)] == [(p["label"], p["value"]) for p in lost.chart.points]


def test_the_sheet_comes_on_paper_as_blind_as_the_page(room: Team) -> None:
    with write(room.shop.db) as db:
        db.execute("update stock_levels set on_hand = 7173 where variant_id = 3")
    make(room, "Olga", "everything: the yearly audit")
    page = opened(room, "Pia")
    page.done(said("print"))
    name = page.head.rows[-1][2].rsplit("/", 1)[-1]
    assert f"/documents/count-sheet/{name}" == page.head.rows[-1][2]
    text = text_of((room.shop.home.path / "documents" / "count-sheet" / name).read_bytes())
    assert ["Yearly audit 1, Shop, 2026-11-24" in text, "PLT-1" in text, "7173" in text] == [True, True, False]


def test_a_count_that_is_not_there_is_said(room: Team) -> None:
    whole = build_counts(room.desk("Pia").context(), {"count": "99"})
    assert "There is no such count." == whole.children[1].message
