"""What a playbook file says, as values. A line is counted from 1 in the whole file, front matter included."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Any

__all__ = [
    "Approve",
    "Authority",
    "Batch",
    "Branch",
    "Check",
    "Do",
    "End",
    "ExampleTable",
    "Expression",
    "Kpi",
    "LateRung",
    "Link",
    "Message",
    "Playbook",
    "Policy",
    "PolicyValue",
    "Procedure",
    "RecordField",
    "Report",
    "Role",
    "Sample",
    "Send",
    "Span",
    "StartChild",
    "Starts",
    "Step",
    "Target",
    "Usually",
    "WaitFor",
    "Within",
]


@dataclass(frozen=True)
class Expression:
    """A rule-engine expression as written."""

    text: str
    line: int


@dataclass(frozen=True)
class Span:
    """A length of time: `2 working hours`, `14 days`, `30 minutes`, or a policy's value of that kind."""

    amount: Decimal | None
    unit: str
    """minutes, hours, days; empty where `policy` is given."""
    working: bool = False
    policy: str | None = None
    """As in `policy.returns.window_days`."""
    line: int = 0


@dataclass(frozen=True)
class Target:
    """Where a way leads: a step of this procedure by its slug."""

    title: str
    slug: str
    line: int


@dataclass(frozen=True)
class Link:
    """A link in a file's text."""

    text: str
    target: str
    line: int


@dataclass(frozen=True)
class Branch:
    """One row of an `If | Then` table; `when` is None for otherwise."""

    when: Expression | None
    target: Target
    line: int


@dataclass(frozen=True)
class Check:
    """One `[ ]` line; `prevents` from a trailing `(prevents: wrong variant packed)`."""

    text: str
    prevents: str
    line: int


@dataclass(frozen=True)
class RecordField:
    """One thing that a step writes down: `amount (money, at most order.refundable)`."""

    name: str
    """snake_case."""
    kind: str
    """text, number, money, yes or no, one of, day, file."""
    choices: tuple[str, ...] = ()
    unit: str = ""
    """For a number, as in `weight (number, kg)`."""
    optional: bool = False
    at_least: Expression | None = None
    at_most: Expression | None = None
    line: int = 0


@dataclass(frozen=True)
class Within:
    """By when a step is to be done: a span from when it could be taken, or a time of day."""

    span: Span | None = None
    by: time | None = None
    by_policy: str | None = None
    """As in `policy.shipping.cutoff`."""
    line: int = 0


@dataclass(frozen=True)
class LateRung:
    """What happens `after` the deadline (None: at once): tell a role, or hand the task to it."""

    deed: str
    """tell, hand to."""
    role: str
    after: Span | None
    line: int


@dataclass(frozen=True)
class WaitFor:
    """`any of`/`all of` events and states, or a time."""

    names: tuple[str, ...]
    """Event kinds (`return.received`) or states: boolean facts of the case (`order.is_paid`)."""
    every: bool
    """all of; otherwise any of."""
    until: Within | None
    """A wait for a time only: `Wait for: 2 days`, `Wait for: 09:00`."""
    at_most: Span | None
    remind_after: Span | None
    remind_with: str | None
    """A message's stem."""
    remind_whom: str | None
    otherwise: Target | None
    line: int


@dataclass(frozen=True)
class Batch:
    """`up to 40, by service, at the latest 11:00`."""

    up_to: int
    by: str | None
    """A fact of the case: cases that share it are gathered together."""
    latest: Within
    line: int


@dataclass(frozen=True)
class Approve:
    """`refund of answers.amount; if refused [Say no kindly](#say-no-kindly)`."""

    kind: str
    amount: Expression
    refused: Target
    when: Expression | None
    line: int


@dataclass(frozen=True)
class Do:
    """`orders.refund amount=answers.amount`."""

    deed: str
    arguments: Mapping[str, Expression]
    when: Expression | None
    line: int


@dataclass(frozen=True)
class Send:
    """`refund-paid to customer`."""

    message: str
    to: str
    when: Expression | None
    line: int


@dataclass(frozen=True)
class StartChild:
    """`[Cancel an order](cancel-an-order.md) about order`, with `for each parcel of order` where several."""

    procedure: str
    about: str
    for_each: tuple[str, str] | None
    """(`parcel`, `order`)."""
    lives_on: bool
    wait: bool
    """Start and wait."""
    when: Expression | None
    line: int


@dataclass(frozen=True)
class End:
    """`refunded`, or `handed to cancel-an-order`."""

    outcome: str
    handed_to: str | None
    line: int


