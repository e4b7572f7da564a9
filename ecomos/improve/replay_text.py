"""What another text, or another limit in a policy, would have done: past cases gone through anew with what was known at
each decision. A case that the new text asks something of that was not known then can't be told."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ecomos.improve.replay import FEWEST, few_words, replayed_limits
from ecomos.money import format_money
from ecomos.playbook import CannotTell, parse_text, policy_values
from ecomos.playbook.conditions import compiled_anew
from ecomos.playbook.records import Playbook, Policy, Procedure, Step
from ecomos.playbook.ways import reached_from
from ecomos.store import parse_iso
from ecomos.work import Shop, in_force, procedure_version
from ecomos.work.changing import Proposal, version_text
from ecomos.work.values import as_decimals

__all__ = ["MOST", "TextReplay", "replay_policy", "replay_text", "replays_of"]

MOST = 1000
"""The newest cases that are gone through."""


@dataclass(frozen=True)
class TextReplay:
    """How past runs of one procedure would have gone with another text or limit."""

    title: str
    cases: int
    """Runs that have ended, the newest first, at most so many as were asked for."""
    otherwise: int
    """Of these, those that would have gone another way."""
    cannot_tell: int
    """Of these, those whose record does not fit the new text."""
    ways: tuple[tuple[str, str, str, int], ...]
    """(step, where it went, where it would have gone, how many), most first; a case counts at its first turn."""
    orders_cents: int
    """The totals of the orders in those that would have gone another way, in the store's currency."""
    hours: timedelta
    """Waiting and handling of the approvals that they would not have needed."""
    currency: str

    @property
    def too_few(self) -> bool:
        """Under ten cases nothing is said."""
        return self.cases < FEWEST

    @property
    def in_words(self) -> str:
        """As read: `12 of 80 cases another way (Look: 12 to “Wait” instead of “Pack”), orders of 900.00 EUR`."""
        if self.too_few:
            return f"{self.title}: {few_words(self.cases)}"
        parts = [f"none of {self.cases} cases would have gone another way"]
        if self.otherwise:
            ways = "; ".join(f"{step}: {n} to “{new}” instead of “{old}”" for step, old, new, n in self.ways[:3])
            parts = [f"{self.otherwise} of {self.cases} cases another way ({ways})"]
            parts += [f"orders of {format_money(self.orders_cents, self.currency)}"] if self.orders_cents else []
            hours = self.hours.total_seconds() / 3600
            parts += [f"{hours:.1f} hours of waiting and handling approvals less"] if hours else []
        if self.cannot_tell:
            parts.append(f"{self.cannot_tell} can't be told")
        return f"{self.title}: " + ", ".join(parts)


def replay_text(shop: Shop, new: Procedure, now: datetime, most: int = MOST) -> TextReplay:
    """Go through the last ended runs of a procedure anew with this text."""
    return _replay(shop, new, policy_values(in_force(shop, now)), most)


def replay_policy(shop: Shop, new: Policy, stem: str, now: datetime, most: int = MOST) -> list[TextReplay]:
    """Go through the last runs of each procedure whose decisions read a limit of this policy, with its new values."""
    book = in_force(shop, now)
    changed: Playbook = replace(book, policies={**book.policies, stem: new})
    values, asked = policy_values(changed), f"policy.{stem.replace('-', '_')}."
    reading = [p for p in book.procedures.values() if any(asked in text for text in _conditions(p))]
    return [_replay(shop, p, values, most) for p in reading]


def _conditions(procedure: Procedure) -> Iterable[str]:
    return (b.when.text for s in procedure.steps for b in s.branches if b.when)


