"""A made-up store of any size for the planner: two years of orders, a shelf with its moves, suppliers. Run as a program
it makes one, plans it in a process of its own, and prints seconds (by the clock, and of the processor) and the most
memory it took."""

import json
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from ecomos.playbook import read_folder
from ecomos.store import Home, make_home, open_file, write

__all__ = ["NOW", "STARTER", "main", "make_store"]

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
DAYS = 728


def make_store(folder: Path, things: int, lines: int) -> tuple[Home, sqlite3.Connection]:
    """A home with so many things and about so many order lines, sales as skewed as shops have them."""
    home = make_home(
        folder / "shop", STARTER, name="Bench", currency="EUR", time_zone="Europe/Vienna", go_live=date(2026, 1, 1)
    )
    db = open_file(home.db_path, create=True)
    chance = np.random.default_rng(1)
    with write(db):
        db.execute("insert into channels(id, name, platform, currency) values (1, 'shop', 'shopify', 'EUR')")
        db.execute("insert into locations(id, name) values (1, 'Warehouse')")
        db.executemany(
            "insert into suppliers(id, name, currency, lead_time_days, order_days) values (?, ?, 'EUR', ?, ?)",
            [(n, f"Supplier {n}", 5 + n % 25, "tue, thu" if n % 3 == 0 else None) for n in range(1, 41)],
        )
        _things(db, things, chance)
        _orders(db, things, lines, chance)
        _moves(db, things, chance)
    return home, db


def _things(db: sqlite3.Connection, things: int, chance: np.random.Generator) -> None:
    ids, cost = range(1, things + 1), chance.integers(100, 5000, things).tolist()
    db.executemany(
        "insert into products(id, channel_id, handle, title, type, status) values (?, 1, ?, ?, ?, 'active')",
        [(n, f"p{n}", f"Thing {n}", f"Kind {n % 30}") for n in ids],
    )
    db.executemany(
        """insert into variants(id, product_id, sku, title, price_cents, cost_cents)
           values (?, ?, ?, 'Default Title', ?, ?)""",
        [(n, n, f"SKU-{n:06}", round(c * 2.4), c if n % 10 else None) for n, c in zip(ids, cost, strict=True)],
    )
    db.executemany(
        "insert into supplier_items(supplier_id, sku, variant_id, cost_cents, pack, minimum) values (?, ?, ?, ?, ?, ?)",
        [(1 + n % 40, f"SKU-{n:06}", n, c, 1 + n % 12, None) for n, c in zip(ids, cost, strict=True) if n % 8],
    )


def _orders(db: sqlite3.Connection, things: int, lines: int, chance: np.random.Generator) -> None:
    share = chance.lognormal(0, 1.6, things)
    variant = chance.choice(things, lines, p=share / share.sum()) + 1
    day = np.sort(chance.integers(0, DAYS, lines))
    pieces = np.maximum(1, chance.poisson(0.4, lines)) * np.where(chance.random(lines) < 0.002, 30, 1)
    order = np.arange(lines) // 3 + 1
    first = date(2026, 11, 23) - timedelta(days=DAYS - 1)
    days = [(first + timedelta(days=n)).isoformat() for n in range(DAYS)]
    heads = [(int(n), days[d]) for n, d in zip(order[::3], day[::3], strict=True)]
    db.executemany(
        """insert into orders(id, channel_id, number, placed_at, placed_on, currency)
           values (?1, 1, '#' || ?1, ?2 || 'T10:00:00Z', ?2, 'EUR')""",
        heads,
    )
    db.executemany(
        """insert into order_lines(order_id, line_no, variant_id, title, quantity, unit_price_cents, total_cents)
           values (?, ?, ?, 'thing', ?, 1000, ? * 1000)""",
        zip(
            order.tolist(),
            (np.arange(lines) % 3 + 1).tolist(),
            variant.tolist(),
            pieces.tolist(),
            pieces.tolist(),
            strict=True,
        ),
    )


def _moves(db: sqlite3.Connection, things: int, chance: np.random.Generator) -> None:
    """A first level, then some that ran out for a while."""
    level = chance.integers(0, 60, things)
    rows = [
        (f"{on}T06:00:00Z", n + 1, quantity, kind)
        for n in range(things)
        for on, quantity, kind in (
            ("2026-01-10", int(level[n]), "opening"),
            ("2026-06-01", -int(level[n]), "ship"),
            ("2026-06-15", 40, "receive"),
            ("2026-11-01", -int(level[n]) % 40, "snapshot"),
        )
        if quantity
    ]
    db.executemany(
        """insert into stock_moves(happened_at, recorded_at, actor, variant_id, location_id, state, quantity, kind)
           values (?1, ?1, 'bench', ?2, 1, 'sellable', ?3, ?4)""",
        rows,
    )


def main() -> None:
    """things, lines → one line of JSON: seconds of the planning, and megabytes."""
    from ecomos.stock.planning import plan

    things, lines = int(sys.argv[1]), int(sys.argv[2])
    folder = Path(tempfile.mkdtemp())
    try:
        home, db = make_store(folder, things, lines)
        policies = read_folder(STARTER / "playbook")[0].policies
        started, used = time.perf_counter(), time.process_time()
        planned = plan(db, home, policies, NOW)
        seconds, processor = time.perf_counter() - started, time.process_time() - used
        db.close()
    finally:
        shutil.rmtree(folder, True)
    most = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    times = {"seconds": round(seconds, 2), "processor": round(processor, 2)}
    print(json.dumps({"things": planned.things, **times, "megabytes": most}))


if __name__ == "__main__":
    main()
