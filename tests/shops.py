"""A store for a test: a real home in a folder, a real file, a small playbook written out, people who hold roles."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from ecomos.people import add_person
from ecomos.store import make_home, open_file, write
from ecomos.work import Shop, adopt_playbook
from ecomos.work.setting_up import leave_on_paper

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
"""A Tuesday, 9:30; the shop is open from nine to five."""
PASSWORD = "correct horse battery"


def make_shop(
    path: Path, playbook: Mapping[str, str] | None = None, go_live: date = date(2026, 11, 1), stage: int = 0
) -> Shop:
    """A new home in UTC, with `playbook` (file -> text) or the first `stage` procedures of the starter's on."""
    home = make_home(path, STARTER, name="Test shop", currency="EUR", time_zone="UTC", go_live=go_live)
    if playbook is not None:
        for file in sorted(home.playbook.rglob("*.md")):
            file.unlink()
        write_playbook(home.playbook, playbook)
    if stage:
        leave_on_paper(home.playbook, stage)
    shop = Shop(home, open_file(home.db_path, create=True))
    _, problems = adopt_playbook(shop, NOW.replace(hour=0), "test")
    assert not problems, "\n".join(map(str, problems))
    return shop


def write_playbook(folder: Path, playbook: Mapping[str, str]) -> None:
    for name, text in playbook.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


_HASHES: list[str] = []


def hire(shop: Shop, name: str, *roles: str) -> int:
    """A person with these roles; the slow hash is made once for all tests."""
    if not _HASHES:
        from ecomos.people.passwords import hashed

        _HASHES.append(hashed(PASSWORD))
    email = f"{name.lower()}@shop.example"
    with write(shop.db):
        row = shop.db.execute(
            "insert into people(name, email, password_hash, started_on) values (?, ?, ?, '2026-01-01')",
            [name, email, _HASHES[0]],
        )
        for role in roles:
            shop.db.execute(
                "insert into person_roles(person_id, role, from_on) values (?, ?, '2026-01-01')", [row.lastrowid, role]
            )
    return int(row.lastrowid or 0)


def order(
    shop: Shop,
    number: str = "#1001",
    *,
    status: str = "paid",
    total: int = 8400,
    lines: int = 1,
    service: str | None = None,
    email: str | None = "maria@example.com",
) -> int:
    """An order as an import would leave it, ready to ship."""
    with write(shop.db):
        shop.db.execute(
            "insert into channels(id, name, platform, currency) values (1, 'shopify', 'shopify', 'EUR')"
            " on conflict do nothing"
        )
        row = shop.db.execute(
            """insert into orders(channel_id, number, placed_at, placed_on, currency, financial_status,
                 fulfillment_status, subtotal_cents, total_cents, shipping_method, risk)
               values (1, ?, '2026-11-23T10:00:00Z', '2026-11-23', 'EUR', ?, 'unfulfilled', ?, ?, ?, 'Low')""",
            [number, status, total, total, service],
        )
        key = int(row.lastrowid or 0)
        shop.db.execute(
            """insert into order_contacts(order_id, email, ship_name, ship_address1, ship_zip, ship_city, ship_country)
               values (?, ?, 'Maria Lang', 'Ring 1', '1010', 'Wien', 'AT')""",
            [key, email],
        )
        for n in range(1, lines + 1):
            shop.db.execute(
                """insert into order_lines(order_id, line_no, sku, title, quantity, unit_price_cents, total_cents,
                     fulfillment_status) values (?, ?, ?, ?, 1, ?, ?, 'pending')""",
                [key, n, f"SKU-{n}", f"Thing {n}", total // lines, total // lines],
            )
    return key


__all__ = ["NOW", "PASSWORD", "add_person", "hire", "make_shop", "order", "write_playbook"]
