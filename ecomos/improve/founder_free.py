"""The founder-free score: of what people did and decided, the share that somebody other than the founder did; always
beside how much of the shop it covers, and with what to hand over next."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ecomos.errors import WrongUsage
from ecomos.improve.acts import Act, acts_of
from ecomos.improve.replay import LimitReplay, founders_approvals, replay_limit
from ecomos.store import iso, write
from ecomos.work import Shop, in_force
from ecomos.work.deadlines import number_or

__all__ = ["LEAST_COVERED", "Coverage", "Handover", "Part", "Score", "answer_outside", "founder_free"]

LEAST_COVERED = 0.8
"""Below this the score says too little: most of the shop's work does not go through here."""


@dataclass(frozen=True)
class Part:
    """The score of one area, week, procedure or step."""

    name: str
    acts: int
    others: int
    """Of these, acts of somebody other than the founder."""
    nobody_else: int
    """Founder's acts that nobody else may do."""
    hats: int
    """Founder's acts in a role that somebody else holds."""

    @property
    def score(self) -> float | None:
        """0 to 1; None without an act."""
        return self.others / self.acts if self.acts else None


@dataclass(frozen=True)
class Coverage:
    """How much of the shop went through a run."""

    kind: str
    """orders, refunds, tickets."""
    with_run: int
    all: int


@dataclass(frozen=True)
class Handover:
    """Something to write down or delegate next."""

    what: str
    """In a sentence."""
    procedure: str
    step: str
    times: int
    hours: float
    """The founder's hours on it in the span, as far as they said when they took it; waiting beside it."""
    waited_hours: float
    replay: LimitReplay | None = None


@dataclass(frozen=True)
class Score:
    """The score of a span of days, with its parts."""

    first: date
    last: date
    whole: Part
    by_area: tuple[Part, ...]
    by_week: tuple[Part, ...]
    by_procedure: tuple[Part, ...]
    by_step: tuple[Part, ...]
    coverage: tuple[Coverage, ...]
    busiest: tuple[str, float] | None
    """The person other than the founder who did most, with the share of all acts: one bottleneck for another?"""
    outside: int | None
    """Decisions that reached the founder outside, as answered for the weeks of the span; None where no week was."""
    stuck: tuple[tuple[str, int], ...]
    """What lies with the founder now: the procedure's title and how many tasks, most first."""
    next: tuple[Handover, ...]
    """Ranked by the founder's hours."""
    least_covered: float = LEAST_COVERED
    """The share under which the score says too little; `policy.changes.covered_at_least` in per cent."""

    @property
    def covered(self) -> float | None:
        """The share of orders, refunds and tickets that had a run; None where there were none."""
        everything = sum(c.all for c in self.coverage)
        return sum(c.with_run for c in self.coverage) / everything if everything else None

    @property
    def says_enough(self) -> bool:
        """Whether enough of the shop is covered for the score to mean something."""
        return self.covered is not None and self.covered >= self.least_covered


def founder_free(shop: Shop, first: date, last: date, now: datetime) -> Score:
    """The score of the store's days `first` to `last`. Raises WrongUsage where they end before they begin."""
    if last < first:
        raise WrongUsage(f"{last} lies before {first}.")
    acts = acts_of(shop, first, last, now)
    titles = {stem: p.title for stem, p in in_force(shop, now).procedures.items()}
    return Score(
        first=first,
        last=last,
        whole=_part("all", acts),
        by_area=_parts(acts, lambda a: a.area.replace("-", " ")),
        by_week=_parts(acts, lambda a: _monday(a.on).isoformat()),
        by_procedure=_parts([a for a in acts if a.procedure], lambda a: titles.get(a.procedure, a.procedure)),
        by_step=_parts([a for a in acts if a.step], lambda a: f"{titles.get(a.procedure, a.procedure)}: {a.step}"),
        coverage=_coverage(shop, first, last),
        busiest=_busiest(acts),
        outside=_outside(shop, first, last),
        stuck=_stuck(shop, titles),
        next=_handovers(shop, acts, titles, first, last, now),
        least_covered=float(number_or(shop, "policy.changes.covered_at_least", round(LEAST_COVERED * 100), now)) / 100,
    )


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _part(name: str, acts: Sequence[Act]) -> Part:
    founders = [a for a in acts if a.by_founder]
    alone = sum(1 for a in founders if a.because == "nobody else may")
    return Part(name, len(acts), len(acts) - len(founders), alone, len(founders) - alone)


def _parts(acts: Sequence[Act], key: Callable[[Act], str]) -> tuple[Part, ...]:
    groups: dict[str, list[Act]] = {}
    for act in acts:
        groups.setdefault(key(act), []).append(act)
    return tuple(_part(name, group) for name, group in sorted(groups.items()))