@dataclass(frozen=True)
class Sample:
    """`1 in 20 by support-lead`: every twentieth is looked at by somebody else before it goes on."""

    one_in: int
    role: str
    line: int


@dataclass(frozen=True)
class Step:
    """One H2. What happens in what order: wait, batch, the task (role, checks, record), sample, approve, do, document,
    send, start, the way out (branches, next, end, else the next step)."""

    slug: str
    title: str
    line: int
    prose: str
    """The Markdown between the heading and the words, for people."""
    role: str | None = None
    """None: the procedure's performer."""
    case: str | None = None
    wait: WaitFor | None = None
    batch: Batch | None = None
    checks: tuple[Check, ...] = ()
    record: tuple[RecordField, ...] = ()
    within: Within | None = None
    if_late: tuple[LateRung, ...] = ()
    sample: Sample | None = None
    approve: Approve | None = None
    do: Do | None = None
    document: str | None = None
    send: Send | None = None
    starts: tuple[StartChild, ...] = ()
    branches: tuple[Branch, ...] = ()
    next: Target | None = None
    end: End | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    """Word -> its line."""

    @property
    def is_human(self) -> bool:
        """Whether somebody has to do something here; otherwise the engine passes through.

        A step is a person's where it has a checklist, something to record, a case to choose, a role of its own, or a
        deadline."""
        return bool(self.checks or self.record or self.case or self.role or self.within or self.batch)


@dataclass(frozen=True)
class Starts:
    """`ticket.opened where event.topic == "refund"`; or a schedule in words (`every Mon-Fri at 09:00`)."""

    event: str | None
    where: Expression | None
    schedule: str | None
    cron: str
    """The schedule as the five fields of cron; empty where an event starts it."""
    line: int


@dataclass(frozen=True)
class Usually:
    """`4 in 100 orders` or `1 a week`: what is assumed until it is counted."""

    number: Decimal
    per: str
    """orders (a hundred of them) or week."""


@dataclass(frozen=True)
class Procedure:
    """A procedure: what people read and what runs."""

    stem: str
    title: str
    source: str
    purpose: str
    area: str
    owner: str
    performer: str
    starts: Starts | None
    """None: started by hand or by another procedure."""
    about: str
    promise: Span | None
    review_every: Span | None
    kpis: tuple[str, ...]
    on: Mapping[str, Target]
    """Event kind -> step to go to."""
    ends_when: Mapping[str, "End | Target"]
    """Event kind -> an outcome, or a step to go to."""
    state: str
    """on, paper."""
    size: str
    """core: written to the whole mark; outline: one honest page to start from, which stays on paper."""
    called: str
    """What else people call it, for the search: `broken parcel, smashed`."""
    stage: int | None
    """`stage: 15`: among the first fifteen that a shop switches on; None: after the thirty, when it is asked for."""
    usually: "Usually | None"
    """How often it starts, before the store's own figures say so."""
    takes: "Span | None"
    """Hands at work for one run on its usual way, before the store's own figures say so."""
    again: bool
    """`again: allowed`: more than one open run a case."""
    certificate: bool
    was: str | None
    steps: tuple[Step, ...]
    lines: Mapping[str, int] = field(default_factory=dict)
    """Front matter key -> its line."""
    links: tuple[Link, ...] = ()
    limits: tuple[Link, ...] = ()
    """Every `{{ policy.x.y }}` of the text."""

    def step(self, slug: str) -> Step:
        """The step with that slug. Raises KeyError."""
        return next((s for s in self.steps if s.slug == slug), None) or _no_step(self.stem, slug)

    def after(self, step: Step) -> Step | None:
        """The step that stands below, None for the last."""
        at = self.steps.index(step)
        return self.steps[at + 1] if at + 1 < len(self.steps) else None


def _no_step(stem: str, slug: str) -> Step:
    raise KeyError(f"{stem} has no step #{slug}")


@dataclass(frozen=True)
class Authority:
    """What a role may decide alone: `refund: 50 each, 300 a day` in the store's currency, or `any`."""

    kind: str
    each: Decimal | None
    """Major units of the store's currency; None: any amount."""
    a_day: Decimal | None
    line: int


@dataclass(frozen=True)
class Role:
    stem: str
    title: str
    source: str
    reports_to: str | None
    """None for the founder only."""
    deputy: str | None
    authority: Mapping[str, Authority]
    responsibilities: tuple[str, ...]
    expectations: tuple[str, ...]
    """KPI stems."""
    communication: tuple[str, ...]
    prose: str
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)
    """Front matter key -> its line."""
    links: tuple[Link, ...] = ()
    limits: tuple[Link, ...] = ()
    """Every `{{ policy.x.y }}` of the text."""