@dataclass
class _Count:
    otherwise: int = 0
    cannot_tell: int = 0
    cents: int = 0
    hours: timedelta = timedelta()
    ways: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def _replay(shop: Shop, new: Procedure, policies: Mapping[str, Any], most: int) -> TextReplay:
    runs = shop.db.execute(
        "select * from runs where procedure = ? and status = 'done' order by id desc limit ?", [new.stem, most]
    ).fetchall()
    count = _Count()
    for run in runs:
        _count(shop, new, policies, run, count)
    ways = tuple((*way, n) for way, n in count.ways.most_common())
    currency = shop.home.currency
    return TextReplay(
        new.title, len(runs), count.otherwise, count.cannot_tell, ways, count.cents, count.hours, currency
    )


@dataclass(frozen=True)
class _Turn:
    """Where a run would have left the way that it went."""

    step: str
    was: str
    to: str
    at: str


def _count(shop: Shop, new: Procedure, policies: Mapping[str, Any], run: sqlite3.Row, count: _Count) -> None:
    try:
        turn = _first_turn(shop, new, policies, run)
    except CannotTell:
        count.cannot_tell += 1
        return
    if turn is None:
        return
    count.otherwise += 1
    titles = {s.slug: s.title for s in procedure_version(shop, run["procedure"], run["version_sha"]).steps}
    titles |= {s.slug: s.title for s in new.steps}
    count.ways[(titles[turn.step], titles.get(turn.was, "the end"), titles.get(turn.to, "the end"))] += 1
    count.cents += _order_cents(shop, run)
    count.hours += _approvals_not_needed(shop, new, run, turn)


def _first_turn(shop: Shop, new: Procedure, policies: Mapping[str, Any], run: sqlite3.Row) -> _Turn | None:
    """The first step that would have led elsewhere. Raises CannotTell where the new text has lost a step on the way, or
    asks what was not known."""
    old = procedure_version(shop, run["procedure"], run["version_sha"])
    steps = {s.slug: s for s in new.steps}
    decided = _decisions(shop, run["id"])
    visits = shop.db.execute("select step, visit, entered_at from run_visits where run_id = ?", [run["id"]]).fetchall()
    order = {s.slug: n for n, s in enumerate(old.steps)}
    for visit in sorted(visits, key=lambda v: (v["entered_at"], v["visit"], order.get(v["step"], 0))):
        if visit["step"] not in steps:
            raise CannotTell(visit["step"])
        was, step = old.step(visit["step"]), steps[visit["step"]]
        row = decided.get((visit["step"], visit["visit"]))
        if row is not None:
            to = _decide(shop, new, step, policies, run, row)
            if to != row["target"]:
                return _Turn(step.slug, row["target"], to, row["decided_at"])
        elif not was.branches and not step.branches and _plain_way(old, was) != _plain_way(new, step):
            return _Turn(step.slug, _plain_way(old, was), _plain_way(new, step), visit["entered_at"])
    return None


def _plain_way(procedure: Procedure, step: Step) -> str:
    """Where a step without a table leads: a slug, empty for the end."""
    if step.end:
        return ""
    below = procedure.after(step)
    return step.next.slug if step.next else below.slug if below else ""


def _decisions(shop: Shop, run_id: int) -> dict[tuple[str, int], sqlite3.Row]:
    rows = shop.db.execute("select * from decisions where run_id = ?", [run_id]).fetchall()
    return {(r["step"], r["visit"]): r for r in rows if r["row"] != "chosen"}


def _decide(
    shop: Shop, new: Procedure, step: Step, policies: Mapping[str, Any], run: sqlite3.Row, row: sqlite3.Row
) -> str:
    """Where the new table leads with what was known. Raises CannotTell for a table that is gone or a name not known."""
    values = _known(shop, new, policies, run, row)
    for branch in step.branches:
        if branch.when is None or compiled_anew(branch.when).of(values, shop.home.zone):
            return branch.target.slug
    raise CannotTell(step.slug)


class _Recorded(dict[str, Any]):
    """Values by name; asking for one that was not recorded is not knowing, which is other than null."""

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            raise CannotTell(name)
        return self[name]


