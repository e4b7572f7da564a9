"""One file in, from its bytes to rows and events, in one transaction: all of it or nothing. What can't be read whole is
refused, what may mean two things is asked; both leave an import with its account behind."""

import gc
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from ecomos.errors import Problem, WrongUsage, nearest
from ecomos.intake.account import SHOWN, Account, read_account, save_account
from ecomos.intake.dates import DateReader
from ecomos.intake.gather import scattered_cases
from ecomos.intake.kinds import Kind, Reading
from ecomos.intake.loading import LOADERS, Coming
from ecomos.intake.mapping import mapped_kinds
from ecomos.intake.questions import accepted, must_be_readings, question, question_of_time
from ecomos.intake.recognise import KINDS, Sheet, recognise
from ecomos.intake.rows import Seen, read_rows, survey
from ecomos.intake.text import Progress, Unreadable, examine, sha256_of
from ecomos.orders.load_channels import NO_CHANNEL, Channel, channels_of, ensure_channel, find_channel
from ecomos.orders.load_records import AskFirst, Rejected, Scattered
from ecomos.orders.load_setting import Setting, baseline_newest
from ecomos.store import Home, events, iso, write

__all__ = ["import_file", "refuse_file"]

MAIL = ".eml"
BULK_BYTES = 4 << 20
"""Larger files are loaded with synchronous normal: they can be run again."""


@dataclass
class _Job:
    """One file on its way in."""

    home: Home
    db: sqlite3.Connection
    path: Path
    now: datetime
    kind: str | None
    channel: str | None
    readings: Mapping[str, str]
    progress: Progress | None
    mark: str = ""
    asks_when: bool = False
    sha256: str = ""
    found_kind: str = ""
    told: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def import_file(
    home: Home,
    db: sqlite3.Connection,
    path: Path,
    now: datetime,
    *,
    kind: str | None = None,
    channel: str | None = None,
    readings: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    mark: str = "",
    asks_when: bool = False,
) -> Account:
    """Load one file and give its account; the file itself is only read.

    A file that says how things stand, and not when, counts as of when it was written; with `asks_when` that is asked.

    The same bytes again are answered at once. A file with a `mark` lies in the inbox: nobody is at a desk to answer,
    so that what it asks is put on a list, once for that mark. Raises WrongUsage for a kind, channel or reading that
    there is not, and FileNotFoundError where there is no file. A customer's mail (.eml) is no export, but comes the
    same way.
    """
    if kind is None and path.suffix.lower() == MAIL:
        from ecomos.intake.letters import (
            import_mail,
        )  # brings the playbook, which costs half a second; an export needs none of it

        return import_mail(home, db, path, now, mark)
    job = _Job(home, db, path, now, kind, channel, dict(readings or {}), progress, mark, asks_when)
    _must_be_known(job)
    job.sha256 = sha256_of(path)
    known = _loaded_before(job)
    if known is not None:
        return _already(db, known)
    try:
        return _load(job)
    except Unreadable as refusal:
        return _not_loaded(job, "refused", str(refusal), [])
    except AskFirst as question:
        return _not_loaded(job, "asks", str(question), question.choices)


def refuse_file(home: Home, db: sqlite3.Connection, path: Path, now: datetime, reason: str, mark: str = "") -> Account:
    """Keep that a file was refused before it was opened, and why."""
    return _not_loaded(_Job(home, db, path, now, None, None, {}, None, mark), "refused", reason, [])


def _must_be_known(job: _Job) -> None:
    if job.kind is not None and job.kind not in KINDS:
        known = ", ".join(KINDS)
        raise WrongUsage(f"There is no kind of file “{job.kind}”{nearest(job.kind, KINDS)}. Known: {known}.")
    must_be_readings(job.readings)
    job.channel = job.channel or job.readings.get("channel")


def _loaded_before(job: _Job) -> int | None:
    rows = job.db.execute(
        """select i.id, i.kind, c.name, (select max(n.id) from imports n where n.kind = i.kind
             and n.channel_id is i.channel_id and n.status = 'loaded') = i.id as is_newest
           from imports i left join channels c on c.id = i.channel_id
           where sha256 = ? and status = 'loaded' order by i.id""",
        [job.sha256],
    )
    for row in rows:
        same = job.channel in (None, row["name"]) and job.kind in (None, row["kind"])
        if same and (row["is_newest"] or not KINDS[row["kind"]].is_snapshot):
            return int(row["id"])
    return None


def _already(db: sqlite3.Connection, import_id: int) -> Account:
    """What that import said, but that now nothing was done."""
    then = read_account(db, import_id)
    return replace(then, status="already", rows_new=0, rows_changed=0, rows_rejected=0, rejects=(), events=0)


