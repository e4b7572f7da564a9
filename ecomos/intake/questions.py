"""Readings that a person chooses: which there are, what is asked where two fit, what an answer accepts."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from ecomos.errors import WrongUsage, nearest
from ecomos.intake.dates import ORDERS, DateReader
from ecomos.intake.text import ENCODINGS
from ecomos.store import parse_iso

__all__ = ["accepted", "must_be_readings", "question", "question_of_time"]

READABLE = ("encoding", "decimal", "date", "currency", "vendors", "channel", "as_of")


def must_be_readings(readings: Mapping[str, str]) -> None:
    """Raises WrongUsage for a reading or a value that there is not, with the nearest name."""
    allowed = {"date": ORDERS, "decimal": (".", ","), "encoding": ENCODINGS}
    for name, value in readings.items():
        if name not in READABLE:
            raise WrongUsage(f"“{name}” is nothing that can be read another way{nearest(name, READABLE)}.")
        if name in allowed and value not in allowed[name]:
            raise WrongUsage(f"{name}={value}: known are {', '.join(allowed[name])}.")
        if name == "as_of" and DateReader("ymd", ZoneInfo("UTC")).read(value) is None:
            raise WrongUsage(f"as_of={value}: write day and time as 2026-11-24 08:00, in the store's zone.")


def question(number: str | None, date: str | None) -> tuple[str, list[tuple[str, str]]]:
    choices: list[tuple[str, str]] = []
    questions = []
    if date is not None:
        questions.append(f"Is “{date}” day first or month first? No date in the file tells.")
        choices += [("day first", "date=dmy"), ("month first", "date=mdy")]
    if number is not None:
        questions.append(f"Is the sign in “{number}” a decimal or does it part thousands? No number in the file tells.")
        choices += [("the decimal sign is a point", "decimal=."), ("the decimal sign is a comma", "decimal=,")]
    return " ".join(questions), choices


def question_of_time(file: str, written_at: str, now: str, zone: ZoneInfo) -> tuple[str, list[tuple[str, str]]]:
    """When things stood as the file says: as it was written, or now; another time can be typed."""

    def words(at: str) -> str:
        return f"{parse_iso(at).astimezone(zone):%Y-%m-%d %H:%M}"

    choices = [(f"{words(written_at)}, when the file was written", f"as_of={written_at}")]
    if words(now) != words(written_at):
        choices.append((f"{words(now)}, just now", f"as_of={now}"))
    return f"{file} tells how things stand at one moment, and does not say which. When was it exported?", choices


def accepted(readings: Mapping[str, str]) -> frozenset[str]:
    found = {f"currency={c.strip().upper()}" for c in readings.get("currency", "").split(",") if c.strip()}
    return frozenset(found | ({"vendors=new"} if readings.get("vendors") == "new" else set()))