def _known(
    shop: Shop, new: Procedure, policies: Mapping[str, Any], run: sqlite3.Row, row: sqlite3.Row
) -> dict[str, Any]:
    """The values as they were at the decision: facts that it read, all answers until then, the event; limits as the new
    text would find them."""
    values: dict[str, Any] = _Recorded(policy=policies)
    for name, value in json.loads(row["used"]).items():
        case, _, rest = name.partition(".")
        if case == "policy":
            continue
        _put(values, name, _typed(shop, case, rest, value))
    values["answers"] = _Recorded(_answers(shop, new, run, row["decided_at"]))
    values["event"] = _event(shop, run["cause_event_id"])
    return values


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    *path, last = name.split(".")
    at = values
    for part in path:
        at = at.setdefault(part, _Recorded())
    at[last] = value


def _typed(shop: Shop, case: str, name: str, value: Any) -> Any:
    """A value as it was stored with the decision, as what it is."""
    fact = shop.catalogue.types.get(case, {}).get(name)
    if not isinstance(value, str) or fact is None:
        return date.fromisoformat(value) if case == "today" else value
    if fact.type in ("number", "money"):
        return Decimal(value)
    if fact.type == "day":
        return date.fromisoformat(value)
    return parse_iso(value) if fact.type == "instant" else value


def _answers(shop: Shop, new: Procedure, run: sqlite3.Row, until: str) -> dict[str, Any]:
    """All that was answered until then; what the run could have asked and did not is null."""
    kinds = {f.name: f.kind for s in new.steps for f in s.record}
    old = procedure_version(shop, run["procedure"], run["version_sha"])
    found: dict[str, Any] = {f.name: None for s in old.steps for f in s.record}
    rows = shop.db.execute(
        """select answers from tasks where run_id = ? and kind = 'step' and answers is not null and done_at <= ?
           order by done_at, id""",
        [run["id"], until],
    )
    for (text,) in rows:
        for name, value in as_decimals(json.loads(text), shop.home.currency).items():
            kind = kinds.get(name)
            typed = Decimal(str(value)) if kind == "number" and value is not None else value
            found[name] = date.fromisoformat(value) if kind == "day" and value else typed
    return found


def _event(shop: Shop, event_id: int | None) -> dict[str, Any]:
    row = shop.db.execute("select data from events where id = ?", [event_id]).fetchone()
    return _Recorded(as_decimals(json.loads(row[0]), shop.home.currency) if row else {})


def _order_cents(shop: Shop, run: sqlite3.Row) -> int:
    row = shop.db.execute(
        """select o.total_cents from run_cases c join orders o on c.type = 'order' and o.id = c.id
           where c.run_id = ? and o.currency = ?""",
        [run["id"], shop.home.currency],
    ).fetchone()
    return int(row[0] or 0) if row else 0


def _approvals_not_needed(shop: Shop, new: Procedure, run: sqlite3.Row, turn: _Turn) -> timedelta:
    """The waiting and handling of what was approved after the turn at steps that the new way can't reach."""
    there = reached_from(new, turn.to)
    rows = shop.db.execute(
        """select step, asked_at, decided_at from approvals
           where run_id = ? and by_engine = 0 and decided_at is not null and asked_at >= ?""",
        [run["id"], turn.at],
    )
    gone = [parse_iso(r["decided_at"]) - parse_iso(r["asked_at"]) for r in rows if r["step"] not in there]
    return sum(gone, timedelta())


def replays_of(shop: Shop, found: Proposal, now: datetime) -> list[str]:
    """What a proposed change would have done with past cases, in words: for a procedure's text, a policy's limits, a
    role's authority."""
    if found.kind == "roles":
        return replayed_limits(shop, found, now)
    new = parse_text(found.kind, found.name, version_text(shop, found.kind, found.name, found.sha), "")[0]
    if isinstance(new, Procedure) and found.base_sha:
        return [replay_text(shop, new, now).in_words]
    return [r.in_words for r in replay_policy(shop, new, found.name, now)] if isinstance(new, Policy) else []