def _load(job: _Job) -> Account:
    source = examine(job.path, job.readings.get("encoding"))
    mapped, broken = mapped_kinds(job.home.path / "mappings", KINDS)
    try:
        sheet = recognise(source, job.kind, mapped)
    except Unreadable as unknown:
        raise Unreadable(" ".join([str(unknown), *map(str, broken)])) from unknown
    job.notes += [str(problem) for problem in broken]
    if sheet.kind.mapped_by:
        job.notes.append(f"Its columns are named by {sheet.kind.mapped_by}.")
    job.found_kind = sheet.kind.name
    job.told |= {"encoding": source.encoding, "separator": sheet.separator_name}
    channel_name = _channel_name(job, sheet.kind)
    reading = _reading(job, sheet, channel_name)
    if sheet.kind.is_snapshot and job.asks_when and "as_of" not in job.readings:
        raise AskFirst(*question_of_time(job.path.name, _as_of(job, reading), iso(job.now), reading.zone))
    if sheet.extra and (not sheet.kind.columns_are_places or "location" in sheet.at):
        job.notes.append(f"Columns that are not used: {', '.join(sheet.extra)}.")
    if not source.ends_with_newline:
        job.notes.append("The file does not end with a line break; every row has all its cells.")
    try:
        return _in_one_transaction(job, sheet, reading, channel_name)
    except Scattered:
        held = scattered_cases(read_rows(sheet, Seen()), sheet.at[sheet.kind.case], _case_name)
        return _in_one_transaction(job, sheet, replace(reading, hold=held, is_second=True), channel_name)


def _case_name(cell: str, before: str) -> str:
    return cell.strip().removeprefix("'") or before


def _channel_name(job: _Job, kind: Kind) -> str:
    """Given, else the platform's one channel, else a new one named after the platform; none for a list of our own."""
    if not kind.platform:
        return ""
    if job.channel:
        found = find_channel(job.db, job.channel)
        if found is not None and found.platform != kind.platform:
            raise Unreadable(f"{job.path.name} is {kind.title}, but the channel {found.name} is of {found.platform}.")
        return job.channel
    there = channels_of(job.db, kind.platform)
    if len(there) > 1:
        raise AskFirst(
            f"{job.path.name} is {kind.title}; which channel is it of?",
            [(c.name, f"channel={c.name}") for c in there],
        )
    return there[0].name if there else kind.platform


def _reading(job: _Job, sheet: Sheet, channel_name: str) -> Reading:
    channel = find_channel(job.db, channel_name)
    zone = ZoneInfo(channel.time_zone) if channel and channel.time_zone else job.home.zone
    numbers, days = survey(sheet)
    decimal = job.readings.get("decimal") or numbers.reading()
    order = job.readings.get("date") or days.reading()
    if decimal is None or order is None:
        raise AskFirst(*question(numbers.example if decimal is None else None, days.example if order is None else None))
    given = job.readings.get("currency", "")
    currency = given if len(given) == 3 else (channel.currency if channel else None) or job.home.currency
    signs = {".": "point", ",": "comma"}
    job.told |= {"decimal": signs[decimal], "date": order if sheet.kind.dates else "", "zone": str(zone)}
    if "currency" not in sheet.at:
        job.told["currency"] = currency
    job.told = {name: value for name, value in job.told.items() if value}
    return Reading(
        decimal,
        DateReader(order, zone),
        currency,
        sheet.at,
        header=sheet.header,
        before=sheet.before,
        constants=sheet.kind.constants,
    )


def _in_one_transaction(job: _Job, sheet: Sheet, reading: Reading, channel_name: str) -> Account:
    with _in_bulk(job.db, sheet.source.size > BULK_BYTES), write(job.db, bulk=sheet.source.size > BULK_BYTES) as db:
        known = _loaded_before(job)  # another process may have been faster
        if known is not None:
            return _already(db, known)
        channel = _channel(db, channel_name, sheet.kind.platform) if channel_name else None
        newest = baseline_newest(db, channel.id if channel else None, sheet.kind.name)
        import_id = _begin(job, db, sheet.kind.name, channel.id if channel else None)
        account = Account(
            job.path.name,
            "loaded",
            import_id,
            sheet.kind.name,
            channel_name,
            is_baseline=newest is None,
            readings=job.told,
            notes=job.notes,
        )
        seen = Seen()
        rows = read_rows(sheet, seen, job.progress)
        setting = Setting(
            import_id=import_id,
            channel=channel or NO_CHANNEL,
            zone=reading.zone,
            now=iso(job.now),
            is_baseline=newest is None,
            since=max(_go_live(job), newest or ""),
            home_currency=job.home.currency,
            absent=sheet.kind.absent(sheet.at),
            absent_lines=sheet.kind.absent_lines,
            makes_variants=sheet.kind.makes_variants,
            accepted=accepted(job.readings),
        )
        coming = Coming(db, setting, sheet.kind.read(rows, reading), reading, account, _as_of(job, reading))
        account, rejects = LOADERS[sheet.kind.what](coming)
        account = replace(account, rows_read=seen.rows)
        _finish(job, db, account, seen.rejects + rejects)
    return read_account(job.db, import_id)


