"""What lies where and who supplies it (D): Shopify's inventory export in its three layouts, a products export's
quantities where they are the only source, and the house's own list of suppliers."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from exports import NEXT_DAY, NOW, STARTER, Desk, make_desk

from ecomos.intake import import_file
from ecomos.stock.low import low_now
from ecomos.store import iso, write

PRODUCTS = """Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty,Status
mug,Mug,Colour,Blue,MUG-B,10.00,shopify,,active
mug,,Colour,Red,MUG-R,10.00,shopify,,
plate,Plate,Title,Default Title,PLT-1,12.00,shopify,,active
"""  # noqa: E501
HEAD = "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO"
BY_PLACE = HEAD + ",Location,Incoming,Unavailable,Committed,Available,On hand\n"
LEVELS = (
    BY_PLACE
    + "mug,Mug,Colour,Blue,MUG-B,,,Shop,0,0,1,11,12\n"
    + "mug,Mug,Colour,Blue,MUG-B,,,Store room,24,2,0,8,10\n"
    + "mug,Mug,Colour,Red,MUG-R,,,Shop,0,0,0,9,9\n"
    + "plate,Plate,Title,Default Title,PLT-1,,,Shop,not stocked,,,not stocked,\n"
)
FEWER = (
    LEVELS.replace("0,0,1,11,12", "0,0,1,1,2").replace("24,2,0,8,10", "24,2,3,-1,4").replace("0,0,0,9,9", "0,0,0,4,4")
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A shop with its products, and its policies adopted."""
    desk = make_desk(tmp_path)
    desk.load(PRODUCTS, name="products.csv")
    with write(desk.db):
        desk.db.execute(
            "insert into playbook_versions(sha, kind, name, text, from_at) values ('s', 'policies', 'stock', ?, ?)",
            [(STARTER / "playbook" / "policies" / "stock.md").read_text(), iso(NOW - timedelta(days=30))],
        )
    return desk


def load(desk: Desk, text: str, now: datetime = NOW, **how: object):  # type: ignore[no-untyped-def]
    """An inventory file that was written when it is loaded."""
    path = desk.folder / "inventory.csv"
    path.write_text(text)
    os.utime(path, (now.timestamp(), now.timestamp()))
    return desk.load(text, now, name="inventory.csv", **{"readings": {"as_of": iso(now)}, **how})


def levels(desk: Desk) -> list[tuple[object, ...]]:
    return desk.all(
        """select v.sku, l.name, s.state, s.on_hand, s.committed, s.incoming from stock_levels s
           join variants v on v.id = s.variant_id join locations l on l.id = s.location_id order by 1, 2, 3 desc"""
    )


def test_a_row_for_each_place_gives_levels_by_place_and_state(desk: Desk) -> None:
    """What is held back is not sellable; `not stocked` is no level, and not zero."""
    account = load(desk, LEVELS)
    assert (account.status, account.kind, account.rows_read, account.rows_new) == ("loaded", "shopify-inventory", 4, 3)
    assert account.counts == {"levels": 3, "not_stocked": 1}
    assert account.readings["as of"] == "2026-11-24T09:00:00Z"
    assert levels(desk) == [
        ("MUG-B", "Shop", "sellable", 12, 1, 0),
        ("MUG-B", "Store room", "sellable", 8, 0, 24),
        ("MUG-B", "Store room", "hold", 2, None, None),
        ("MUG-R", "Shop", "sellable", 9, 0, 0),
    ]


def test_a_column_for_each_place_gives_what_is_available(desk: Desk) -> None:
    text = HEAD + ",Shop,Store room\nmug,Mug,Colour,Blue,MUG-B,,,11,not stocked\nmug,Mug,Colour,Red,MUG-R,,,0,7\n"
    account = load(desk, text)
    assert account.counts == {"levels": 3, "not_stocked": 1}
    assert account.notes == []
    assert levels(desk) == [
        ("MUG-B", "Shop", "sellable", 11, None, None),
        ("MUG-R", "Shop", "sellable", 0, None, None),
        ("MUG-R", "Store room", "sellable", 7, None, None),
    ]


