"""What's new since I looked: what concerns a person, told once in plain sentences, and gone when it was read."""

from datetime import timedelta
from pathlib import Path

import pytest
from page_shop import Team, make_team, said
from shops import NOW

from ecomos.pages.news import NewsPage, count
from ecomos.store import events, iso, write
from ecomos.work import adopt_playbook
from ecomos.work.news import EVERYTHING, News, mark_read, news_of


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """The shop, and everybody has read what there was."""
    found = make_team(tmp_path / "shop")
    for name in found.ids:
        read(found, name)
    return found


def read(team: Team, name: str) -> None:
    who = team.ids[name]
    mark_read(team.shop, who, news(team, name), team.at[0])


def news(team: Team, name: str) -> list[News]:
    return news_of(team.shop, team.ids[name], team.at[0], EVERYTHING)


def words(team: Team, name: str) -> list[str]:
    return [n.words for n in news(team, name)]


def pass_minutes(team: Team, minutes: int = 1) -> None:
    team.at[0] += timedelta(minutes=minutes)


def happened(team: Team, kind: str, about: tuple[str, int], actor: str = "import:1") -> None:
    with write(team.shop.db):
        events.append(team.shop.db, kind, about, actor=actor, recorded_at=iso(team.at[0]))


def test_a_cancellation_is_told_to_who_worked_on_the_order_and_to_nobody_else(team: Team) -> None:
    key = team.order("#1001")
    pia = team.desk("Pia").today()
    pia.clicked(said(pia, "done", found="all"))
    pass_minutes(team)
    happened(team, "order.cancelled", ("order", key))
    assert words(team, "Pia") == ["#1001 was cancelled."]
    assert news(team, "Pia")[0].about == ("order", key)
    assert words(team, "Sam") == []


def test_what_was_there_before_i_worked_on_it_is_no_news(team: Team) -> None:
    key = team.order("#1001")
    happened(team, "order.paid", ("order", key))
    pass_minutes(team)
    pia = team.desk("Pia").today()
    pia.clicked(said(pia, "done", found="all"))
    assert words(team, "Pia") == []


def test_my_own_deed_is_no_news(team: Team) -> None:
    key = team.order("#1001")
    pia = team.desk("Pia").today()
    pia.clicked(said(pia, "done", found="all"))
    pass_minutes(team)
    happened(team, "order.address_changed", ("order", key), actor=f"person:{team.ids['Pia']}")
    assert words(team, "Pia") == []


def test_the_same_thing_twice_is_told_once(team: Team) -> None:
    key = team.order("#1001")
    pia = team.desk("Pia").today()
    pia.clicked(said(pia, "done", found="all"))
    for _ in range(2):
        pass_minutes(team)
        happened(team, "order.address_changed", ("order", key))
    assert words(team, "Pia") == ["#1001 goes to another address now."]


def test_a_task_handed_over_is_told_and_so_is_who_took_it(team: Team) -> None:
    team.order("#1001", risk="High")
    pass_minutes(team)
    sue = team.desk("Sue").today()
    sue.clicked(said(sue, "hand-over", note="you know her", asked={"to": "Sam"}))
    assert words(team, "Sam") == ["Sue hands “Read the signals” of #1001 over to you: you know her"]
    assert words(team, "Sue") == []
    pass_minutes(team)
    sam = team.desk("Sam").today()
    sam.clicked(said(sam, "take"))
    assert words(team, "Sue") == ["Sam took “Read the signals” of #1001."]


def test_who_was_not_taken_up_on_it_hears_that_too(team: Team) -> None:
    team.order("#1001", risk="High")
    pass_minutes(team)
    sue = team.desk("Sue").today()
    sue.clicked(said(sue, "hand-over", note="you know her", asked={"to": "Sam"}))
    pass_minutes(team)
    sam = team.desk("Sam").today()
    sam.clicked(said(sam, "decline"))
    assert words(team, "Sue") == ["Sam did not take “Read the signals” of #1001: it is on the role's list."]


def test_a_doubt_goes_to_the_role_above_and_its_answer_comes_back(team: Team) -> None:
    team.order("#1001")
    pass_minutes(team)
    pia = team.desk("Pia").today()
    pia.clicked(said(pia, "not-sure", note="two labels on one bin"))
    assert words(team, "Olga") == ["Pia is not sure about “Pick the lines” of #1001: two labels on one bin"]
    pass_minutes(team)
    olga = team.desk("Olga").today()
    olga.clicked(said(olga, "done", found="all"))
    assert words(team, "Pia") == ["Olga did “Pick the lines” of #1001."]


def test_a_task_that_was_taken_from_me_is_told_with_the_reason(team: Team) -> None:
    key = team.order("#1001", risk="High")
    sue = team.desk("Sue").today()
    sue.clicked(said(sue, "take"))
    pass_minutes(team)
    with write(team.shop.db):
        team.shop.db.execute(
            "update tasks set status = 'withdrawn', done_at = ?, note = 'the customer cancelled' where person_id = ?",
            [iso(team.at[0]), team.ids["Sue"]],
        )
    found = news(team, "Sue")
    assert [n.words for n in found] == ["“Read the signals” of #1001 was withdrawn: the customer cancelled."]
    assert found[0].about == ("order", key)


