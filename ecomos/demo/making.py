"""Making the demo home: six people, yesterday's export as what was there before and was begun to be worked, this
morning's as what has come in."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from ecomos.demo.export import write_exports
from ecomos.demo.working import begin_the_morning, work_the_day_before
from ecomos.errors import WrongUsage
from ecomos.intake import import_file
from ecomos.people import add_person
from ecomos.store import Home, make_home, open_file, read_home
from ecomos.store.clock import demo_start
from ecomos.work import Shop, adopt_orders, adopt_playbook, after_import, listed, pass_time

__all__ = ["DEMO_PASSWORD", "TEAM", "is_demo", "make_demo"]

DEMO_PASSWORD = "demo store 2026"
TEAM = (
    ("Fiona Reed", "fiona@demo.example", ("founder",)),
    ("Olga Berg", "olga@demo.example", ("operations-lead",)),
    ("Sue Park", "sue@demo.example", ("support-agent",)),
    ("Sam Adler", "sam@demo.example", ("support-agent",)),
    ("Pia Moser", "pia@demo.example", ("picker",)),
    ("Ben Cole", "ben@demo.example", ("packer",)),
)
"""Name, e-mail, roles: one log-in for each role."""


def is_demo(path: Path) -> bool:
    """Whether a demo home is there already. Raises WrongUsage where the folder holds anything else."""
    if not path.exists() or not any(path.iterdir()):
        return False
    if (path / "ecomos.toml").is_file() and read_home(path).clock == "demo":
        return True
    raise WrongUsage(f"{path} holds something that is no demo store; give another folder with --store.")


def make_demo(path: Path, starter: Path) -> Home:
    """Make the demo home: the same every time, on its own clock, and it never sends."""
    home = make_home(
        path,
        starter,
        name="Northside Goods (demo)",
        currency="EUR",
        time_zone="Europe/Vienna",
        go_live=date(2026, 11, 1),
        clock="demo",
    )
    shop, now = Shop(home, open_file(home.db_path, create=True)), demo_start(home)
    began = now - timedelta(days=7)
    adopt_playbook(shop, began, "demo")
    for name, email, roles in TEAM:
        add_person(shop.db, name, email, roles, DEMO_PASSWORD, began, home.zone)
    with tempfile.TemporaryDirectory() as folder:
        before, morning = write_exports(Path(folder), now)
        noon_before = now - timedelta(hours=21)
        import_file(home, shop.db, before, noon_before)
        after_import(shop, noon_before)
        waiting = [r["order_id"] for r in listed(shop)]
        adopt_orders(shop, waiting[:7], noon_before, actor="hand")
        work_the_day_before(shop, noon_before)
        import_file(home, shop.db, morning, now)
        after_import(shop, now)
        pass_time(shop, now)
        begin_the_morning(shop, now)
    shop.db.close()
    return home
