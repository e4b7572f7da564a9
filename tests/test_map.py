"""The map of the operation: what it shows of the starter, laid out so that nothing lies on another."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from page_shop import Team, make_team

from ecomos.pages.map import MapPage
from ecomos.pages.registry import PAGES
from ecomos.playbook import read_folder
from ecomos.playbook.map_sheet import BROAD, Box, Sheet, area_sheet, whole_sheet
from ecomos.playbook.mapping import MOST_AREAS, map_of
from ecomos.playbook.records import Playbook
from ecomos.work.catalogue import catalogue

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
PHONE = 328


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_folder(STARTER / "playbook")[0]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return make_team(tmp_path / "shop")


def sheets(book: Playbook, width: int) -> list[Sheet]:
    found = map_of(book, catalogue())
    return [whole_sheet(found, book, width), *(area_sheet(found, book, a.name, width) for a in found.areas)]


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h


@pytest.mark.parametrize("width", [BROAD, PHONE])
def test_no_box_lies_on_another_and_all_are_within_the_sheet(book: Playbook, width: int) -> None:
    for sheet in sheets(book, width):
        assert [] == [(a.id, b.id) for a, b in combinations(sheet.boxes, 2) if overlap(a, b)]
        assert [] == [b.id for b in sheet.boxes if b.x + b.w > sheet.width or b.y + b.h > sheet.height]


def test_the_first_level_has_a_box_for_each_area_and_twelve_at_most(book: Playbook) -> None:
    many = {stem: replace(p, area=f"area-{n % 15}") for n, (stem, p) in enumerate(sorted(book.procedures.items()))}
    crowded = replace(book, procedures=many)
    usual, most = (
        [b.title for b in whole_sheet(map_of(shown, catalogue()), shown).boxes if b.kind == "area"]
        for shown in (book, crowded)
    )
    assert ["Customer experience", "Finance", "Fulfilment", "Leadership", "Marketing", "People"] == usual
    assert (MOST_AREAS, "Other") == (len(most), most[-1])


def test_an_area_shows_what_starts_its_procedures_left_and_who_does_them_right(book: Playbook) -> None:
    found = map_of(book, catalogue())
    sheet = area_sheet(found, book, "people")
    at = {b.id: b for b in sheet.boxes}
    tied = {(w.source, w.to, w.kind) for w in sheet.ways}
    assert {"procedure:join-and-give-access", "procedure:absence-cover", "procedure:hire"} <= set(at)
    assert at["from-event:person.joined"].x < at["procedure:join-and-give-access"].x < at["role:operations-lead"].x
    assert ("from-event:person.joined", "procedure:join-and-give-access", "starts") in tied
    assert ("procedure:join-and-give-access", "role:operations-lead", "by") in tied


def test_a_hand_off_is_a_way_within_an_area_and_leads_out_of_it_to_another(book: Playbook) -> None:
    found = map_of(book, catalogue())
    tied = {(w.source, w.to) for w in area_sheet(found, book, "customer-experience").ways if w.kind == "hands"}
    assert ("procedure:parcel-lost", "procedure:where-is-my-order") in tied
    assert ("procedure:cancel-an-order", "to-elsewhere:process-an-order") in tied
    assert ("from-elsewhere:verify-a-payment", "procedure:cancel-an-order") in tied


def test_holes_are_marked_where_they_are(book: Playbook) -> None:
    role = replace(book.roles["buyer"], deputy=None)
    card = replace(book.kpis["stock-out-share"], on_breach=None)
    book = replace(book, roles={**book.roles, "buyer": role}, kpis={**book.kpis, "stock-out-share": card})
    found = map_of(book, catalogue())
    whole = [b.hole for b in whole_sheet(found, book).boxes if b.id.startswith("hole:")]
    assert "Buyer has no deputy" in whole
    assert "Stock out share has a range, and no procedure" in whole
    at = {b.id: b.hole for b in area_sheet(found, book, "fulfilment").boxes}
    assert "no deputy" == at["role:buyer"]


def test_on_a_phone_the_words_say_what_the_ways_show(book: Playbook) -> None:
    found = map_of(book, catalogue())
    at = {b.id: b for b in area_sheet(found, book, "fulfilment", PHONE).boxes}
    assert (
        "on",
        "started by order placed, Cancel an order",
        "done by packer, picker, support agent",
        "hands to Review a risky order, Verify a payment, Fix an address, Out of stock after the sale, "
        "Hand out a pick-up, Cancel an order",
    ) == at["procedure:process-an-order"].lines


def test_the_page_is_for_everybody_and_unfolds_an_area_that_there_is(team: Team) -> None:
    assert [None] == [p.roles for p in PAGES if p.name == "map"]
    page = MapPage(team.desk("Ben").context(), {"area": "people"})
    assert ("People", ["People"]) == (page.map.title, [t["title"] for t in page.map.tabs if t["here"]])
    links = {b["id"]: b["href"] for b in page.map.sheets[0]["boxes"]}
    assert "?page=playbook&kind=procedures&name=hire" == links["procedure:hire"]
    assert "?page=team&role=founder" == links["role:founder"]
    page.turn_to({"area": "no-such"})
    assert "The whole operation" == page.map.title
    assert page.holes.rows
