"""The pages about places and counts, driven without a browser: what they show, what a click does, what is refused in
words."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from page_shop import Desk, Team, make_team
from shops import NOW

from ecomos.pages.imports import Imports
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
