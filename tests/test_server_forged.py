"""Every deed of every page against a forged message: one that names a deed, a task, a person or a file that whoever
sent it may not touch. A new deed or a new way in without its forger here fails the first test."""

import ast
import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from forged_buying import BUYING_FORGERS, BUYING_WAYS, with_purchases
from forged_stock import STOCK_FORGERS, STOCK_WAYS, begin_a_count
from page_shop import Desk, Team, make_team
from planned_things import plan_row, thing
from shops import NOW, order

import ecomos.pages
from ecomos.errors import Refused
from ecomos.pages import doing
from ecomos.pages.feedback import FeedbackOnSteps
from ecomos.pages.goods import GoodsPage
from ecomos.pages.imports import Imports
from ecomos.pages.missing import MissingPage
from ecomos.pages.news import NewsPage
from ecomos.pages.orders import OrderPage
from ecomos.pages.oversight import Oversight
from ecomos.pages.playbook_change import ChangeFile
from ecomos.pages.playbook_versions import Versions
from ecomos.pages.reports import Reports
from ecomos.pages.requests import Requests
from ecomos.pages.sending import Sending
from ecomos.pages.setup import SetUp
from ecomos.pages.shift import ShiftForms
from ecomos.pages.stock import StockPage
from ecomos.pages.team import TeamPage
from ecomos.pages.thing import ThingPage
from ecomos.pages.tickets import TicketList
from ecomos.pages.what_if import WhatIfPage
from ecomos.stock.thing import thing as read_thing
from ecomos.store import iso, write
from ecomos.work import after_import, in_force, start, take
from ecomos.work.feedback import give_feedback
from ecomos.work.tasks import open_task

PAGES = Path(ecomos.pages.__file__).parent
WAYS_IN = {
    "StepForm",
    "Table",
    "FileDrop",
    "TaskList",
    "PickList",
    "Chart",
    "Sentences",
    "Router",
    "Editor",
    "StockList",
    "Scan",
}
"""The parts whose messages reach a page's callback."""


# ---- what there is


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PAGES.glob("*.py")):
        yield path.stem, ast.parse(path.read_text(encoding="utf-8"))


def deeds_there_are() -> set[str]:
    """`page:deed` of every button that a page's source names."""
    found = set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                keys = [k.value if isinstance(k, ast.Constant) else None for k in node.keys]
                found |= {
                    f"{name}:{v.value if isinstance(v, ast.Constant) else '?'}"
                    for k, v in zip(keys, node.values, strict=True)
                    if k == "deed"
                }
    return found


def ways_in_there_are() -> set[str]:
    """`page:Part:callback` of every part that is given a callback."""
    found = set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WAYS_IN:
                calls = [*node.args, *(k.value for k in node.keywords if (k.arg or "").startswith("on_"))]
                found |= {f"{name}:{node.func.id}:{ast.unparse(call)}" for call in calls}
    return found


# ---- the forgers


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """One shop for all: nothing that is forged may leave a trace in it."""
    found = make_team(tmp_path_factory.mktemp("forged") / "shop")
    found.order("#1001", risk="High")
    found.order("#1002")
    left = order(found.shop, "#1009")
    shop = found.shop
    with write(shop.db):
        number = shop.db.execute(
            "insert into imports(path, sha256, kind, imported_at, account) values ('x.csv', 'x', 'x', ?, ?)",
            [iso(NOW), '{"file": "x.csv", "status": "loaded"}'],
        ).lastrowid
        shop.db.execute(
            "insert into report_runs(report, slot, status, queued_at) values ('daily', ?1, 'failed', ?1)", [iso(NOW)]
        )
        shop.db.execute("insert into adoptions(order_id, import_id, state) values (?, ?, 'listed')", [left, number])
        run = shop.db.execute("select id from runs limit 1").fetchone()[0]
        for kind in (
            "approve",
            "hand",
            "unclear",
            "held",
            "mail",
            "failed",
            "missing",
            "adopt",
            "review",
            "sample",
            "document",
        ):
            open_task(shop, kind, f"A {kind}", "operations-lead", NOW, run=(run, "x", 1), about=("order", left))
    plan_row(shop.db, thing(shop.db, "MUG-B"), deed="order")
    plan_row(shop.db, thing(shop.db, "TEE-S", cost_cents=None), deed="mark down")
    begin_a_count(found)
    with_purchases(found)
    after_import(shop, NOW)
    give_feedback(shop, "procedures", "parcel-late", "", "The page is slow", found.ids["Sue"], NOW)
    return found