def _busiest(acts: Sequence[Act]) -> tuple[str, float] | None:
    others = Counter(a.person for a in acts if not a.by_founder)
    if not others:
        return None
    ((name, count),) = others.most_common(1)
    return name, count / len(acts)


_COVERED: Mapping[str, str] = {
    "orders": """
        select count(*), count(*) filter (where exists (
          select 1 from run_cases c where c.type = 'order' and c.id = +o.id))
        from orders o where o.kind = 'sale' and o.placed_on between ? and ?""",
    "refunds": """
        select count(*), count(*) filter (where exists (
          select 1 from run_cases c join runs r on r.id = c.run_id
          join approvals a on a.run_id = r.id and a.status = 'approved'
          where c.type = 'order' and c.id = +f.order_id))
        from refunds f where f.source = 'import' and date(f.refunded_at) between ? and ?""",
    "tickets": """
        select count(*), count(*) filter (where exists (
          select 1 from run_cases c where c.type = 'ticket' and c.id = +t.id))
        from tickets t where date(t.opened_at) between ? and ?""",
}


def _coverage(shop: Shop, first: date, last: date) -> tuple[Coverage, ...]:
    found = []
    for kind, sql in _COVERED.items():
        everything, covered = shop.db.execute(sql, [first.isoformat(), last.isoformat()]).fetchone()
        found.append(Coverage(kind, covered, everything))
    return tuple(found)


def answer_outside(shop: Shop, person_id: int, week_of: date, decisions: int, now: datetime) -> None:
    """Keep the founder's answer for a week: how many decisions reached them outside. Raises WrongUsage below 0."""
    if decisions < 0:
        raise WrongUsage("How many is 0 or more.")
    with write(shop.db):
        shop.db.execute(
            """insert into outside_decisions(week_on, person_id, decisions, said_at) values (?, ?, ?, ?)
               on conflict(week_on, person_id) do update set decisions = excluded.decisions, said_at = excluded.said_at
            """,
            [_monday(week_of).isoformat(), person_id, decisions, iso(now)],
        )


def _outside(shop: Shop, first: date, last: date) -> int | None:
    row = shop.db.execute(
        "select sum(decisions) from outside_decisions where week_on between ? and ?",
        [_monday(first).isoformat(), last.isoformat()],
    ).fetchone()
    return row[0]


def _stuck(shop: Shop, titles: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    rows = shop.db.execute(
        """select coalesce(r.procedure, '') as procedure, count(*) as n from tasks t left join runs r on r.id = t.run_id
           where t.status in ('open', 'taken') and t.role = 'founder' group by 1 order by 2 desc, 1"""
    )
    return tuple((titles.get(r["procedure"], r["procedure"]) or "the store itself", r["n"]) for r in rows)


def _handovers(
    shop: Shop, acts: Sequence[Act], titles: Mapping[str, str], first: date, last: date, now: datetime
) -> tuple[Handover, ...]:
    groups: dict[tuple[str, str, str, str], list[Act]] = {}
    for act in acts:
        if act.by_founder:
            groups.setdefault((act.procedure, act.step, act.kind, act.because), []).append(act)
    found = [_handover(shop, key, group, titles, first, last, now) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda h: (-h.hours - h.waited_hours, -h.times, h.what)))


def _handover(
    shop: Shop,
    key: tuple[str, str, str, str],
    acts: Sequence[Act],
    titles: Mapping[str, str],
    first: date,
    last: date,
    now: datetime,
) -> Handover:
    procedure, step, kind, because = key
    name = titles.get(procedure, procedure) or "the store itself"
    replay = None
    if kind == "approve":
        approvals = founders_approvals(shop, procedure, step, first, last, now)
        if approvals:
            worth, role = approvals.most_asked, approvals.role_below
            replay = replay_limit(shop, role, approvals.kind, worth, first, last, now)
            what = f"Let {role} decide {approvals.kind} up to {replay.limit_text}: {replay.in_words}"
        else:
            what = f"Give the decisions of “{name}” to a role below yours"
    elif because == "nobody else may":
        what = f"Write down how “{step.replace('-', ' ')}” in “{name}” is decided, and give it to a role"
    else:
        what = f"Leave “{step.replace('-', ' ')}” in “{name}” to {because.removeprefix('wearing the hat of ')}"
    return Handover(
        what=what,
        procedure=procedure,
        step=step,
        times=len(acts),
        hours=sum((a.took for a in acts), timedelta()).total_seconds() / 3600,
        waited_hours=sum((a.waited for a in acts), timedelta()).total_seconds() / 3600,
        replay=replay,
    )
