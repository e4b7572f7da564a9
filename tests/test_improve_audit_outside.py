"""What was done on the platform without a run here, from a real export that names who took its orders."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ecomos.improve import Outside, outside
from ecomos.work import Shop, adopt_playbook
from tests.exports import Desk, dev_store_rows, make_desk, write_csv

FIRST_DAY, NEXT_DAY = datetime(2025, 5, 19, 7, tzinfo=UTC), datetime(2025, 5, 20, 7, tzinfo=UTC)
OVERNIGHT = {
    "#1002": {"Financial Status": "refunded", "Refunded Amount": "7.90"},
    "#1017": {
        "Fulfillment Status": "fulfilled",
        "Lineitem fulfillment status": "fulfilled",
        "Fulfilled at": "2025-05-19 08:10:00 -0400",
    },
    "#1018": {"Cancelled at": "2025-05-19 08:10:00 -0400"},
    "#1019": {"Cancelled at": "2025-05-19 09:10:00 -0400"},
}
"""What happened on the platform after the first file."""


@pytest.fixture
def desk(tmp_path: Path, shared_data: Path) -> Desk:
    """Two exports of the dev store, a day apart; nobody is named on #1019."""
    desk = make_desk(tmp_path)
    adopt_playbook(Shop(desk.home, desk.db), FIRST_DAY, "test")
    header, rows = dev_store_rows(shared_data)
    for row in rows:
        if row["Name"] == "#1019":
            row["Employee"] = ""
    desk.load(write_csv(rows, header), now=FIRST_DAY)
    for row in rows:
        row |= {k: v for k, v in OVERNIGHT.get(row["Name"], {}).items() if row["Financial Status"] or "Line" in k}
    desk.load(write_csv(rows, header), now=NEXT_DAY)
    return desk


def test_the_export_names_who_took_an_order(desk: Desk) -> None:
    assert [("Store Owner", 18)] == desk.all("select name, count(*) from order_staff group by name")


def test_it_is_grouped_by_week_and_by_who_took_the_orders(desk: Desk) -> None:
    monday = date(2025, 5, 19)
    assert [
        Outside(monday, "Store Owner", sent=1, refunded=1, cancelled=1),
        Outside(monday, "nobody named", sent=0, refunded=0, cancelled=1),
    ] == outside(Shop(desk.home, desk.db), monday, date(2025, 5, 25), NEXT_DAY)
