"""What the record says about the work: the founder-free score, a procedure's figures, another limit over past cases."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from test_work_waits import REFUND, rows
from work_playbook import book, procedure

from ecomos.errors import WrongUsage
from ecomos.improve import answer_outside, away_drill, founder_free, procedure_figures, replay_limit
from ecomos.improve.acts import acts_of
from ecomos.store import write
from ecomos.work import Shop, approve, asked_someone, finish, not_sure, refuse, skip, start, take

TODAY = date(2026, 11, 24)


class Team:
    """A shop with a refund procedure, and five people."""

    def __init__(self, path: Path) -> None:
        self.shop = make_shop(path / "shop", book(refund=procedure(REFUND, "again: allowed\n")))
        self.sue = hire(self.shop, "Sue", "support-agent")
        self.sam = hire(self.shop, "Sam", "support-agent")
        self.olga = hire(self.shop, "Olga", "operations-lead")
        self.fred = hire(self.shop, "Fred", "founder", "support-agent")
        self.number = 1000

    def ask(self, amount: str, by: int, minutes: int = 0) -> int:
        """A refund drafted; gives its run."""
        self.number += 1
        key = order(self.shop, f"#{self.number}", total=100000)
        run, _ = start(self.shop, "refund", ("order", key), NOW)
        task = self.open_of(run)
        take(self.shop, task, by, NOW)
        done = NOW + timedelta(minutes=minutes)
        finish(self.shop, task, by, done, answers={"amount": amount, "reason": "damaged"})
        return run

    def open_of(self, run: int) -> int:
        return int(rows(self.shop, "select id from tasks where run_id = ? and status in ('open', 'taken')", run)[0][0])


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def recount(shop: Shop) -> tuple[int, int]:
    """(acts, of others), counted from the rows another way than the score does."""
    founders = {p for (p,) in rows(shop, "select person_id from person_roles where role = 'founder'")}
    people = [p for (p,) in rows(shop, "select done_by from tasks where done_by is not null and kind <> 'wait'")]
    people += [p for (p,) in rows(shop, "select other_person_id from task_notes where kind = 'asked'")]
    return len(people), sum(1 for p in people if p not in founders)


def test_the_score_is_the_share_of_acts_by_others_and_counts_no_deed_of_the_engine(team: Team) -> None:
    team.ask("20.00", team.sue)
    team.ask("20.00", team.sam)
    run = team.ask("120.00", team.sue)
    approve(team.shop, team.open_of(run), team.olga, NOW, amount=Decimal(120))
    run = team.ask("500.00", team.sue)
    approve(team.shop, team.open_of(run), team.fred, NOW, amount=Decimal(500))
    score = founder_free(team.shop, TODAY, TODAY, NOW)
    assert (6, 5) == (score.whole.acts, score.whole.others) == recount(team.shop)
    assert [("fulfilment", 6)] == [(p.name, p.acts) for p in score.by_area]
    assert ("Sue", 3 / 6) == score.busiest


def test_founder_because_nobody_else_may_is_apart_from_the_founder_in_anothers_hat(team: Team) -> None:
    team.ask("20.00", team.fred)
    run = team.ask("500.00", team.sue)
    approve(team.shop, team.open_of(run), team.fred, NOW, amount=Decimal(500))
    score = founder_free(team.shop, TODAY, TODAY, NOW)
    assert (1, 1) == (score.whole.nobody_else, score.whole.hats)
    assert ["wearing the hat of support-agent", "nobody else may"] == [
        a.because for a in acts_of(team.shop, TODAY, TODAY, NOW) if a.by_founder
    ]


def test_asking_the_founder_counts_as_the_founders_answer(team: Team) -> None:
    run, _ = start(team.shop, "refund", ("order", order(team.shop)), NOW)
    asked_someone(team.shop, team.open_of(run), team.sue, NOW, team.fred)
    score = founder_free(team.shop, TODAY, TODAY, NOW)
    assert ((1, 0), (1, 0)) == ((score.whole.acts, score.whole.others), recount(team.shop))


def test_beside_the_score_stands_how_much_of_the_shop_it_covers(team: Team) -> None:
    team.ask("20.00", team.sue)
    for n in range(4):
        order(team.shop, f"#{n}")
    with write(team.shop.db):
        team.shop.db.execute("update orders set placed_on = '2026-11-24'")
    score = founder_free(team.shop, TODAY, TODAY, NOW)
    assert [("orders", 1, 5), ("refunds", 0, 0), ("tickets", 0, 0)] == [
        (c.kind, c.with_run, c.all) for c in score.coverage
    ]
    assert (0.2, False) == (score.covered, score.says_enough)


def test_the_founders_answer_for_a_week_is_kept_and_may_be_changed(team: Team) -> None:
    assert founder_free(team.shop, TODAY, TODAY, NOW).outside is None
    answer_outside(team.shop, team.fred, TODAY, 7, NOW)
    answer_outside(team.shop, team.fred, TODAY + timedelta(days=2), 4, NOW)
    assert 4 == founder_free(team.shop, TODAY, TODAY, NOW).outside
    with pytest.raises(WrongUsage, match="0 or more"):
        answer_outside(team.shop, team.fred, TODAY, -1, NOW)
    with pytest.raises(WrongUsage, match="lies before"):
        founder_free(team.shop, TODAY, TODAY - timedelta(days=1), NOW)


def test_what_to_hand_over_next_is_ranked_by_hours_and_carries_its_replay(team: Team) -> None:
    for amount in ("300.00", "310.00", "320.00", "900.00") * 3:
        run = team.ask(amount, team.sue)
        approve(team.shop, team.open_of(run), team.fred, NOW + timedelta(hours=3), amount=Decimal(amount))
    team.ask("10.00", team.fred, minutes=5)
    first, second = founder_free(team.shop, TODAY, TODAY, NOW).next
    assert first.what.startswith("Let operations-lead decide refund up to 900.00 EUR: 12 of 12 escalations not needed")
    assert (12, 36.0, 0.0) == (first.times, round(first.waited_hours, 1), round(first.hours, 1))
    assert "Leave “ask” in “A procedure” to support-agent" == second.what or second.times == 1
    assert first.replay is not None


def test_another_limit_says_what_would_not_have_gone_up_with_money_and_hours(team: Team) -> None:
    for n in range(8):
        run = team.ask(f"{60 + n}.00", team.sue)
        approve(team.shop, team.open_of(run), team.olga, NOW + timedelta(hours=2), amount=Decimal(60))
    run = team.ask("150.00", team.sue)
    refuse(team.shop, team.open_of(run), team.olga, NOW, reason="too much")
    team.ask("45.00", team.sam)
    found = replay_limit(team.shop, "support-agent", "refund", 6500, TODAY, TODAY, NOW)
    assert (10, 9, 6, 0) == (found.cases, found.escalations, found.not_needed, found.newly_needed)
    assert (37500, 12.0) == (found.more_decided_cents, found.waited.total_seconds() / 3600)
    assert found.in_words == (
        "6 of 9 escalations not needed, 375.00 EUR more decided by support-agent, "
        "12.0 hours of waiting and handling less"
    )
    lower = replay_limit(team.shop, "support-agent", "refund", 4000, TODAY, TODAY, NOW)
    assert (0, 1) == (lower.not_needed, lower.newly_needed)
    with pytest.raises(WrongUsage, match="did you mean “support-agent”"):
        replay_limit(team.shop, "support-agnt", "refund", 1, TODAY, TODAY, NOW)


def test_under_ten_cases_is_too_few_and_what_has_no_drafter_cannot_be_told(team: Team) -> None:
    team.ask("60.00", team.sue)
    found = replay_limit(team.shop, "support-agent", "refund", 8000, TODAY, TODAY, NOW)
    assert (True, "too few past cases to say (0, at least 10)") == (found.too_few, found.in_words)
    run = team.ask("70.00", team.sue)
    approve(team.shop, team.open_of(run), team.olga, NOW, amount=Decimal(70))
    with write(team.shop.db):
        team.shop.db.execute("update approvals set drafted_by = null")
    assert 1 == replay_limit(team.shop, "support-agent", "refund", 8000, TODAY, TODAY, NOW).cannot_tell


def test_a_procedures_figures_count_by_step_what_was_late_unsure_and_skipped(team: Team) -> None:
    team.ask("20.00", team.sue, minutes=10)
    team.ask("20.00", team.sue, minutes=30)
    run, _ = start(team.shop, "refund", ("order", order(team.shop, "#1")), NOW)
    not_sure(team.shop, team.open_of(run), team.sue, NOW, "which one?")
    run, _ = start(team.shop, "refund", ("order", order(team.shop, "#2")), NOW)
    take(team.shop, team.open_of(run), team.sue, NOW)
    skip(team.shop, team.open_of(run), team.sue, NOW, "the customer called it off")
    found = procedure_figures(team.shop, "refund", TODAY, TODAY, NOW)
    step = found.steps[0]
    assert (4, timedelta(minutes=20), 1, 1) == (found.runs, step.took, step.not_sure, step.skipped)
    assert (4, None) == (found.open, found.median), "two wait for their deed in the platform, two for a person"
    assert [("no amount was written down",)] == [
        (why.split(": ")[-1],) for (why,) in rows(team.shop, "select note from tasks where kind = 'unclear'")
    ]
    assert [(date(2026, 11, 23), 4)] == [(w.monday, w.runs) for w in found.trend]
    nothing = procedure_figures(team.shop, "never-ran", TODAY, TODAY, NOW)
    assert (0, None, ()) == (nothing.runs, nothing.median, nothing.steps)


def test_the_away_drill_says_whose_work_goes_where_and_what_waits(team: Team) -> None:
    gaps = away_drill(team.shop, [team.sue, team.sam, team.fred], TODAY, NOW)
    assert ("deputy", "support-agent", "The work of support agent goes to operations lead: Olga.") in [
        (g.kind, g.role, g.text) for g in gaps
    ]
    assert any(g.kind == "stalls" and "large refund" in g.text for g in gaps)
    only = away_drill(team.shop, [team.sue], TODAY, NOW)
    assert [] == [g for g in only if g.role == "support-agent"], "Sam is here"
    assert any(g.kind == "alone" and g.text == "Only Fred could decide a large refund." for g in only)
    assert "founder" == away_drill(team.shop, [team.olga], TODAY, NOW)[0].kind
