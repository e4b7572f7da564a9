"""A step finished in a large store, against bare commits on the same disk: `begin immediate; insert; commit` with
synchronous full. The store holds 20,000 orders, 5,000 runs, 50,000 events and the starter's playbook."""

import atexit
import json
import shutil
import sqlite3
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.pair import Pair
from ecomos.store import events, iso, make_home, open_file, set_setting, write
from ecomos.work import Shop, adopt_playbook, finish
from ecomos.work.engine import start_run
from ecomos.work.versions import current_sha

__all__ = ["BigStore", "pair", "pairs"]

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ORDERS, RUNS, EVENTS = 20_000, 5_000, 50_000
PROCEDURE, STEP = "process-an-order", "pack-the-parcel"
EXTRA_MS = 3
"""What a step may cost beside two bare commits."""


class BigStore:
    """A store as it is after a year, and both ways to write into it."""

    def __init__(self, folder: Path, ready: int) -> None:
        """`ready` orders stand at the bench, to be packed."""
        home = make_home(
            folder / "shop", STARTER, name="Big", currency="EUR", time_zone="UTC", go_live=date(2026, 1, 1)
        )
        self.shop = Shop(home, open_file(home.db_path, create=True))
        _, problems = adopt_playbook(self.shop, NOW.replace(hour=0), "bench")
        if problems:
            raise RuntimeError("\n".join(map(str, problems)))
        with write(self.shop.db) as db:
            self.packer = _people(db)
            _orders(db)
            _history(self.shop)
            _events(db)
            set_setting(db, "offered event", str(EVENTS))
            for order_id in range(1, ready + 1):
                start_run(self.shop, PROCEDURE, ("order", order_id), NOW, at=STEP)
        self.db = self.shop.db
        self.db.execute("analyze")
        self.todo = [r[0] for r in self.db.execute("select id from tasks where status = 'open' order by id desc")]
        self.plain = sqlite3.connect(folder / "bare.db", isolation_level=None)
        self.plain.execute("pragma journal_mode = wal")
        self.plain.execute("pragma synchronous = full")
        self.plain.execute("create table t (a text)")

    def bare(self) -> float:
        """One bare commit, in seconds."""
        started = time.perf_counter()
        self.plain.execute("begin immediate")
        self.plain.execute("insert into t values ('a row')")
        self.plain.execute("commit")
        return time.perf_counter() - started

    def ours(self) -> float:
        """One step finished: a checklist, two answers, a decision, the next person's task; in seconds."""
        task, answers = self.todo.pop(), {"packed": "everything", "weight": "1.25"}
        started = time.perf_counter()
        finish(self.shop, task, self.packer, NOW, answers=answers, checks=[0, 1])
        return time.perf_counter() - started


def _people(db: sqlite3.Connection) -> int:
    """Eight people, the last a packer, who is given."""
    roles = ("founder", "operations-lead", "support-agent", "support-agent", "picker", "picker", "packer", "packer")
    for number, role in enumerate(roles, 1):
        db.execute(
            "insert into people(id, name, email, password_hash, started_on) values (?, ?, ?, 'x', '2026-01-01')",
            [number, f"Person {number}", f"p{number}@shop.example"],
        )
        db.execute("insert into person_roles(person_id, role, from_on) values (?, ?, '2026-01-01')", [number, role])
    return len(roles)


def _orders(db: sqlite3.Connection) -> None:
    db.execute("insert into channels(id, name, platform, currency) values (1, 'shopify', 'shopify', 'EUR')")
    days = [(NOW - timedelta(minutes=20 * n)) for n in range(ORDERS)]
    db.executemany(
        """insert into orders(id, channel_id, number, placed_at, placed_on, currency, financial_status,
             fulfillment_status, subtotal_cents, total_cents, risk)
           values (?, 1, ?, ?, ?, 'EUR', 'paid', 'unfulfilled', 8400, 8400, 'Low')""",
        [(n, f"#{n}", iso(at), at.date().isoformat()) for n, at in enumerate(days, 1)],
    )
    db.executemany(
        """insert into order_contacts(order_id, email, ship_name, ship_address1, ship_zip, ship_city, ship_country)
           values (?, 'maria@example.com', 'Maria Lang', 'Ring 1', '1010', 'Wien', 'AT')""",
        [(n,) for n in range(1, ORDERS + 1)],
    )
    db.executemany(
        """insert into order_lines(order_id, line_no, sku, title, quantity, unit_price_cents, total_cents,
             fulfillment_status) values (?, ?, ?, 'Thing', 1, 4200, 4200, 'pending')""",
        [(n, line, f"SKU-{n % 300}-{line}") for n in range(1, ORDERS + 1) for line in (1, 2)],
    )


def _history(shop: Shop) -> None:
    """Runs that ended: two finished tasks and a decision each."""
    db, sha, first = shop.db, current_sha(shop, "procedures", PROCEDURE, NOW), ORDERS - RUNS
    db.executemany(
        """insert into runs(id, procedure, version_sha, about_type, about_id, status, outcome, step, phase, entered_at,
             started_at, ended_at) values (?, ?, ?, 'order', ?, 'done', 'shipped', ?, 'out', ?, ?, ?)""",
        [(n, PROCEDURE, sha, first + n, STEP, iso(NOW), iso(NOW), iso(NOW)) for n in range(1, RUNS + 1)],
    )
    db.executemany(
        "insert into run_cases(run_id, type, id) values (?, 'order', ?)", [(n, first + n) for n in range(1, RUNS + 1)]
    )
    said = json.dumps({"packed": "everything", "weight": "1.25"})
    db.executemany(
        """insert into tasks(run_id, kind, step, visit, title, role, person_id, about_type, about_id, opened_at,
             due_at, done_at, done_by, status, answers)
           values (?, 'step', ?, 1, 'Pack', 'packer', 8, 'order', ?, ?, ?, ?, 8, 'done', ?)""",
        [
            (n, step, first + n, iso(NOW), iso(NOW), iso(NOW), said)
            for n in range(1, RUNS + 1)
            for step in ("pick-the-lines", STEP)
        ],
    )
    db.executemany(
        """insert into decisions(run_id, step, visit, decided_at, row, target, used)
           values (?, ?, 1, ?, 'otherwise', 'ship-the-parcel', '{}')""",
        [(n, STEP, iso(NOW)) for n in range(1, RUNS + 1)],
    )


def _events(db: sqlite3.Connection) -> None:
    kinds = ("order.placed", "order.paid", "parcel.shipped")
    for n in range(EVENTS):
        about = ("order", n % ORDERS + 1)
        events.append(db, kinds[n % 3], about, actor="import:1", recorded_at=iso(NOW))


def pair(folder: Path, rounds: int = 60) -> Pair:
    """Both ways, in a store of its own in that folder."""
    store = BigStore(folder, rounds + 1)
    store.ours()  # what is read once in a process is read
    return Pair(
        "a step finished : bare commits of the disk",
        store.ours,
        store.bare,
        2.0,
        extra=EXTRA_MS / 1000,
        rounds=rounds,
        note="two answers, a decision; 20,000 orders, 5,000 runs, 50,000 events",
    )


def pairs() -> list[Pair | str]:
    folder = Path(tempfile.mkdtemp(prefix="ecomos-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return [pair(folder)]
