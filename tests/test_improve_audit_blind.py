"""Thirty violations, planted by mutations that were written without sight of the audit, are listed exactly, each with
the line of the playbook that it breaks; the clean store has none."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import mutations
import pytest
from mutations import PLAN, VIOLATIONS, Case, Violation
from shops import STARTER

from ecomos.demo import make_demo
from ecomos.improve import KINDS, Finding, audit
from ecomos.store import open_file
from ecomos.store.clock import demo_start
from ecomos.store.events import verify
from ecomos.work import Shop

FIRST = date(2026, 9, 1)
MEANT = {
    mutations.UNAPPROVED: {"refund without approval"},
    mutations.MAY_NOT: {"decided above the limit", "own draft approved"},
    mutations.SPLIT: {"split below the limit"},
    mutations.RISKY: {"risky order sent unreviewed"},
    mutations.UNPAID: {"sent unpaid"},
    mutations.SILENT: {"promise missed"},
    mutations.NOT_BEGUN: {"never begun"},
    mutations.LEFT_OUT: {"step left out without a reason"},
    mutations.OUTCOME: {"outcome that no step allows"},
    mutations.NOT_THEIRS: {"done by another role"},
}
"""The kind in the mutations' own words -> the audit's."""


class Month:
    """A month that a team worked with ecomos."""

    def __init__(self, path: Path) -> None:
        self.home = make_demo(path, STARTER, PLAN)
        self.shop, self.now = Shop(self.home, open_file(self.home.db_path)), demo_start(self.home)

    def audit(self) -> list[Finding]:
        return audit(self.shop, FIRST, self.now.date(), self.now)

    def expected(self, violation: Violation, case: Case) -> tuple[str, Case, str, int]:
        return violation.kind, case, violation.file, violation.line_no(self.home.playbook)


def as_planted(found: Finding) -> tuple[str, Case, str, int]:
    kind = next(words for words, kinds in MEANT.items() if found.kind in kinds)
    return kind, found.about, found.source, found.line


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    return Month(tmp_path_factory.mktemp("month") / "home")


@pytest.fixture
def undone(month: Month) -> Iterator[sqlite3.Connection]:
    """A transaction that is rolled back: the next test finds the clean month again."""
    month.shop.db.execute("begin immediate")
    yield month.shop.db
    month.shop.db.execute("rollback")


def test_the_clean_month_has_no_finding(month: Month) -> None:
    assert [] == month.audit()


def test_there_are_thirty_violations_of_ten_kinds(month: Month) -> None:
    kinds = [v.kind for v in VIOLATIONS]
    assert (30, {3}) == (len(VIOLATIONS), {kinds.count(kind) for kind in kinds})
    assert set(kinds) == set(MEANT)
    assert set.union(*MEANT.values()) <= set(KINDS)


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: v.name)
def test_each_violation_alone_is_the_one_finding(
    month: Month, undone: sqlite3.Connection, violation: Violation
) -> None:
    case = violation.plant(undone)
    assert [month.expected(violation, case)] == [as_planted(f) for f in month.audit()]


def test_all_thirty_at_once_are_listed_exactly_and_the_chain_is_whole(month: Month, undone: sqlite3.Connection) -> None:
    expected = [month.expected(v, v.plant(undone)) for v in VIOLATIONS]
    assert sorted(expected, key=str) == sorted((as_planted(f) for f in month.audit()), key=str)
    assert [] == verify(undone)


WORDS = {
    "refund_whose_approval_is_gone": " EUR went back, 0.00 EUR was approved",
    "refund_above_the_agents_limit": "90.00 EUR of refund by Sue Park, limit 50.00 EUR",
    "own_draft_above_the_own_limit": "Sam Adler asked for 110.00 EUR and approved it",
    "cancelled_with_authority_that_had_ended": "Sam Adler may approve no cancel on that day",
    "second_refund_by_another_ticket": "120.00 EUR in parts by Sam Adler, limit 100.00 EUR",
    "count_that_was_not_done": "“Cycle count” should have begun, and did not",
    "return_that_was_not_inspected": "“Inspect the return” was passed by",
    "picked_by_support": "“Pick the lines” by Sue Park, not picker",
}


@pytest.mark.parametrize("name", WORDS)
def test_a_finding_says_in_words_what_happened(month: Month, undone: sqlite3.Connection, name: str) -> None:
    next(v for v in VIOLATIONS if v.name == name).plant(undone)
    (found,) = month.audit()
    assert found.text.endswith(WORDS[name])