def everything(team: Team) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, and every file of the home that is not the database's own."""
    tables = [r[0] for r in team.rows("select name from sqlite_master where type = 'table'")]
    rows = {table: team.rows(f"select * from {table}") for table in sorted(tables)}
    home = team.shop.home.path
    files = sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.is_file() and "store.db" not in p.name)
    return rows | {"files": [(f,) for f in files]}


def told(deed: str, **given: Any) -> dict[str, Any]:
    """What a StepForm gives to a page: all that a forger may choose."""
    said: dict[str, Any] = {"deed": deed, "answers": {}, "checks": [True] * 9, "note": "forged", "asked": {}}
    return said | given


def run(result: Any) -> None:
    if inspect.iscoroutine(result):
        asyncio.run(result)


def forged_task(deed: str) -> Callable[[Team], None]:
    """The packer names each task of others, one that is over and one that is not there."""

    def forge(team: Team) -> None:
        ben = team.ids["Ben"]
        tasks = [r[0] for r in team.rows("select id from tasks where role <> 'packer'")]
        for task in [*tasks, 0, -1, 10**12]:
            asked = {"to": "Sam", "whom": "Sam", "until": "in 1 hour"}
            answers = {"amount": "1", "reason": "forged", "to": "End the case", "why": "forged", "found": "all"}
            with pytest.raises(Refused):
                doing.carry_out(team.shop, task, ben, told(deed, answers=answers, asked=asked), NOW)

    return forge


def forged_take_file(team: Team) -> None:
    page = Imports(team.desk("Ben").context(), {})
    with pytest.raises(Refused):
        run(page.take_file("orders.csv", b"Name\n#1\n"))


def forged_load(team: Team) -> None:
    """A choice that was asked of the lead is answered by somebody else."""
    page = Imports(team.desk("Ben").context(), {})
    page.waiting = (team.shop.home.path / "ecomos.toml", Asked())  # type: ignore[assignment]
    run(page.answered(told("load", answers={"choice": "day first"})))
    assert "operations lead's" in page.asks.step["error"]


class Asked:
    """An import that waits for a choice."""

    choices = (("day first", "date=dmy"),)


def forged_adopt(deed: str) -> Callable[[Team], None]:
    def forge(team: Team) -> None:
        page = Imports(team.desk("Ben").context(), {})
        page.open.set_state({"chosen": [r["id"] for r in page.open.rows]})
        assert page.open.chosen
        run(page.adopt(told(deed)))
        assert page.adopting.step["error"]

    return forge


def forged_order(deed: str) -> Callable[[Team], None]:
    def forge(team: Team) -> None:
        key = team.rows("select id from orders where number = '#1002'")[0][0]
        page = OrderPage(team.desk("Ben").context(), key)
        page.clicked(told(deed, answers={"city": "Linz"}, asked={"which": "Cancel an order"}))
        if deed in ("correct", "start"):
            assert page.form.step["error"]

    return forge


def forged_report(deed: str) -> Callable[[Team], None]:
    def forge(team: Team) -> None:
        page = Reports(team.desk("Ben").context(), {})
        page.shown = 1
        run(page.run(told(deed, answers={"report": "daily"})))
        assert "operations lead" in page.form.step["error"]

    return forge


def forged_sends(team: Team) -> None:
    page = Sending(team.desk("Ben").context(), team.shop, lambda: None)
    page.refresh(NOW)
    channel = page.form.step["fields"][0]["choices"][0]
    page.set_channel(told("set", answers={"channel": channel, "message": "Shipped", "who": "ecomos"}))
    assert page.form.step["error"]


def forged_call(team: Team) -> None:
    page = TicketList(team.desk("Ben").context())
    page.clicked(told("hear", answers={"who": "x@y.example", "text": "forged", "topic": "other", "number": ""}))
    assert "support" in page.form.step["error"]


def forged_choice_of_today(deed: str) -> Callable[[Team], None]:
    """These only move the page; they write nothing even for who may click them."""

    def forge(team: Team) -> None:
        team.desk("Ben").today().clicked(told(deed))

    return forge