@contextmanager
def _in_bulk(db: sqlite3.Connection, large: bool) -> Iterator[None]:
    """For a large file: more pages in memory, and no search for cycles among a million tuples that have none."""
    if not large or not gc.isenabled():
        yield
        return
    pages = db.execute("pragma cache_size").fetchone()[0]
    db.execute("pragma cache_size = -65536")
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        db.execute(f"pragma cache_size = {int(pages)}")


def _channel(db: sqlite3.Connection, name: str, platform: str) -> Channel:
    try:
        return ensure_channel(db, name, platform)
    except WrongUsage as error:
        raise Unreadable(str(error)) from error


def _go_live(job: _Job) -> str:
    return iso(datetime.combine(job.home.go_live, time(), job.home.zone))


def _as_of(job: _Job, reading: Reading) -> str:
    """When things stood so: as a person said, else when the file was written, which a demo's clock can't tell."""
    said = job.readings.get("as_of")
    if said:
        stamp = DateReader("ymd", reading.zone).read(said)
        assert stamp is not None
        if stamp.at > iso(job.now):
            raise Unreadable(f"as_of={said} lies in the future: say when the file was exported.")
        return stamp.at
    written = datetime.fromtimestamp(job.path.stat().st_mtime, UTC)
    return iso(job.now if job.home.clock == "demo" else min(written, job.now))


def _begin(job: _Job, db: sqlite3.Connection, kind: str, channel_id: int | None, status: str = "loaded") -> int:
    row = db.execute(
        "insert into imports(path, sha256, kind, channel_id, imported_at, status) values (?, ?, ?, ?, ?, ?) "
        "returning id",
        [job.path.name, job.sha256, kind, channel_id, iso(job.now), status],
    ).fetchone()
    return int(row[0])


def _finish(job: _Job, db: sqlite3.Connection, account: Account, rejects: list[Rejected]) -> None:
    rejects = sorted(rejects, key=lambda r: r.line)
    db.executemany(
        "insert into rejects(import_id, line, reason, raw) values (?, ?, ?, ?)",
        [(account.import_id, r.line, r.reason, r.raw) for r in rejects],
    )
    account = replace(
        account,
        rows_rejected=len(rejects),
        rejects=[(r.line, r.reason) for r in rejects[:SHOWN]],
        problems=[Problem(account.file, r.line, r.reason) for r in rejects[:SHOWN]],
    )
    db.execute(
        """update imports set is_baseline = ?, rows_read = ?, rows_new = ?, rows_changed = ?, rows_rejected = ?,
             newest_at = ? where id = ?""",
        [
            account.is_baseline,
            account.rows_read,
            account.rows_new,
            account.rows_changed,
            account.rows_rejected,
            account.newest_at or None,
            account.import_id,
        ],
    )
    save_account(db, account)
    if rejects:
        _tell_rejected(db, account, job.now)


def _tell_rejected(db: sqlite3.Connection, account: Account, now: datetime) -> None:
    """Put rows or a file that were not loaded on somebody's list, inside the caller's transaction."""
    events.append(
        db,
        "data.rejected",
        ("import", account.import_id),
        actor=f"import:{account.import_id}",
        recorded_at=iso(now),
        data={"rows": account.rows_rejected, "file": account.file, "status": account.status},
    )


def _not_loaded(job: _Job, status: str, message: str, choices: list[tuple[str, str]]) -> Account:
    """Keep that a file was refused or is waiting for a choice; a refusal is an event, so that it is on a list."""
    with write(job.db) as db:
        known = _told_before(db, job.mark)
        if known is not None:
            return read_account(db, known)
        channel = find_channel(db, job.channel) if job.channel else None
        import_id = _begin(job, db, job.found_kind or "unknown", channel.id if channel else None, status)
        account = Account(
            job.path.name,
            status,
            import_id,
            job.found_kind,
            channel.name if channel else "",
            readings=job.told,
            choices=choices,
            problems=[Problem(job.path.name, 0, message)],
            mark=job.mark,
        )
        save_account(db, account)
        if status == "refused" or job.mark:
            _tell_rejected(db, account, job.now)
    return account


def _told_before(db: sqlite3.Connection, mark: str) -> int | None:
    """The import that told of this very file already: another scanner, or one that was killed before it moved it."""
    row = db.execute(
        """select id from imports where status in ('refused', 'asks') and ?1 <> ''
           and json_extract(account, '$.mark') = ?1 order by id desc limit 1""",
        [mark],
    ).fetchone()
    return int(row["id"]) if row else None
