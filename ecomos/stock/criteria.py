"""The written criteria: which deed each thing needs, by the table *Proposal* of policies/replenishment.md, and who is
told of it, by *Escalate*. The row that fired goes with the deed, in its own words. Needs numpy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecomos.errors import WrongUsage, nearest
from ecomos.playbook import policy_types, policy_values
from ecomos.playbook.catalogue import fact_fields
from ecomos.playbook.records import Playbook, Policy
from ecomos.stock.column_rules import Table, compile_table, fire
from ecomos.stock.thing_facts import ThingFacts

__all__ = ["DEEDS", "Criteria", "Decided", "criteria_in", "decide"]

Array = Any
DEEDS = ("order", "expedite", "count", "mark down", "discontinue", "transfer", "leave")
STEM, PROPOSAL, ESCALATE = "replenishment", "proposal", "escalate"
NOBODY = "nobody"


@dataclass(frozen=True)
class Criteria:
    """Both tables, checked; and the limits that their rows may name."""

    proposal: Table | None
    """None where the playbook has no such policy: what is short is ordered, all else left."""
    escalate: Table | None
    policy: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Decided:
    """A row a thing."""

    deed: Array
    rule: Array
    """The row's own words."""
    escalate_to: Array
    """A role, or empty."""


def criteria_in(policies: Mapping[str, Policy]) -> Criteria:
    """The tables in force. Raises WrongUsage that names file and line of a row that can't be meant."""
    book, policy = Playbook(policies=policies), policies.get(STEM)
    if policy is None:
        return Criteria(None, None, policy_values(book))
    types: Any = {"variant": fact_fields(ThingFacts), "policy": policy_types(book)}
    tables = {
        name: compile_table(rows, types, policy.source)
        for name, rows in policy.tables.items()
        if name in (PROPOSAL, ESCALATE)
    }
    for _, answer in tables[PROPOSAL].rows if PROPOSAL in tables else ():
        deed = answer.partition(":")[0].strip()
        if deed not in DEEDS:
            known = nearest(deed, DEEDS) or f" (there are: {', '.join(DEEDS)})"
            raise WrongUsage(f"{tables[PROPOSAL].source}: no deed “{deed}”{known}. A row says “deed: reason”.")
    return Criteria(tables.get(PROPOSAL), tables.get(ESCALATE), policy_values(book))


def decide(criteria: Criteria, facts: Mapping[str, Array], count: int) -> Decided:
    """What each thing needs; `facts` are the columns that ThingFacts names, not a number or empty where not known."""
    values = {"variant": facts, "policy": criteria.policy}
    if criteria.proposal is None:
        short = facts["quantity"] > 0
        rule = np.where(short, "at or below the reorder point", "enough is there for its pace")
        return Decided(np.where(short, "order", "leave"), rule, np.full(count, ""))
    fired = fire(criteria.proposal, values, count)
    answers = [answer.partition(":") for _, answer in criteria.proposal.rows]
    deed = np.array([a[0].strip() for a in answers], object)[fired.row]
    rule = np.array([(a[2] or a[0]).strip() for a in answers], object)[fired.row]
    told = fire(criteria.escalate, values, count).answers if criteria.escalate is not None else np.full(count, NOBODY)
    return Decided(deed, rule, np.where(told == NOBODY, "", told))