@dataclass(frozen=True)
class PolicyValue:
    """One limit, promise or setting with its home: an H2 with the words Value, Why, Basis, Country, Raise it when,
    Lower it when, and `Not below`/`Not above` for what the law sets."""

    name: str
    """snake_case; `policy.STEM_WITH_UNDERSCORES.NAME` in a condition."""
    kind: str
    """number, money, span, time, text, yes or no."""
    value: Decimal | Span | time | str | bool
    unit: str
    meaning: str
    why: str
    basis: str
    country: str
    raise_when: str
    lower_when: str
    line: int
    not_below: Decimal | None = None
    not_above: Decimal | None = None


@dataclass(frozen=True)
class Policy:
    stem: str
    title: str
    source: str
    prose: str
    values: Mapping[str, PolicyValue]
    tables: Mapping[str, tuple[Branch, ...]] = field(default_factory=dict)
    """Decision tables by name; a branch's target title is the answer."""
    owner: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Front matter key -> its line."""
    links: tuple[Link, ...] = ()
    limits: tuple[Link, ...] = ()
    """Every `{{ policy.x.y }}` of the text."""


@dataclass(frozen=True)
class Message:
    """A message: subject and body as Jinja text. The body is plain text; a blank line parts paragraphs."""

    stem: str
    """`shipped` for shipped.md and for shipped.de.md."""
    language: str
    """Empty for the store's own."""
    title: str
    source: str
    about: str
    kind: str
    """What `sends` of a channel asks about; the stem unless said otherwise."""
    subject: str
    body: str
    line: int
    body_line: int
    variables: frozenset[str] = frozenset()
    """Names used at the top level: order, customer, answers, policy, store …"""
    used: tuple[str, ...] = ()
    """Every dotted name used, once: `order.number`, `policy.returns.window_days`."""
    guarded: frozenset[str] = frozenset()
    """Names that a `{% if … %}` or a default asks about: they may be unknown."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Front matter key -> its line."""


@dataclass(frozen=True)
class ExampleTable:
    """One table of a card's worked example: rows given to a table of the store, or the figures `expected`."""

    name: str
    """A table of the store (the first column is its id), or `expected` (the first column is the day)."""
    columns: tuple[str, ...]
    """The other columns; of `expected` there is one."""
    rows: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True)
class Kpi:
    stem: str
    title: str
    source: str
    unit: str
    better: str
    """up, down."""
    owner: str
    range: tuple[Decimal | None, Decimal | None] | None
    target: Decimal | None
    benchmark: str
    on_breach: str | None
    """A procedure's stem."""
    per: str
    """day; or `period, distinct` and `period, median`: computed from the facts of each period."""
    formula: str
    sql: str
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)
    """Front matter key -> its line."""
    links: tuple[Link, ...] = ()
    limits: tuple[Link, ...] = ()
    """Every `{{ policy.x.y }}` of the text."""
    example: tuple[ExampleTable, ...] = ()
    """The worked example; `ecomos test-playbook` runs it."""


@dataclass(frozen=True)
class Report:
    """A notebook that runs at its time and is sent to its roles."""

    stem: str
    title: str
    source: str
    notebook: str
    """The stem of the notebook; the report's own unless said otherwise."""
    when: str
    """In words: `every Mon-Fri at 07:00`."""
    cron: str
    """The same in cron's five fields, in the store's zone."""
    parameters: Mapping[str, str]
    owner: str
    """The role that answers for it."""
    to: tuple[str, ...]
    """Roles that get it."""
    on_failure: str
    """The role that is written to when it failed or would be stale; the owner unless said otherwise."""
    fresh: Span | None
    """How old the newest import may be; None: any age."""
    catch_up: str
    """latest, each, none: what becomes of times that were missed."""
    prose: str
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)
    """Front matter key -> its line."""
    links: tuple[Link, ...] = ()
    limits: tuple[Link, ...] = ()
    """Every `{{ policy.x.y }}` of the text."""


@dataclass(frozen=True)
class Playbook:
    """Everything that parsed. What did not parse is missing here and stands among the problems."""

    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    messages: Mapping[tuple[str, str], Message] = field(default_factory=dict)
    """(stem, language) -> message."""
    kpis: Mapping[str, Kpi] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    broken: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    """(kind, name) -> what could be read of a file that has problems; it never runs."""