def forged_reading(team: Team) -> None:
    page = NewsPage(team.desk("Ben").context())
    for content in ({"read": "true"}, {"read": [1]}, {"mark": True}, {"person": team.ids["Fiona"]}):
        page.list.heard(content, [])


def forged_team(deed: str) -> Callable[[Team], None]:
    """The packer lends what is not theirs, takes back what nobody lent, and sends colleagues on leave."""

    def forge(team: Team) -> None:
        page = TeamPage(team.desk("Ben").context(), {})
        day = "2026-11-24"
        given = {"to": "Sam", "kind": "refund", "each": "1", "first": day, "last": day, "why": "forged", "who": "Olga"}
        said = told(deed, answers=given, asked={"number": "1"})
        form, clicked = (page.absence, page.away) if deed == "away" else (page.lending, page.lend_or_take_back)
        clicked(said)
        assert form.step.get("error") or form.error

    return forge


def forged_shift(team: Team) -> None:
    """The packer sends a colleague home."""
    page = TeamPage(team.desk("Ben").context(), {})
    page.work_hours(told("shift", answers={"who": "Olga", "days": "Mon-Sun", "hours": "off"}))
    assert "by a lead" in page.shift.step["error"]


def forged_handover(deed: str) -> Callable[[Team], None]:
    """Somebody who holds no role leaves a note; opening and closing the form writes nothing for anybody."""

    def forge(team: Team) -> None:
        nobody = Desk(team.shop, team.ids["Ben"], [NOW.replace(year=2025)])
        forms = ShiftForms(nobody.context())
        forms.clicked(told(deed, answers={"text": "forged", "back": True}))
        assert deed != "write" or "no role" in forms.form.step["error"]

    return forge


def forged_note(team: Team) -> None:
    """The packer reads a note that is not there, and one of a number that nobody wrote."""
    forms = ShiftForms(team.desk("Ben").context())
    for key in ("note:1", "note:999999", "shift", "note:-1"):
        forms.left.step = {"key": key}
        forms.read(told("read"))


def forged_change(team: Team) -> None:
    """The packer proposes what is broken, what changes nothing, for no reason, and a file that nobody has."""
    page = ChangeFile(team.desk("Ben").context(), "procedures", "parcel-late", None, None)
    text = page.editor.text
    for given, why in (
        (text, "nothing is changed"),
        (text.replace("Parcel late", "Parcel much later"), " "),
        (text.replace("owner: support-lead", "owner: packr"), "mine now"),
        ("", "gone"),
        ("<script>alert(1)</script>", "x"),
    ):
        page.editor.heard({"propose": given, "why": why}, [])
        assert page.editor.error
    page.editor.heard({"check": "---\nx"}, [])
    page.editor.heard({"check": 7, "propose": None}, [])
    assert page.editor.problems
    nobody = ChangeFile(team.desk("Ben").context(), "../..", "etc", None, None)
    nobody.editor.heard({"propose": "x", "why": "y"}, [])


def forged_answer(team: Team) -> None:
    page = Oversight(team.desk("Ben").context())
    page.answered(told("answer", answers={"decisions": "3"}))
    founder = Oversight(team.desk("Fiona").context())
    for decisions in ("-1", "many", "1e3", None, "99999"):
        founder.answered(told("answer", answers={"decisions": decisions}))


def forged_drill(team: Team) -> None:
    page = Oversight(team.desk("Fiona").context())
    for on, who in (("never", "Olga"), (None, "Olga"), ("2026-11-24", "Nobody")):
        page.drilled(told("drill", answers={"on": on, "who": who, "also": "nobody else"}))
        assert page.drill.step["error"]


def forged_request(team: Team) -> None:
    page = Requests(team.desk("Ben").context())
    for kind, title, amount, number in (
        ("pay me", "x", "", ""),
        ("defect", "", "", ""),
        ("defect", "x" * 200, "", ""),
        ("defect", "x", "lots", ""),
        ("defect", "x", "-5", ""),
        ("defect", "x", "", "#999999"),
    ):
        given = {"kind": kind, "title": title, "amount": amount, "order": number}
        page.clicked(told("ask", answers=given))


