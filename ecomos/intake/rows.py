"""Rows of a recognised file: read once from end to end without splitting on lines, checked to be whole.
Knows columns by position only."""

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ecomos.intake.dates import DateSurvey
from ecomos.intake.kinds import Rows
from ecomos.intake.numbers import NumberSurvey
from ecomos.intake.recognise import Sheet
from ecomos.intake.text import LONGEST_CELL, Progress, Unreadable
from ecomos.orders.load_records import Rejected

__all__ = ["Seen", "read_rows", "survey"]

EVERY = 4096


@dataclass
class Seen:
    """What a reading of all rows found beside them."""

    rows: int = 0
    rejects: list[Rejected] = field(default_factory=list)


def read_rows(sheet: Sheet, seen: Seen, progress: Progress | None = None) -> Rows:
    """Every row after the header that has as many cells as it; others are noted in `seen`.

    Raises Unreadable where the end of the file is missing: a last row cut short, a quotation mark never closed.
    """
    width, source, progress = len(sheet.header), sheet.source, progress or _nobody
    name, size, separator = source.path.name, source.size, sheet.separator
    count, row, short, short_at = 0, [""], None, 0
    with source.open() as file:
        lines = _Lines(file)
        _to_header(lines.records(separator), list(sheet.header))
        try:
            for count, row in enumerate(lines.records(separator), 1):
                if len(row) == width:
                    yield lines.number, row
                elif any(row):
                    short, short_at = _misfit(lines.number, row, width), count
                    seen.rejects.append(short)
                if not count % EVERY:
                    progress(min(_position(file), size), size)
        except csv.Error as error:
            raise Unreadable(f"{name}: line {lines.number}: {error}.") from error
    _must_be_whole(sheet, short if short_at == count else None, row)
    seen.rows = count
    progress(size, size)


class _Lines:
    """The lines of a file, counted, and the records that they make.

    A line without a quotation mark is a record and needs no parser, which halves the cost of reading; any other goes
    through the csv module, which takes the lines that it needs: a quoted cell may hold line breaks.
    """

    def __init__(self, file: Iterable[str]) -> None:
        self.file = iter(file)
        self.number = 0

    def records(self, separator: str) -> Iterator[list[str]]:
        """Every record from here on; blank lines make none."""
        csv.field_size_limit(LONGEST_CELL)
        for line in self.file:
            self.number += 1
            if '"' in line:
                reader = csv.reader(itertools.chain((line,), self.file), delimiter=separator)
                record = next(reader)
                self.number += reader.line_num - 1
                yield record
            elif len(line) > LONGEST_CELL:
                raise csv.Error("the line is too long for an export")
            elif plain := line.rstrip("\r\n"):
                yield plain.split(separator)


def _nobody(done: int, size: int) -> None:
    """Progress that nobody asked for."""


def first_line(line: int, row: Sequence[str]) -> int:
    """Where a row begins, from where it ends: quoted cells may hold line breaks."""
    return line - sum(cell.count("\n") for cell in row)


def _position(file: object) -> int:
    buffer = getattr(file, "buffer", None)
    raw = getattr(buffer, "fileobj", None) or buffer
    return int(raw.tell()) if raw is not None else 0


def _to_header(reader: Iterator[list[str]], header: list[str]) -> None:
    for row in reader:
        if row == header:
            return


def _misfit(line: int, row: Sequence[str], width: int) -> Rejected:
    raw = ",".join(row)[:1000]
    return Rejected(first_line(line, row), f"has {len(row)} cells, the header has {width}", raw)


def _must_be_whole(sheet: Sheet, short: Rejected | None, last: Sequence[str]) -> None:
    name = sheet.source.path.name
    if short is not None and not sheet.source.ends_with_newline:
        raise Unreadable(
            f"{name} is cut: its last row (line {short.line}) ends in the middle. Copy or export it again."
        )
    if sheet.source.quotes % 2 and (short is not None or any("\n" in cell for cell in last)):
        raise Unreadable(f"{name} is cut or damaged: a quotation mark near its end is never closed.")


def survey(sheet: Sheet) -> tuple[NumberSurvey, DateSurvey]:
    """Look at numbers and dates until their reading is decided, at most to the end of the file."""
    numbers, dates = NumberSurvey(), DateSurvey()
    kind = sheet.kind
    money = [sheet.at[f] for f in kind.money if f in sheet.at]
    days = [sheet.at[f] for f in kind.dates if f in sheet.at]
    for _, row in read_rows(sheet, Seen()):
        if not numbers.decided:
            for position in money:
                if row[position]:
                    numbers.add(row[position])
        if not dates.decided:
            for position in days:
                if row[position]:
                    dates.add(row[position])
        if numbers.decided and (dates.decided or not days):
            break
    return numbers, dates