def test_the_real_layout_of_2025_is_read_and_the_next_count_is_no_fact(desk: Desk, shared_data: Path) -> None:
    """All states: no SKU but a dash, `not stocked`, and a new count of 5 that is only a wish (2 lie there)."""
    desk.load(
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\n"
        "bosch-injector,Injector,Title,Default Title,0986435621,90\n"
        "bosch-0445226014-fuel-rail,Fuel Rail,Title,Default Title,,90\nplate,Plate,,,PLT-1,12\n",
        name="more.csv",
    )
    account = load(desk, (shared_data / "shopify" / "shopify_inventory_2025_all_states.csv").read_text())
    assert (account.rows_rejected, account.counts) == (0, {"levels": 3, "not_stocked": 1})
    assert [row[1:4] for row in levels(desk)] == [
        ("Warehouse (Concord Park)", "sellable", 3),
        ("Main Office & Shop (Heritage Crest)", "sellable", 2),
        ("Warehouse (Concord Park)", "sellable", 8),
    ]


def test_a_thing_without_a_product_is_a_rejected_row_with_its_line(desk: Desk) -> None:
    account = load(
        desk, LEVELS + "cup,Cup,Title,Default Title,CUP,,,Shop,0,0,0,3,3\nmug,Mug,Colour,Red,X,,,Shop,0,0,0,x,x\n"
    )
    assert list(account.rejects) == [
        (6, "CUP matches no product of this channel; load the products file first"),
        (7, "Available: “x” is no whole number as this file writes them"),
    ]
    assert account.counts["levels"] == 3


def test_the_same_file_again_costs_nothing_but_is_news_after_another(desk: Desk) -> None:
    """Levels that return to what they were are levels again: only the newest file is known by its fingerprint."""
    load(desk, LEVELS)
    before = levels(desk)
    assert load(desk, LEVELS).status == "already"
    load(desk, FEWER, NOW + timedelta(hours=1))
    assert load(desk, LEVELS, NEXT_DAY).rows_changed == 3
    assert levels(desk) == before
    assert desk.one("select count(distinct as_of) from stock_levels where state = 'sellable'") == 1


def test_an_older_snapshot_is_refused_in_words(desk: Desk) -> None:
    load(desk, LEVELS)
    account = load(desk, FEWER, NOW - timedelta(hours=2))
    assert account.status == "refused"
    assert account.problems[0].message == (
        "inventory.csv is older than what is known: it tells how things stood at 2026-11-24 07:00 UTC, the levels in "
        "the store are of 2026-11-24 09:00 UTC. Export it anew, or say when it was exported with "
        "--read as_of=2026-11-24T08:00."
    )
    assert desk.one("select sum(on_hand) from stock_levels") == 31


def test_without_a_word_the_file_is_as_old_as_it_was_written(desk: Desk) -> None:
    load(desk, LEVELS)
    path = desk.folder / "old.csv"
    path.write_text(FEWER)
    os.utime(path, (NOW.timestamp() - 3600, NOW.timestamp() - 3600))
    assert import_file(desk.home, desk.db, path, NEXT_DAY).status == "refused"


def test_what_became_low_is_told_once_for_the_file(desk: Desk) -> None:
    """The first load tells nothing; what was as low before is not told again; sold out is news of its own."""
    load(desk, LEVELS)
    assert desk.one("select count(*) from events where kind = 'stock.low'") == 0
    account = load(desk, FEWER, NEXT_DAY)
    assert account.events == 1
    assert list(account.low) == [("MUG-B Mug Blue", "none left"), ("MUG-R Mug Red", "4 left")]
    assert "Low since this file: MUG-B Mug Blue (none left), MUG-R Mug Red (4 left)." in account.lines()
    assert desk.all(
        "select about_type, about_id, json_extract(data, '$.low') from events where kind = 'stock.low'"
    ) == [("import", account.import_id, 2)]
    again = load(desk, FEWER.replace("0,0,0,4,4", "0,0,1,3,4"), NEXT_DAY + timedelta(hours=1))
    assert again.events == 0
    gone = load(desk, FEWER.replace("0,0,0,4,4", "0,0,4,0,4"), NEXT_DAY + timedelta(hours=2))
    assert list(gone.low) == [("MUG-R Mug Red", "none left")]
    assert [(one.name, one.available) for one in low_now(desk.db, NEXT_DAY)] == [
        ("MUG-B Mug Blue", 0),
        ("MUG-R Mug Red", 0),
    ]


def test_a_products_file_gives_quantities_only_until_an_inventory_file_comes(desk: Desk) -> None:
    """Blank, or not counted by the platform, is no level; a place that the inventory names replaces the sum."""
    counted = PRODUCTS.replace("10.00,shopify,,", "10.00,shopify,5,").replace("12.00,shopify,,", "12.00,,0,")
    account = desk.load(counted, NOW, name="products.csv", readings={"as_of": "2026-11-24 08:00"})
    assert account.counts["levels"] == 2
    assert [row[:4] for row in levels(desk)] == [
        ("MUG-B", "All places (products file)", "sellable", 5),
        ("MUG-R", "All places (products file)", "sellable", 5),
    ]
    load(desk, LEVELS)
    assert "All places (products file)" not in {row[1] for row in levels(desk)}
    later = desk.load(counted.replace(",5,", ",6,"), NEXT_DAY, name="products.csv")
    assert "levels" not in later.counts