def forged_feedback(team: Team) -> None:
    page = FeedbackOnSteps(team.desk("Ben").context(), in_force(team.shop, NOW).procedures["parcel-late"])
    for given in ({"text": " "}, {}, {"text": "", "step": "../../etc"}):
        page.say(told("say", answers=given))
        assert page.form.step["error"]


def forged_feedback_answer(team: Team) -> None:
    """The packer answers what is the support lead's to answer, and what nobody said."""
    page = FeedbackOnSteps(team.desk("Ben").context(), in_force(team.shop, NOW).procedures["parcel-late"])
    said = [row[0] for row in team.rows("select id from feedback")]
    for number in (*said, 0, 10**12):
        page.answers.step = {"key": f"answer:{number}"}
        page.answer(told("answer", answers={"answer": "forged"}))
        assert page.answers.step["error"]


def forged_back(team: Team) -> None:
    page = Versions(team.desk("Ben").context(), "procedures", "parcel-late", "0000000")
    assert not page.picked
    for sha in ("0" * 16, page.now_sha, "'; drop table people; --"):
        page.picked = sha
        page.put_back(told("back", answers={"why": "forged"}))
        assert page.form.step["error"]


def forged_setup(deed: str) -> Callable[[Team], None]:
    def forge(team: Team) -> None:
        page = SetUp(team.desk("Ben").context())
        if deed == "set":
            page.set_limits(told("set", answers={"refund": "9999", "cutoff": "23:59"}))
            assert "founder" in page.limits.step["error"]
        elif deed == "on":
            page.stage.step = {"key": "stage:30"}
            page.switch(told("on"))
            assert "founder" in page.stage.step["error"]
        else:
            for kind, name in (("policy", "../../etc/passwd"), ("policy", "shipping"), ("policy", "")):
                page.open_new(told("new", answers={"kind": kind, "name": name}))
                assert page.new.step["error"]

    return forge


def forged_stock(deed: str) -> Callable[[Team], None]:
    """The packer orders, lets go and leaves what the buyer decides on, and names rows that are not there."""

    def forge(team: Team) -> None:
        desk = team.desk("Ben")
        page = StockPage(desk.context())
        assert not any(e["buttons"] for e in page.list.entries)
        for entry in [*(e["id"] for e in page.list.entries), "order:999", "thing:1:1"]:
            page.list.heard({"do": entry, "deed": deed, "because": "forged", "quantities": 7, "left": "x"}, [])
            before = len(desk.toasts)
            if entry in {e.key for e in page.found}:
                page.do({"entry": entry, "deed": deed, "because": "forged", "quantities": {}, "left": []})
                assert "decided by the buyer" in desk.toasts[before]
        page.list.heard({"pick": "999:1"}, [])
        with pytest.raises(Refused):
            page.bring_back(1)

    return forge


def forged_fill(team: Team) -> None:
    page = MissingPage(team.desk("Ben").context())
    page.table.set_state({"chosen": [r["id"] for r in page.table.rows]})
    page.form.step = {"key": "fill-in:0", "title": ""}
    page.fill(told("fill", answers={"supplier": "Forged", "cost": "1"}))
    assert "kept by the buyer" in page.form.step["error"]


def forged_mending(deed: str) -> Callable[[Team], None]:
    """The packer starts what the buyer mends, and says of a finding that it is right; then of one that is not there."""

    def forge(team: Team) -> None:
        page = GoodsPage(team.desk("Ben").context())
        assert page.found
        for key in [*page.found, "blank-sku:999", ""]:
            page.pick(key)
            page.clicked(told(deed))
            assert page.form.step["error"]

    return forge


def forged_labels(deed: str) -> Callable[[Team], None]:
    """The packer gives barcodes; somebody without a role makes labels, and nobody makes a million."""

    def forge(team: Team) -> None:
        for desk in (team.desk("Ben"), Desk(team.shop, team.ids["Ben"], [NOW.replace(year=2025)])):
            page = GoodsPage(desk.context())
            page.things.set_state({"chosen": [r["id"] for r in page.things.rows]})
            page.label(told(deed, answers={"copies": "1000000"}))
            assert page.labels.step["error"]

    return forge


def forged_parts(team: Team) -> None:
    key = team.rows("select id from variants where sku = 'MUG-B'")[0][0]
    page = ThingPage(team.desk("Ben").context(), read_thing(team.shop.db, key))
    assert not page.parts.step
    page.keep_parts(told("keep-parts", answers={"parts": "1 TEE-S"}))
    assert "kept by the buyer" in page.parts.step["error"]


