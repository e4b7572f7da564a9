"""The one SQLite file: opened, migrated, written in short immediate transactions, backed up, examined.
A connection from here is a plain sqlite3.Connection; this room knows no trade and no procedure."""

from ecomos.store import events
from ecomos.store.backup import back_up, restore
from ecomos.store.clock import now_in, wind
from ecomos.store.doctor import examine
from ecomos.store.file import iso, open_file, parse_iso, write
from ecomos.store.home import Home, find_home, make_home, read_home, tell_live
from ecomos.store.settings import get_setting, set_setting

__all__ = [
    "Home",
    "back_up",
    "events",
    "examine",
    "find_home",
    "get_setting",
    "iso",
    "make_home",
    "now_in",
    "open_file",
    "parse_iso",
    "read_home",
    "restore",
    "set_setting",
    "tell_live",
    "wind",
    "write",
]
