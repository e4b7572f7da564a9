"""The month of twelve with nothing to refund without the founder: the score falls where refunds are approved, and says
where."""

import pytest
from mailserver import mail_server
from month.plan import FIRST_DAY, LAST_DAY, Plan
from month.play import play

from ecomos.improve import founder_free


@pytest.mark.slow
def test_a_refund_limit_of_nothing_shows_where_the_score_falls(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every step at which a refund is approved becomes the founder's alone, and no other falls with it."""
    with mail_server() as box:
        played = play(Plan(people=12, seed=1, refund_limit=0), tmp_path_factory.mktemp("month"), box)
    score = founder_free(played.shop, FIRST_DAY, LAST_DAY, played.end)
    asked = played.shop.db.execute("select count(*) from approvals where kind = 'refund' and by_engine = 1").fetchone()
    decided = played.shop.db.execute(
        """select r.procedure, a.step from approvals a join runs r on r.id = a.run_id
           where a.kind = 'refund' and a.status in ('approved', 'refused')"""
    ).fetchall()
    fallen = {(h.procedure, h.step) for h in score.next if h.replay is not None and h.replay.kind == "refund"}
    assert asked[0] == 0
    assert fallen == {(r["procedure"], r["step"]) for r in decided}
    assert len(fallen) >= 6