def forged_replay(team: Team) -> None:
    """The packer asks for what shows costs; the founder asks for what can't be meant."""
    page = WhatIfPage(team.desk("Ben").context())
    run(page.asked(told("replay", answers={})))
    assert "it is for the buyer" in page.form.step["error"]
    for wrong in ({"target": "200"}, {"lead": "soon"}, {"review": "0"}, {"supplier": "Nobody"}):
        run(page.asked(told("replay", answers=wrong)))
        assert page.form.step["error"]
    assert not page.table.rows


FORGERS: dict[str, Callable[[Team], None]] = {
    "what_if:replay": forged_replay,
    **{
        f"forms:{deed}": forged_task(deed)
        for deed in (
            "take", "decline", "done", "not-sure", "hand-over", "later", "asked", "skip", "elsewhere", "give-back",
            "approve", "refuse", "choose", "release", "drop", "resend", "leave-mail", "fine", "not-right",
            "change-approve", "change-refuse", "change-read",
        )
    },
    "forms:to-imports": forged_choice_of_today("to-imports"),
    "today:go-on": forged_choice_of_today("go-on"),
    "imports:load": forged_load,
    "imports:adopt": forged_adopt("adopt"),
    "imports:leave": forged_adopt("leave"),
    "orders:open": forged_order("open"),
    "orders:close": forged_order("close"),
    "orders:correct": forged_order("correct"),
    "orders:start": forged_order("start"),
    "reports:run": forged_report("run"),
    "reports:again": forged_report("again"),
    "sending:set": forged_sends,
    "tickets:hear": forged_call,
    "team:away": forged_team("away"),
    "team:shift": forged_shift,
    "shift:open": forged_handover("open"),
    "shift:close": forged_handover("close"),
    "shift:write": forged_handover("write"),
    "shift:read": forged_note,
    "team:lend": forged_team("lend"),
    "team:take-back": forged_team("take-back"),
    "oversight:answer": forged_answer,
    "oversight:drill": forged_drill,
    "requests:ask": forged_request,
    "feedback:say": forged_feedback,
    "feedback:answer": forged_feedback_answer,
    "playbook_versions:back": forged_back,
    "setup:set": forged_setup("set"),
    "setup:on": forged_setup("on"),
    "setup:new": forged_setup("new"),
    "stock:draft": forged_stock("draft"),
    "stock:none": forged_stock("none"),
    "stock:go": forged_stock("go"),
    "missing:fill": forged_fill,
    "goods:mend": forged_mending("mend"),
    "goods:right": forged_mending("right"),
    "goods:print": forged_labels("print"),
    "goods:give": forged_labels("give"),
    "thing:keep-parts": forged_parts,
}  # fmt: skip
OTHER_WAYS: dict[str, str] = {
    "imports:StepForm:self.answered": "imports:load",
    "imports:StepForm:self.adopt": "imports:adopt",
    "imports:FileDrop:self.take_file": "a file",
    "news:Sentences:self.read": "a reading",
    "orders:StepForm:self.clicked": "orders:correct",
    "reports:StepForm:self.run": "reports:run",
    "sending:StepForm:self.set_channel": "sending:set",
    "stock:StockList:self.pick": "stock:go",
    "stock:StockList:self.do": "stock:go",
    "stock:StockList:self.show_all": "stock:go",
    "stock:Table:self.bring_back": "stock:none",
    "missing:StepForm:self.fill": "missing:fill",
    "goods:Table:self.pick": "goods:mend",
    "goods:StepForm:self.clicked": "goods:mend",
    "goods:Table:lambda _ids: self.draw_labels()": "goods:print",
    "goods:StepForm:self.label": "goods:print",
    "thing:StepForm:self.keep_parts": "thing:keep-parts",
    "missing:Table:lambda _ids: self.draw_form()": "missing:fill",
    "tickets:StepForm:self.clicked": "tickets:hear",
    "today:StepForm:self.clicked": "forms:done",
    "team:StepForm:self.away": "team:away",
    "shift:StepForm:self.read": "shift:read",
    "shift:StepForm:self.clicked": "shift:write",
    "team:StepForm:self.work_hours": "team:shift",
    "team:StepForm:self.lend_or_take_back": "team:lend",
    "oversight:StepForm:self.answered": "oversight:answer",
    "oversight:StepForm:self.drilled": "oversight:drill",
    "requests:StepForm:self.clicked": "requests:ask",
    "feedback:StepForm:self.say": "feedback:say",
    "feedback:StepForm:self.answer": "feedback:answer",
    "playbook_versions:StepForm:self.put_back": "playbook_versions:back",
    "setup:StepForm:self.set_limits": "setup:set",
    "setup:StepForm:self.switch": "setup:on",
    "setup:StepForm:self.open_new": "setup:new",
    "playbook_change:Editor:self.check": "a change",
    "playbook_change:Editor:self.propose": "a change",
    # these show something, and show it only to who may see it: tests of each page hold that
    "imports:Table:self.show": "shows",
    "reports:Table:self.show": "shows",
    "playbook:Table:self.find": "shows",
    "scoreboard:Table:self.open": "shows",
    "scoreboard:Chart:self.pick": "shows",
    "today:TaskList:self.select": "shows",
    "shell:Router:self.show": "shows",
    "shell:Router:self.search": "shows",
    "shell:Router:self.suggest": "shows",
}
"""Each way in, and the forger that goes through it."""
FORGERS |= {"a file": forged_take_file, "a reading": forged_reading, "a change": forged_change}
FORGERS |= STOCK_FORGERS
OTHER_WAYS |= STOCK_WAYS
FORGERS |= BUYING_FORGERS
OTHER_WAYS |= BUYING_WAYS
OTHER_WAYS["what_if:StepForm:self.asked"] = "what_if:replay"