def test_a_list_of_suppliers_fills_terms_and_things(desk: Desk) -> None:
    """A row without SKU holds the supplier's own terms; a SKU that nobody sells is kept and counted."""
    text = (
        "SKU,Supplier,Cost,Pack,Minimum,Lead time (days),E-mail,Minimum order value\n"
        ",Töpferei Linz,,,,12,bestellung@toepferei.example,150.00\n"
        "MUG-B,Töpferei Linz,3.20,6,12,10,,\nMUG-R,Töpferei Linz,3.10,6,,,,\nOLD-1,Kerzen KG,2.00,,,,,\n"
    )
    account = desk.load(text, name="suppliers.csv")
    assert (account.status, account.kind, account.channel, account.rows_new) == ("loaded", "suppliers", "", 4)
    assert account.counts == {"suppliers": 2, "items": 3, "unknown_items": 1}
    assert account.unmatched == {"OLD-1": 1}
    assert account.lines()[0] == "suppliers.csv: taken for suppliers (the first of this kind: rows, no events)."
    assert desk.all("select name, email, currency, minimum_cents, lead_time_days from suppliers order by id") == [
        ("Töpferei Linz", "bestellung@toepferei.example", "EUR", 15000, 12),
        ("Kerzen KG", None, "EUR", None, None),
    ]
    items = desk.all(
        """select i.sku, v.title, i.cost_cents, i.pack, i.minimum, i.lead_time_days from supplier_items i
           left join variants v on v.id = i.variant_id order by i.sku"""
    )
    assert items == [
        ("MUG-B", "Blue", 320, 6, 12, 10),
        ("MUG-R", "Red", 310, 6, None, None),
        ("OLD-1", None, 200, 1, None, None),
    ]
    assert desk.load(text, name="suppliers.csv").status == "already"
    dearer = desk.load(text.replace("3.20", "3.40"), NEXT_DAY, name="suppliers.csv")
    assert (dearer.rows_new, dearer.rows_changed) == (0, 1)


def test_a_bad_row_of_the_list_is_rejected_and_the_others_stand(desk: Desk) -> None:
    text = (
        "SKU,Supplier,Cost,Pack,E-mail\nMUG-B,Linz,3.20,0,\nMUG-R,,3.10,6,\nPLT-1,Linz,1.x,,\n"
        "PLT-1,Linz,1.50,,nobody\nMUG-B,Linz,3,,\n"
    )
    account = desk.load(text, name="suppliers.csv")
    assert list(account.rejects) == [
        (2, "Pack: 0 is no number from 1 on"),
        (3, "Supplier is blank"),
        (4, "Cost: “1.x” is no amount as this file writes them"),
        (5, "E-mail: “nobody” is no address"),
    ]
    assert desk.one("select count(*) from supplier_items") == 1


def test_where_somebody_sits_before_it_the_time_is_asked_and_the_files_own_is_offered(desk: Desk) -> None:
    path = desk.folder / "inventory.csv"
    path.write_text(LEVELS)
    os.utime(path, (NOW.timestamp() - 3600, NOW.timestamp() - 3600))
    account = import_file(desk.home, desk.db, path, NOW, asks_when=True)
    assert (account.status, account.problems[0].message, list(account.choices)) == (
        "asks",
        "inventory.csv tells how things stand at one moment, and does not say which. When was it exported?",
        [
            ("2026-11-24 09:00, when the file was written", "as_of=2026-11-24T08:00:00Z"),
            ("2026-11-24 10:00, just now", "as_of=2026-11-24T09:00:00Z"),
        ],
    )
    assert levels(desk) == []
    answer = {"as_of": "2026-11-24T08:00:00Z"}
    account = import_file(desk.home, desk.db, path, NOW, asks_when=True, readings=answer)
    assert (account.status, account.readings["as of"]) == ("loaded", "2026-11-24T08:00:00Z")


def test_a_time_in_the_future_is_refused(desk: Desk) -> None:
    """Else every true export after it would be older than what is known."""
    account = load(desk, LEVELS, readings={"as_of": "2027-11-24 08:00"})
    assert (account.status, account.problems[0].message) == (
        "refused",
        "as_of=2027-11-24 08:00 lies in the future: say when the file was exported.",
    )
