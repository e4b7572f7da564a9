"""The store home: a folder the team owns, with ecomos.toml, the playbook, the inbox and the store file. Reads and
writes ecomos.toml and knows where things lie; never opens the store file."""

import hashlib
import re
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ecomos.errors import EcomosError, WrongUsage

__all__ = ["DAYS", "Home", "MailServer", "find_home", "make_home", "read_home", "tell_live"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FOLDERS = ("inbox", "files", "documents", "reports", "backups")


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out. User and password come from ECOMOS_MAIL_USER and ECOMOS_MAIL_PASSWORD, never from a file."""

    host: str
    port: int
    sender: str
    starttls: bool = False


@dataclass(frozen=True)
class Home:
    """What ecomos.toml says, and where the home lies."""

    path: Path
    name: str
    currency: str
    zone: ZoneInfo
    go_live: date
    """Facts of this day and later may start work; older ones are history."""
    live: bool
    """May it send? Only together with the machine that was told so."""
    clock: str
    """`machine`, or `demo`: starts Tue 24 Nov 2026 09:00 and runs while served."""
    adopt: str
    """`by hand`, or `on save` for a founder alone."""
    hours: Mapping[int, tuple[time, time]]
    """Opening hours by weekday (0 is Monday); a day without is closed."""
    holidays: frozenset[date]
    mail: MailServer | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Tables of ecomos.toml that other rooms read."""

    @property
    def db_path(self) -> Path:
        return self.path / "store.db"

    @property
    def playbook(self) -> Path:
        return self.path / "playbook"

    @property
    def fingerprint(self) -> str:
        """This home on this machine: differs for a copy, a moved folder, another computer."""
        place = self.path.resolve()
        machine = Path("/etc/machine-id")
        who = machine.read_text().strip() if machine.exists() else ""
        text = f"{who or uuid.getnode()}|{place}|{place.stat().st_ino}"
        return hashlib.sha256(text.encode()).hexdigest()


def find_home(given: str | None, environment: Mapping[str, str]) -> Path:
    """The folder meant: `--store`, else ECOMOS_STORE, else ./data where it holds an ecomos.toml.

    Raises WrongUsage with what to do; never makes a new store.
    """
    named = given or environment.get("ECOMOS_STORE")
    path = Path(named) if named else Path("data")
    if (path / "ecomos.toml").is_file():
        return path.resolve()
    if named:
        raise WrongUsage(f"{path} is no store home: it has no ecomos.toml. “ecomos init {path}” makes one.")
    raise WrongUsage("Which store? Give --store DIR or set ECOMOS_STORE, or make a new one with “ecomos init DIR”.")


def read_home(path: Path) -> Home:
    """Read ecomos.toml. Raises EcomosError that names the file, the key and what was expected."""
    file = path / "ecomos.toml"
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise EcomosError(f"{file}: {error}") from error
    known = {
        "name",
        "currency",
        "time_zone",
        "go_live",
        "live",
        "clock",
        "adopt",
        "hours",
        "holidays",
        "mail",
    }
    try:
        return Home(
            path=path.resolve(),
            name=str(raw.get("name", path.resolve().name)),
            currency=_currency(raw.get("currency", "EUR")),
            zone=ZoneInfo(raw.get("time_zone", "UTC")),
            go_live=_day(raw.get("go_live"), "go_live"),
            live=raw.get("live", False) is True,
            clock=str(raw.get("clock", "machine")),
            adopt=str(raw.get("adopt", "by hand")),
            hours=_hours(raw.get("hours", {})),
            holidays=frozenset(_day(d, "holidays") for d in raw.get("holidays", [])),
            mail=_mail(raw.get("mail")),
            extra=MappingProxyType({k: v for k, v in raw.items() if k not in known}),
        )
    except ZoneInfoNotFoundError as error:
        raise EcomosError(f"{file}: time_zone: no zone named {raw.get('time_zone')!r} (as in Europe/Vienna)") from error
    except ValueError as error:
        raise EcomosError(f"{file}: {error}") from error


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError(f"currency: {text!r} is not three capital letters, as in EUR")
    return text


def _day(value: Any, key: str) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    raise ValueError(f"{key}: a day is missing, as in 2026-11-24")


def _hours(raw: Mapping[str, str]) -> Mapping[int, tuple[time, time]]:
    found = {}
    for day, span in (raw or dict.fromkeys(DAYS[:5], "09:00-17:00")).items():
        if day not in DAYS:
            raise ValueError(f"hours: {day!r} is not one of {', '.join(DAYS)}")
        opens, _, closes = span.partition("-")
        found[DAYS.index(day)] = (time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip()))
        if found[DAYS.index(day)][0] >= found[DAYS.index(day)][1]:
            raise ValueError(f"hours: {day} closes before it opens ({span})")
    return MappingProxyType(found)


def _mail(raw: Mapping[str, Any] | None) -> MailServer | None:
    if not raw:
        return None
    if "host" not in raw or "sender" not in raw:
        raise ValueError("mail: host and sender are needed")
    return MailServer(str(raw["host"]), int(raw.get("port", 25)), str(raw["sender"]), raw.get("starttls") is True)


def make_home(
    path: Path,
    starter: Path,
    *,
    name: str,
    currency: str,
    time_zone: str,
    go_live: date,
    clock: str = "machine",
) -> Home:
    """Make a new home from the starter. Raises WrongUsage where the folder holds anything, or a value is no good."""
    if path.exists() and any(p.name != ".gitkeep" for p in path.iterdir()):
        raise WrongUsage(f"{path} is not empty; “ecomos init” takes a new or an empty folder.")
    text = (starter / "ecomos.toml").read_text(encoding="utf-8")
    for key, value in {"name": name, "currency": currency, "time_zone": time_zone, "clock": clock}.items():
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        text = text.replace(f"@{key}@", quoted)
    text = text.replace("@go_live@", go_live.isoformat())
    path.mkdir(parents=True, exist_ok=True)
    (path / "ecomos.toml").write_text(text, encoding="utf-8")
    try:
        home = read_home(path)
    except EcomosError as error:
        (path / "ecomos.toml").unlink()
        raise WrongUsage(str(error)) from error
    for folder in FOLDERS:
        (path / folder).mkdir(exist_ok=True)
    _copy_tree(starter / "playbook", path / "playbook")
    return home


def _copy_tree(source: Path, target: Path) -> None:
    for file in sorted(source.rglob("*.md")):
        to = target / file.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")


def tell_live(home: Home, live: bool) -> Home:
    """Write `live = true` or `false` into ecomos.toml, leaving every other line as it is."""
    file = home.path / "ecomos.toml"
    text, word = file.read_text(encoding="utf-8"), "true" if live else "false"
    text, changed = re.subn(r"(?m)^live\s*=\s*\w+", f"live = {word}", text, count=1)
    file.write_text(text if changed else f"live = {word}\n{text}", encoding="utf-8")
    return read_home(home.path)