def test_every_deed_and_every_way_in_has_its_forger() -> None:
    assert {d for d in FORGERS if ":" in d} == deeds_there_are()
    assert set(OTHER_WAYS) == ways_in_there_are()
    assert {f for f in OTHER_WAYS.values() if f != "shows"} <= set(FORGERS)
    assert {f"forms:{deed}" for deed in doing._DEEDS} <= set(FORGERS)


@pytest.mark.parametrize("forge", FORGERS.values(), ids=FORGERS.keys())
def test_a_forged_deed_is_refused_in_words_and_writes_nothing(team: Team, forge: Callable[[Team], None]) -> None:
    before = everything(team)
    forge(team)
    assert everything(team) == before


def test_a_form_takes_only_the_buttons_and_the_key_that_it_shows(team: Team) -> None:
    """The first line: what is not on the screen is not even asked of the page."""
    heard: list[Any] = []
    page = team.desk("Pia").today()
    page.form.on_deed = heard.append
    shown = {b["deed"] for b in page.form.step["buttons"]}
    for deed in set(doing._DEEDS) - shown:
        page.form.heard({"deed": deed, "key": page.form.step["key"]}, [])
    for key in ("task:1:founder", None, 7, ["x"]):
        page.form.heard({"deed": "done", "key": key}, [])
    assert heard == []


def test_a_task_that_somebody_took_meanwhile_is_theirs(team: Team, tmp_path: Path) -> None:
    """Sam's browser still shows what Sue has taken; every button of it is refused."""
    from page_shop import copied

    own = copied(team, tmp_path / "copy")
    task = own.rows("select id from tasks where step = 'read-the-signals'")[0][0]
    take(own.shop, task, own.ids["Sue"], NOW)
    before = everything(own)
    for deed in set(doing._DEEDS):
        with pytest.raises(Refused):
            doing.carry_out(own.shop, task, own.ids["Sam"], told(deed, answers={"finding": "clear", "why": "x"}), NOW)
    assert everything(own) == before


def test_who_left_today_can_click_nothing(team: Team, tmp_path: Path) -> None:
    from page_shop import copied

    own = copied(team, tmp_path / "copy")
    pia: Desk = own.desk("Pia")
    page = pia.today()
    with write(own.shop.db):
        own.shop.db.execute("update people set left_on = '2026-11-24' where id = ?", [own.ids["Pia"]])
    before = everything(own)
    page.clicked(told("done", answers={"found": "all"}))
    assert everything(own) == before
    key = own.rows("select id from orders where number = '#1009'")[0][0]
    with pytest.raises(Refused):
        start(own.shop, "process-an-order", ("order", key), NOW, person_id=own.ids["Pia"])