def test_a_decision_about_my_draft_is_told_with_what_was_given(team: Team) -> None:
    key = team.order("#1001")
    pass_minutes(team)
    with write(team.shop.db):
        run = team.rows("select id from runs")[0][0]
        for status, cents, why in (("approved", 1500, "half is fair"), ("refused", None, "nothing is broken")):
            team.shop.db.execute(
                """insert into approvals(run_id, step, visit, kind, about_type, about_id, asked_cents, approved_cents,
                     currency, drafted_by, decided_by, status, reason, asked_at, decided_at)
                   values (?, 'x', 1, 'refund', 'order', ?, 2000, ?, 'EUR', ?, ?, ?, ?, ?, ?)""",
                [run, key, cents, team.ids["Sue"], team.ids["Fiona"], status, why, iso(NOW), iso(team.at[0])],
            )
    assert sorted(words(team, "Sue")) == [
        "Fiona approved your refund of 20.00 EUR for #1001, with 15.00 EUR: half is fair",
        "Fiona refused your refund of 20.00 EUR for #1001: nothing is broken",
    ]
    assert words(team, "Fiona") == []


def test_a_new_version_is_told_to_the_roles_it_concerns(team: Team) -> None:
    pass_minutes(team)
    path = team.shop.home.playbook / "procedures" / "process-an-order.md"
    path.write_text(path.read_text() + "\nNothing else.\n", encoding="utf-8")
    adopt_playbook(team.shop, team.at[0], "Fiona")
    assert words(team, "Pia") == ["“Process an order” has a new version."]
    assert news(team, "Pia")[0].about == ("procedures", "process-an-order")


def test_the_first_adoption_is_one_line_and_not_a_dozen(tmp_path: Path) -> None:
    """Olga never looked: she is told of the last day."""
    found = [w for w in words(make_team(tmp_path / "shop"), "Olga") if "playbook" in w]
    assert len(found) == 2
    assert found[1].endswith(" files of the playbook that concern you were put in force.")


def loaded(team: Team, status: str = "loaded", rejected: int = 0) -> int:
    with write(team.shop.db):
        return int(
            team.shop.db.execute(
                """insert into imports(path, sha256, kind, imported_at, status, rows_new, rows_rejected)
                   values ('orders.csv', 'x', 'shopify orders', ?, ?, 12, ?)""",
                [iso(team.at[0]), status, rejected],
            ).lastrowid
            or 0
        )


def test_imports_and_reports_are_told_to_who_sees_their_pages(team: Team) -> None:
    pass_minutes(team)
    loaded(team, rejected=2)
    loaded(team, "asks")
    with write(team.shop.db):
        team.shop.db.execute(
            """insert into report_runs(report, slot, day_on, status, queued_at, ended_at)
               values ('daily', 'x', '2026-11-23', 'failed', ?, ?)""",
            [iso(NOW), iso(team.at[0])],
        )
    told = [
        "The report “daily” of 2026-11-23 failed.",
        "orders.csv waits for your choice.",
        "orders.csv was loaded: 12 new, 0 changed, 2 rejected.",
    ]
    assert sorted(words(team, "Olga")) == told
    assert news_of(team.shop, team.ids["Pia"], team.at[0]) == []


def test_what_is_marked_as_read_is_gone_and_what_comes_later_is_new(team: Team) -> None:
    pass_minutes(team)
    loaded(team)
    desk = team.desk("Olga")
    page = NewsPage(desk.context())
    assert count(desk.context()) == 1
    assert page.list.lines[0]["link"] == "?page=imports&import=1"
    page.list.heard({"read": True}, [])
    assert (count(desk.context()), page.list.lines) == (0, [])
    pass_minutes(team)
    loaded(team, "refused")
    assert words(team, "Olga") == ["orders.csv was refused."]


def test_what_came_while_the_list_was_open_stays_new(team: Team) -> None:
    pass_minutes(team)
    loaded(team)
    page = NewsPage(team.desk("Olga").context())
    pass_minutes(team)
    loaded(team, "refused")
    page.read()
    assert words(team, "Olga") == ["orders.csv was refused."]


def test_a_forged_word_marks_nothing_and_one_persons_reading_is_not_anothers(team: Team) -> None:
    pass_minutes(team)
    loaded(team)
    page = NewsPage(team.desk("Olga").context())
    for forged in ({"read": "yes"}, {"read": 1}, {"person": team.ids["Fiona"], "read": None}, {}):
        page.list.heard(forged, [])
    assert len(words(team, "Olga")) == 1
    page.list.heard({"read": True, "person": team.ids["Fiona"]}, [])
    assert (len(words(team, "Olga")), len(words(team, "Fiona"))) == (0, 1)


def test_hostile_names_are_text_in_every_line(team: Team) -> None:
    team.order("#1001", risk="High")
    pass_minutes(team)
    sue = team.desk("Sue").today()
    sue.clicked(said(sue, "hand-over", note="<img src=x onerror=alert(1)>{{ 7*7 }}", asked={"to": "Sam"}))
    page = NewsPage(team.desk("Sam").context())
    assert "<img src=x onerror=alert(1)>{{ 7*7 }}" in page.list.lines[0]["words"]
    assert page.list.lines[0]["link"].startswith("?page=today&task=")


def test_setting_the_clock_back_brings_nothing_twice(team: Team) -> None:
    """The cursor never goes back."""
    before = team.rows("select * from looks where person_id = ?", team.ids["Olga"])
    team.at[0] -= timedelta(days=3)
    read(team, "Olga")
    assert team.rows("select * from looks where person_id = ?", team.ids["Olga"]) == before
