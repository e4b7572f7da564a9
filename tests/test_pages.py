"""The pages without a browser: every kind of task by its buttons, refusals that write nothing, forged and hostile
input, the wave, the order's page, the imports."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from page_shop import Team, copied, deeds, make_team, said
from shops import NOW, order

from ecomos.orders.reading import ref_of
from ecomos.pages import orders as orders_page
from ecomos.pages import playbook as playbook_page
from ecomos.pages.finding import search
from ecomos.pages.imports import Imports
from ecomos.pages.orders import OrderPage, build_list
from ecomos.store import events, iso, write
from ecomos.work import adopt_orders, pass_time, settle
from ecomos.work.tasks import open_task


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Team:
    team = make_team(tmp_path_factory.mktemp("team") / "shop")
    team.shop.db.close()
    return team


@pytest.fixture
def team(model: Team, tmp_path: Path) -> Iterator[Team]:
    found = copied(model, tmp_path / "shop")
    yield found
    found.shop.db.close()


EVERY_WAY_OUT = ["done", "not-sure", "later", "asked", "skip", "elsewhere", "take"]


# ---- every kind of task


def test_a_step_is_finished_and_the_next_person_has_it(team: Team) -> None:
    team.order("#1001")
    desk = team.desk("Pia")
    pia = desk.today()
    assert pia.form.step["title"] == "Pick the lines · #1001"
    assert pia.form.step["sub"] == "by Tue 24 Nov, 14:00, else Olga (operations lead) is told"
    assert pia.form.step["next"] == "as a rule next: Ben (packer), pack the parcel"
    assert deeds(pia) == EVERY_WAY_OUT
    assert pia.case.title == "#1001 · 84.00 EUR"
    pia.clicked(said(pia, "done", found="all"))
    assert desk.toasts == ["Done."]
    assert pia.form.step == {}
    ben = team.desk("Ben").today()
    assert ben.form.step["title"] == "Pack the parcel · #1001"
    assert team.rows("select step, status, done_by, answers from tasks order by id") == [
        ("pick-the-lines", "done", team.ids["Pia"], '{"found": "all"}'),
        ("pack-the-parcel", "open", None, None),
    ]


def test_what_is_refused_is_said_and_nothing_is_written(team: Team) -> None:
    team.order("#1001")
    pia = team.desk("Pia").today()
    before = team.whole()
    pia.clicked(said(pia, "done", checks=False, found="all"))
    assert pia.form.step["error"].startswith("Not ticked: “Scan each SKU; without one")
    pia.clicked(said(pia, "done"))
    assert (pia.form.step["error"], pia.form.step["wrong"]) == ("Found is missing.", ["found"])
    for deed, words in [
        ("not-sure", "Write what is unclear"),
        ("skip", "Write the reason"),
        ("elsewhere", "Write where and how"),
        ("later", "Choose when"),
        ("asked", "Choose a person"),
        ("hand-over", "Choose a person"),
        ("approve", "Amount: not a number"),
        ("nonsense", "There is no such button"),
    ]:
        pia.clicked(said(pia, deed))
        assert words in pia.form.step["error"], deed
    assert team.whole() == before


def test_the_field_that_is_wrong_is_named_as_the_form_names_it(team: Team) -> None:
    key = order(team.shop, "#1001", email=None)
    team.shop.db.execute("update order_contacts set ship_address1 = null where order_id = ?", [key])
    orders_page.start(team.shop, "process-an-order", ("order", key), NOW)
    sue = team.desk("Sue").today()
    labels = {f["name"]: (f["label"], f["value"]) for f in sue.form.step["fields"]}
    assert labels["address1"] == ("Street and number", "")
    assert labels["zip"] == ("Postcode", "1010"), "what is known is not asked twice"
    sue.clicked(said(sue, "done", reply="found", address1="x" * 5000))
    assert sue.form.step["error"] == "Street and number: at most 4000 characters, this has 5000"
    assert sue.form.step["wrong"] == ["address1"]


def release_asked(team: Team) -> int:
    team.order("#1001", risk="High")
    sue = team.desk("Sue").today()
    sue.clicked(said(sue, "done", finding="clear", why="known since years"))
    return team.ids["Sue"]


def test_an_approval_shows_who_recorded_what_and_is_granted(team: Team) -> None:
    release_asked(team)
    desk = team.desk("Olga")
    olga = desk.today()
    assert olga.form.step["title"] == "Approve release: 84.00 EUR · #1001"
    assert olga.form.step["facts"] == [
        ["Asked", "release of 84.00 EUR"],
        ["Asked by", "the procedure itself"],
        ["Finding", "clear (Sue)"],
        ["Why", "known since years (Sue)"],
    ]
    assert deeds(olga) == ["approve", "refuse"]
    before = team.whole()
    for amount in ("", "NaN", "Infinity", "1e9999999", "-1", "84.01", "0", "eighty"):
        olga.clicked(said(olga, "approve", amount=amount))
        assert olga.form.step["error"], amount
    assert team.whole() == before
    olga.clicked(said(olga, "approve"))
    assert desk.toasts == ["Approved."]
    assert team.rows("select status, approved_cents, decided_by from approvals") == [
        ("approved", 8400, team.ids["Olga"])
    ]
    assert team.desk("Pia").today().form.step["title"] == "Pick the lines · #1001"


def test_a_refused_approval_needs_its_reason_and_goes_the_other_way(team: Team) -> None:
    release_asked(team)
    desk = team.desk("Olga")
    olga = desk.today()
    before = team.whole()
    olga.clicked(said(olga, "refuse"))
    assert olga.form.step["error"].startswith("Write the reason")
    assert team.whole() == before
    olga.clicked(said(olga, "refuse", note="the address is a parcel shop"))
    assert desk.toasts == ["Refused."]
    assert team.rows("select status, reason from approvals") == [("refused", "the address is a parcel shop")]


def shipped(team: Team) -> None:
    team.order("#1001")
    pia = team.desk("Pia").today()
    pia.clicked(said(pia, "done", found="all"))
    ben = team.desk("Ben").today()
    ben.clicked(said(ben, "done", packed="everything"))
    ben.clicked(said(ben, "done", carrier="DHL", tracking="JD01"))


def test_a_hand_task_wants_the_platforms_reference(team: Team) -> None:
    shipped(team)
    ben = team.desk("Ben").today()
    assert ben.form.step["title"] == "Enter the shipment in Shopify · #1001"
    assert ben.form.step["facts"] == [["Order", "#1001"], ["Carrier", "DHL"], ["Tracking", "JD01"]]
    before = team.whole()
    ben.clicked(said(ben, "done"))
    assert ben.form.step["error"].startswith("Write the platform's reference")
    assert team.whole() == before
    ben.clicked(said(ben, "done", reference="#1001-F1"))
    assert team.rows("select status, reference from hand_deeds") == [("done", "#1001-F1")]
    assert team.rows("select tracking from parcels") == [("JD01",)]


def test_a_case_that_cannot_tell_its_way_is_decided_by_a_person(team: Team) -> None:
    team.order("#1001", procedure="odd", risk=None)
    desk = team.desk("Olga")
    olga = desk.today()
    assert olga.form.step["title"] == "Decide how “Odd” goes on · #1001"
    assert olga.form.step["fields"][0]["choices"] == ["Look", "Close", "End the case"]
    before = team.whole()
    olga.clicked(said(olga, "choose"))
    assert olga.form.step["error"] == "Choose where the case goes on."
    olga.clicked(said(olga, "choose", to="Close"))
    assert olga.form.step["error"].startswith("Write why")
    assert team.whole() == before
    olga.clicked(said(olga, "choose", to="Close", why="no risk level is low"))
    assert desk.toasts == ["It goes on."]
    assert team.rows("select status, outcome from runs where procedure = 'odd'") == [("done", "closed")]


def test_open_orders_are_adopted_on_the_imports_page(team: Team) -> None:
    key = order(team.shop, "#1001")
    listed(team, key)
    desk = team.desk("Olga")
    olga = desk.today()
    assert olga.form.step["title"] == "Adopt one open order, or leave it"
    olga.clicked(said(olga, "to-imports"))
    assert desk.gone == [("imports", {})]


def listed(team: Team, *keys: int) -> None:
    from ecomos.work import list_adoptions

    db = team.shop.db
    db.execute(
        "insert into imports(id, path, sha256, kind, imported_at, status, account) values"
        " (1, 'may.csv', 'x', 'shopify-orders', '2026-11-24T08:00:00Z', 'loaded',"
        """ '{"file": "may.csv", "status": "loaded", "import_id": 1, "kind": "shopify-orders", "channel": "x"}')"""
    )
    db.executemany("insert into adoptions(order_id, import_id, state) values (?, 1, 'listed')", [[k] for k in keys])
    list_adoptions(team.shop, NOW)


def test_a_flood_is_released_or_dropped_with_its_reason(team: Team) -> None:
    keys = [order(team.shop, f"#{n}") for n in range(2001, 2052)]
    with write(team.shop.db):
        for key in keys:
            at = {"recorded_at": iso(NOW), "happened_at": iso(NOW)}
            events.append(team.shop.db, "order.placed", ("order", key), actor="import:9", **at)
    settle(team.shop, NOW)
    desk = team.desk("Olga")
    olga = desk.today()
    assert olga.form.step["title"] == "Release or drop 51 starts of “Process an order” from one import"
    before = team.whole()
    olga.clicked(said(olga, "release"))
    assert olga.form.step["error"].startswith("Write why")
    assert team.whole() == before
    olga.clicked(said(olga, "drop", note="last year's file"))
    assert desk.toasts == ["51 dropped."]
    assert team.rows("select result, count(*) from triggers where procedure = 'process-an-order' group by 1") == [
        ("dropped", 51)
    ]


def test_a_message_of_unknown_fate_is_sent_again_or_left(team: Team) -> None:
    key = team.order("#1001")
    team.shop.db.execute(
        """insert into outbox(key, run_id, message, about_type, about_id, recipient, subject, body, message_id,
             queued_at, status, error) values ('k', 1, 'shipped', 'order', ?, 'maria@example.com', 'On its way',
             'Dear Maria', '<1@x>', ?, 'unknown', 'the line broke after the text')""",
        [key, iso(NOW)],
    )
    pass_time(team.shop, NOW)
    desk = team.desk("Olga")
    olga = desk.today()
    assert olga.form.step["facts"] == [["To", "maria@example.com"], ["Subject", "On its way"], ["Text", "Dear Maria"]]
    before = team.whole()
    olga.clicked(said(olga, "resend"))
    assert olga.form.step["error"]
    assert team.whole() == before
    olga.clicked(said(olga, "leave-mail", note="Maria wrote that she has it"))
    assert desk.toasts == ["Left as it is."]
    assert olga.list.selected is None


@pytest.mark.parametrize(("kind", "title"), [("missing", "Check in the platform"), ("failed", "could not start")])
def test_what_went_wrong_is_closed_with_what_was_found(team: Team, kind: str, title: str) -> None:
    key = order(team.shop, "#1001")
    open_task(team.shop, kind, title, "operations-lead", NOW, about=("order", key), why="reference #1001-F1")
    desk = team.desk("Olga")
    olga = desk.today()
    assert (olga.form.step["told"], olga.form.step["facts"]) == ("reference #1001-F1", [["About", "#1001"]])
    before = team.whole()
    olga.clicked(said(olga, "done"))
    assert olga.form.step["error"].startswith("Write what you found")
    assert team.whole() == before
    olga.clicked(said(olga, "done", found="it was entered under #1002"))
    assert team.rows("select status, answers from tasks") == [("done", '{"found": "it was entered under #1002"}')]


def test_a_wait_says_what_it_waits_for_and_has_no_button(team: Team) -> None:
    team.order("#1001", status="pending")
    sue = team.desk("Sue").today()
    assert sue.form.step == {}, "nothing to do is shown as such"
    sue.select(sue.list.items[0]["id"])
    assert sue.form.step["title"] == "Wait for the money · #1001"
    assert sue.form.step["facts"] == [["Waits for", "the money is there, or the platform says so"]]
    assert deeds(sue) == []
    before = team.whole()
    sue.clicked(said(sue, "done"))
    assert sue.form.step["error"]
    assert team.whole() == before


# ---- the other ways out are seen by whoever has it next


def test_not_sure_goes_up_with_who_and_why(team: Team) -> None:
    team.order("#1001")
    desk = team.desk("Pia")
    pia = desk.today()
    pia.clicked(said(pia, "not-sure", note="two labels on one bin"))
    assert desk.toasts == ["The operations lead has it now."]
    olga = team.desk("Olga").today()
    assert olga.form.step["told"] == "Pia is not sure: two labels on one bin"


def test_a_task_is_handed_over_accepted_or_declined(team: Team) -> None:
    team.order("#1001", risk="High")
    desk = team.desk("Sue")
    sue = desk.today()
    sue.clicked(said(sue, "hand-over", note="you know her", asked={"to": "Sam"}))
    assert desk.toasts == ["Offered to Sam."]
    other = team.desk("Sam")
    sam = other.today()
    assert (deeds(sam), sam.form.step["told"]) == (["take", "decline"], "Sue hands over: you know her")
    sam.clicked(said(sam, "take"))
    assert other.toasts == ["It is yours."]
    assert deeds(sam)[0] == "done"
    assert sam.list.items[0]["detail"] == "Review a risky order · you have it"
    sam.clicked(said(sam, "give-back"))
    assert team.rows("select status, person_id from tasks where kind = 'step'") == [("open", None)]


def test_later_asked_skip_and_done_elsewhere_say_what_became_of_it(team: Team) -> None:
    for number in ("#1001", "#1002", "#1003", "#1004"):
        team.order(number, risk="High")
    desk = team.desk("Sue")
    sue = desk.today()
    sue.clicked(said(sue, "later", asked={"until": "in 1 hour"}))
    sue.clicked(said(sue, "asked", asked={"whom": "Ben"}))
    sue.clicked(said(sue, "skip", note="seen on the phone"))
    sue.clicked(said(sue, "elsewhere", note="in the platform", finding="clear", why="known"))
    assert desk.toasts == [
        "Shown again in 1 hour; the deadline stays.",
        "Noted.",
        "Skipped; nothing of it was done or sent.",
        "Noted as done elsewhere.",
    ]
    assert team.rows("select kind, note from task_notes order by id") == [
        ("later", "2026-11-24T10:30:00Z"),
        ("asked", "Ben"),
        ("skipped", "seen on the phone"),
        ("done elsewhere", "in the platform"),
    ]


def test_the_form_of_a_task_that_somebody_else_did_says_so_and_is_left_to_be_copied(team: Team) -> None:
    team.order("#1001", risk="High")
    desk = team.desk("Sue")
    sue, sam = desk.today(), team.desk("Sam").today()
    key = sue.form.step["key"]
    sam.clicked(said(sam, "done", finding="clear", why="known"))
    desk.again[0]()
    words = "“Read the signals #1001” was done by Sam, Tue 24 Nov, 09:30."
    assert desk.toasts == [words]
    assert sue.form.step["key"] == key, "what was typed stays in the browser as long as the key is the same"
    assert sue.form.step["error"] == f"{words} What you typed here was not saved; it is still here to copy."
    assert deeds(sue) == ["go-on"]
    desk.again[0]()
    assert desk.toasts == [words], "it is said once"
    sue.clicked(said(sue, "go-on"))
    assert sue.form.step == {}


# ---- the wave


def wave(team: Team) -> None:
    for number, service in (("#1001", "DHL"), ("#1002", "DHL"), ("#1003", "DHL"), ("#1004", "Express")):
        team.order(number, service=service, lines=2)


def test_a_wave_is_one_pick_list_by_item_and_by_order_the_biggest_service_first(team: Team) -> None:
    wave(team)
    pia = team.desk("Pia").today()
    assert [i["title"] for i in pia.list.items] == ["3 orders, DHL · Pick the lines", "#1004 · Pick the lines"]
    assert pia.wave.totals == [{"item": "SKU-1 Thing 1", "quantity": 3}, {"item": "SKU-2 Thing 2", "quantity": 3}]
    assert pia.wave.orders[0] == {
        "id": 1,
        "order": "#1001",
        "href": "?page=order&order=1001",
        "detail": "Maria Lang, Wien",
        "lines": [{"item": "SKU-1 Thing 1", "quantity": 1}, {"item": "SKU-2 Thing 2", "quantity": 1}],
    }
    assert (pia.wave.label, pia.wave.choices) == ("Found", ["all", "some missing"])
    assert pia.form.step["fields"] == [], "what is answered for each order is not asked once for all"


def test_one_order_is_taken_out_of_the_wave_and_the_rest_stays(team: Team) -> None:
    wave(team)
    desk = team.desk("Pia")
    pia = desk.today()
    before = team.whole()
    pia.clicked(said(pia, "done"))
    assert pia.form.step["error"].startswith("Say of each order what became of it")
    assert team.whole() == before
    pia.wave.set_state({"answers": {"1": "all", "2": "some missing", "99": "all", "3": "forged"}})
    assert pia.wave.answers == {"1": "all", "2": "some missing"}
    pia.clicked(said(pia, "done", checks=False))
    assert pia.form.step["error"].startswith("Not ticked")
    assert team.whole() == before
    pia.clicked(said(pia, "done"))
    assert desk.toasts == ["2 orders done."]
    assert pia.form.step["title"] == "Pick the lines · #1003", "the rest of the wave stays before the picker"
    numbers = team.rows("select o.number, t.step from tasks t join orders o on o.id = t.about_id where status = 'open'")
    assert ("#1001", "pack-the-parcel") in numbers
    assert ("#1002", "count-the-shelf-again") in numbers


def test_another_way_out_of_a_wave_holds_for_the_orders_that_are_chosen(team: Team) -> None:
    wave(team)
    desk = team.desk("Pia")
    pia = desk.today()
    pia.clicked(said(pia, "not-sure", note="bin is empty"))
    assert pia.form.step["error"].startswith("Choose in the list beside")
    pia.wave.set_state({"answers": {"2": "all"}})
    pia.clicked(said(pia, "not-sure", note="bin is empty"))
    assert desk.toasts == ["1 order: The operations lead has it now."]
    assert pia.form.step["title"] == "Pick the lines · 2 orders, DHL"


def test_an_order_that_joins_the_wave_does_not_wipe_the_ticks(team: Team) -> None:
    wave(team)
    desk = team.desk("Pia")
    pia = desk.today()
    key = pia.form.step["key"]
    pia.wave.set_state({"answers": {"1": "all"}})
    team.order("#1005", service="DHL", lines=2)
    desk.again[0]()
    assert (pia.form.step["key"], pia.wave.answers, len(pia.wave.orders)) == (key, {"1": "all"}, 4)
    assert pia.form.step["title"] == "Pick the lines · 4 orders, DHL"


# ---- forged and hostile


def test_a_forged_task_or_role_is_refused(team: Team) -> None:
    release_asked(team)
    olga = team.desk("Olga").today()
    sue = team.desk("Sue").today()
    sue.open = olga.open  # as if another person's task were named in the message
    before = team.whole()
    sue.form.step = olga.form.step
    sue.clicked(said(olga, "approve"))
    assert "for the role operations-lead" in sue.form.step["error"]
    assert team.whole() == before
    assert team.desk("Pia").today(task="1").form.step == {}
    for odd in ("-1", "9" * 30, "1 or 1=1", "<b>"):
        assert team.desk("Pia").today(task=odd).form.step == {}


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A0",
    "{{ 7*7 }}{% raw %}",
    "x" * 10_000,
    "a\x00b\x1b[31mc\u202ed",
    "../../etc/passwd",
    "'; drop table orders; --",
]


@pytest.mark.parametrize("text", HOSTILE, ids=["html", "formula", "jinja", "long", "control", "path", "sql"])
def test_hostile_names_are_text_on_every_page(team: Team, text: str) -> None:
    key = order(team.shop, "#1001")
    db = team.shop.db
    db.execute(
        "update order_contacts set ship_name = ?, notes = ?, ship_city = ? where order_id = ?", [text] * 3 + [key]
    )
    db.execute("update order_lines set title = ?, sku = '' where order_id = ?", [text, key])
    orders_page.start(team.shop, "process-an-order", ("order", key), NOW)
    desk = team.desk("Pia")
    pia = desk.today()
    values = [value for _, value, *_ in pia.case.rows]
    assert any(text.strip()[:100] in v for v in values)
    for html in (pia.form.step["prose"],):
        assert text not in html
    page = OrderPage(desk.context(), key)
    assert page.lines.rows[0]["title"] == text.strip()
    listed_ = build_list(desk.context(), {}).children[0]
    assert listed_.rows[0]["customer"] == text
    assert search(desk.context(), text) in (None, ("order", {"order": "1001"}))
    assert playbook_page.build(desk.context(), {"kind": text, "name": text}) is not None
    assert orders_page.build(desk.context(), {"order": text}) is not None


def test_hostile_answers_are_kept_as_text_without_control_characters(team: Team) -> None:
    team.order("#1001", risk="High")
    sue = team.desk("Sue").today()
    sue.clicked(said(sue, "done", finding="clear", why="<script>a\x00b</script>{{ 1 }}"))
    assert team.rows("select answers from tasks where step = 'read-the-signals'") == [
        ('{"finding": "clear", "why": "<script>ab</script>{{ 1 }}"}',)
    ]


# ---- search, the order's page


@pytest.mark.parametrize("text", ["#1001", "1001", "maria@example.com", "Maria", "SKU-1", "JD01"])
def test_an_order_is_found_by_number_e_mail_name_sku_and_tracking(team: Team, text: str) -> None:
    shipped(team)
    ben = team.desk("Ben").today()
    ben.clicked(said(ben, "done", reference="none"))
    assert search(team.desk("Ben").context(), text) == ("order", {"order": "1001"})


def test_the_orders_page_corrects_an_address_for_those_who_may(team: Team) -> None:
    key = team.order("#1001")
    desk = team.desk("Sue")
    page = OrderPage(desk.context(), key)
    assert [b["deed"] for b in page.form.step["buttons"]] == ["open", "start"]
    page.clicked(said(page, "open"))
    assert page.form.step["fields"][2] == {
        "name": "address1",
        "label": "Street and number",
        "kind": "text",
        "optional": True,
        "value": "Ring 1",
    }
    before = team.whole()
    page.clicked(said(page, "correct", country="Austria"))
    assert page.form.step["error"] == "Country: two letters, as in AT."
    page.clicked(said(page, "correct", email="maria"))
    assert page.form.step["error"] == "“maria” is no e-mail address."
    assert team.whole() == before
    page.clicked(said(page, "correct", address1="Ring 2"))
    assert desk.toasts == ["Corrected. It outlives the next import."]
    assert ("ship to", "Maria Lang, Ring 2, 1010 Wien, AT") in [tuple(r) for r in page.facts.rows]
    assert {"Corrected street and number", "Address changed"} <= {e["what"] for e in page.story.entries}


def test_a_packer_neither_corrects_nor_starts_what_is_not_theirs(team: Team) -> None:
    key = team.order("#1001")
    page = OrderPage(team.desk("Ben").context(), key)
    assert "open" not in deeds(page)
    assert "Cancel an order" not in str(page.form.step["buttons"])
    before = team.whole()
    forged: dict[str, Any] = {"deed": "correct", "answers": {"address1": "X"}, "checks": [], "note": "", "asked": {}}
    page.clicked(forged)
    assert page.form.step["error"].startswith("Addresses are corrected by support")
    page.clicked({**forged, "deed": "start", "asked": {"which": "Cancel an order"}})
    assert page.form.step["error"] == "Choose a procedure that you may start."
    assert team.whole() == before


def test_a_procedure_is_started_by_hand_once(team: Team) -> None:
    key = team.order("#1001")
    desk = team.desk("Sue")
    page = OrderPage(desk.context(), key)
    page.clicked(said(page, "start", asked={"which": "Cancel an order"}))
    page.clicked(said(page, "start", asked={"which": "Cancel an order"}))
    assert desk.toasts[0].startswith("“Cancel an order” started. Next: Stop the parcel, support agent (Sue or Sam)")
    assert desk.toasts[1] == "“Cancel an order” is open for this order already."


def test_the_story_is_told_without_the_names_of_facts_and_events(team: Team) -> None:
    shipped(team)
    page = OrderPage(team.desk("Ben").context(), 1)
    told = " ".join(f"{e['what']} {e['detail']}" for e in page.story.entries)
    for jargon in ("order.", "answers.", "None", "True", "False", "_"):
        assert jargon not in told, told
    assert "Look at the order → Pick the lines" in told


# ---- imports


def take(page: Imports, name: str, data: bytes) -> str:
    """A file as the browser sends it."""
    sent: list[dict[str, Any]] = []
    page.drop.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    page.drop.heard({"begin": {"name": name, "size": len(data)}}, [])
    page.drop.heard({"piece": 0}, [memoryview(data)])
    return str(sent[-1]["says"])


def test_a_file_is_loaded_and_the_same_again_is_known(team: Team) -> None:
    from exports import MUG, write_csv

    desk = team.desk("Olga")
    page = Imports(desk.context(), {})
    text = write_csv([MUG]).encode()
    assert take(page, "may.csv", text).startswith("may.csv: taken for Shopify orders export, channel shopify")
    assert page.account.state == {"text": "loaded", "kind": "fine"}
    assert take(page, "may.csv", text).endswith("was loaded before (import 1); nothing to do.")
    assert page.account.state == {"text": "loaded before, nothing to do", "kind": "fine"}
    assert team.rows("select count(*) from orders") == [(1,)]


def test_a_wrong_file_is_refused_in_words_and_rejected_rows_are_shown(team: Team) -> None:
    from exports import MUG, write_csv

    page = Imports(team.desk("Olga").context(), {})
    take(page, "../../evil<b>.csv", b"a,b\n1,2\n")
    assert page.account.title == "evil<b>.csv"
    assert page.account.state == {"text": "refused", "kind": "late"}
    assert not list(team.shop.home.path.parent.glob("evil*"))
    rows = [MUG, MUG | {"Name": "#2002", "Id": "7000000002002", "Total": "abc"}]
    take(page, "june.csv", write_csv(rows).encode())
    assert page.account.state["kind"] == "late"
    assert page.account.state["text"] == "loaded, 1 row rejected"
    assert any("line 3" in value for _, value, *_ in page.account.rows)


def test_where_two_readings_fit_a_person_chooses(team: Team) -> None:
    from exports import MUG, write_csv

    rows = [MUG | {"Created at": "05/06/2026 10:00", "Paid at": "05/06/2026 10:00"}]
    desk = team.desk("Olga")
    page = Imports(desk.context(), {})
    take(page, "odd.csv", write_csv(rows).encode())
    assert page.account.state == {"text": "waits for your choice", "kind": "soon"}
    assert page.asks.layout.display == ""
    assert not any("--read" in value for _, value, *_ in page.account.rows)
    choices = page.asks.step["fields"][0]["choices"]
    run(page.answered, {"deed": "load", "answers": {"choice": "neither"}, "checks": [], "note": "", "asked": {}})
    assert page.asks.step["error"] == "Choose one of the readings."
    run(page.answered, {"deed": "load", "answers": {"choice": choices[0]}, "checks": [], "note": "", "asked": {}})
    assert team.rows("select count(*) from orders") == [(1,)]
    assert page.asks.layout.display == "none"


def run(deed: Callable[[dict[str, Any]], Any], given: dict[str, Any]) -> None:
    import asyncio

    asyncio.run(deed(given))


def test_the_listed_orders_are_adopted_or_left_by_those_who_may(team: Team) -> None:
    keys = [order(team.shop, f"#{1000 + n}") for n in range(1, 31)]
    listed(team, *keys)
    desk = team.desk("Olga")
    page = Imports(desk.context(), {})
    click = {"deed": "adopt", "answers": {"at": ""}, "checks": [], "note": "", "asked": {}}
    run(page.adopt, click)
    assert page.adopting.step["error"] == "Tick the orders that this holds for."
    page.open.set_state({"chosen": [*keys[:25], 999]})
    run(page.adopt, click)
    page.open.set_state({"chosen": keys[25:]})
    run(page.adopt, click | {"deed": "leave"})
    assert desk.toasts == ["25 adopted.", "5 left."]
    assert team.rows("select state, count(*) from adoptions group by 1") == [("adopted", 25), ("left", 5)]
    pia = Imports(team.desk("Pia").context(), {})
    pia.open.rows = [{"id": keys[0], "order": "", "placed": "", "state": "", "ship": 0, "issue": 0, "total": 0}]
    pia.open.set_state({"chosen": [keys[0]]})
    run(pia.adopt, click)
    assert pia.adopting.step["error"] == "Open orders are adopted by the operations lead."


def test_who_writes_to_the_customers_is_set_by_those_who_may(team: Team) -> None:
    order(team.shop, "#1001")
    click = {"deed": "set", "checks": [], "note": "", "asked": {}}
    answers = {"channel": "shopify", "message": "Shipped", "who": "ecomos"}
    pia = Imports(team.desk("Pia").context(), {})
    pia.sending.set_channel(click | {"answers": answers})
    assert "operations lead" in pia.sending.form.step["error"]
    desk = team.desk("Olga")
    olga = Imports(desk.context(), {})
    title = next(t for k, t in olga.sending.messages(NOW).items() if k == "shipped")
    olga.sending.set_channel(click | {"answers": answers | {"message": title}})
    assert team.rows("select sends from channels") == [('{"shipped": "ecomos"}',)]
    assert desk.toasts == [f"“{title}” is sent by ecomos from now on."]


# ---- words


def test_what_is_late_with_others_is_told_and_nobody_hears_of_their_own(team: Team) -> None:
    team.order("#1001")
    team.at[0] = NOW + timedelta(hours=6)
    pass_time(team.shop, NOW + timedelta(hours=5))
    olga, pia = team.desk("Olga").today(), team.desk("Pia").today()
    assert olga.news.message == "Late: Pick the lines #1001, Pia (picker), 1 h 30 min late"
    assert pia.news.message == ""
    assert pia.head.title == "Good afternoon, Pia."
    assert pia.head.sub == "1 for you, 1 late, 0 done this week."
    assert pia.head.note == "Picker · open until 17:00"


def test_an_order_that_two_shops_share_has_its_own_address(team: Team) -> None:
    key = order(team.shop, "#1001")
    assert ref_of(team.shop.db, key) == "1001"
    assert adopt_orders(team.shop, [key], NOW, actor="hand") == {key: "not on the list"}


def test_a_task_is_put_off_for_days_where_its_deadline_lets_it(team: Team) -> None:
    """The texts say so: a carrier's search takes eight days."""
    team.order("#1001", risk="High")
    offered = {}
    for hours in (2, 200):
        team.shop.db.execute("update tasks set due_at = ?", [iso(NOW + timedelta(hours=hours))])
        buttons = team.desk("Sue").today().form.step["buttons"]
        offered[hours] = next(b for b in buttons if b["deed"] == "later")["ask"][0]["choices"]
    assert ["in 30 minutes", "in 1 hour"] == offered[2]
    assert ["tomorrow", "in 3 days", "in a week"] == offered[200][3:]
