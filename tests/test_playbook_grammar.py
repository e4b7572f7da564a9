"""The grammar of a procedure: every word beyond DESIGN's example, and what is said when a word is written wrongly."""

from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomos.errors import Problem
from ecomos.playbook import parse_text, read_folder, render_prose, to_html
from ecomos.playbook.records import (
    Batch,
    Check,
    End,
    Expression,
    Procedure,
    RecordField,
    Sample,
    Span,
    StartChild,
    Starts,
    Step,
    Target,
    WaitFor,
    Within,
)

FRONT = "area: fulfilment\nowner: operations-lead\nperformer: packer\nabout: order"


def procedure(step: str, front: str = "", title: str = "# Pack an order") -> tuple[Procedure | None, list[str]]:
    """A procedure of one step, its line 1 at “## Pack it”, and its problems as `line: message`."""
    head = f"---\n{FRONT}\n{front}{chr(10) if front else ''}---\n\n{title}\n\n"
    text = f"{head}## Pack it\n\n{step}\n"
    record, problems = parse_text("procedures", "pack", text, "pack.md")
    start = head.count("\n")
    lines = [f"{p.line - start if p.line > start else f'front {p.line}'}: {p.message}" for p in problems]
    assert record is None or isinstance(record, Procedure)
    return record, lines


def step_of(text: str) -> Step:
    record, problems = procedure(text)
    assert problems == []
    assert record is not None
    return record.steps[0]


L = 12  # the file's line of what stands first below “## Pack it” in these tests


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Sample: 1 in 20 by support-lead", "sample", Sample(20, "support-lead", L)),
        ("Document: packing-slip", "document", "packing-slip"),
        ("Next: [Ship it](#ship-it)", "next", Target("Ship it", "ship-it", L)),
        ("Within: by 15:30", "within", Within(by=time(15, 30), line=L)),
        ("Within: by policy.shipping.cutoff", "within", Within(by_policy="policy.shipping.cutoff", line=L)),
        (
            "Within: policy.shipping.pack_within",
            "within",
            Within(span=Span(None, "", policy="policy.shipping.pack_within", line=L), line=L),
        ),
        ("Within: 2 weeks", "within", Within(span=Span(Decimal(14), "days", line=L), line=L)),
        (
            "Batch: up to 40, by service, at the latest 11:00",
            "batch",
            Batch(40, "service", Within(by=time(11), line=L), L),
        ),
        (
            "Batch: up to 40, at the latest policy.shipping.pick_by",
            "batch",
            Batch(40, None, Within(by_policy="policy.shipping.pick_by", line=L), L),
        ),
        (
            "Start: [Late](late.md) for each parcel of order, lives on (if order.is_late)",
            "starts",
            (StartChild("late", "parcel", ("parcel", "order"), True, False, Expression("order.is_late", L), L),),
        ),
        (
            "Start and wait: [A](verify-a-payment.md) about order, [B](review-a-risky-order.md)",
            "starts",
            (
                StartChild("verify-a-payment", "order", None, False, True, None, L),
                StartChild("review-a-risky-order", "order", None, False, True, None, L),
            ),
        ),
        (
            "Wait for: any of order.paid, order.is_paid, at most 3 working days; else [Ask](#ask)",
            "wait",
            WaitFor(
                ("order.paid", "order.is_paid"),
                False,
                None,
                Span(Decimal(3), "days", True, line=L),
                None,
                None,
                None,
                Target("Ask", "ask", L),
                L,
            ),
        ),
        (
            "Wait for: all of order.paid, parcel.shipped",
            "wait",
            WaitFor(("order.paid", "parcel.shipped"), True, None, None, None, None, None, None, L),
        ),
        (
            "Wait for: 2 days",
            "wait",
            WaitFor((), False, Within(span=Span(Decimal(2), "days", line=L), line=L), None, None, None, None, None, L),
        ),
        (
            "Wait for: 09:00",
            "wait",
            WaitFor((), False, Within(by=time(9), line=L), None, None, None, None, None, L),
        ),
        (
            "Record: weight (number, kg, optional, at least 0), seen (day, at most today)",
            "record",
            (
                RecordField("weight", "number", unit="kg", optional=True, at_least=Expression("0", L), line=L),
                RecordField("seen", "day", at_most=Expression("today", L), line=L),
            ),
        ),
        ("End: handed to cancel-an-order", "end", End("handed to cancel-an-order", "cancel-an-order", L)),
    ],
)
def test_each_word_is_read_with_all_it_takes(text: str, word: str, expected: Any) -> None:
    """A word's text becomes its record, line included."""
    name, _, rest = text.partition(": ")
    assert getattr(step_of(f"- **{name}:** {rest}"), word) == expected


def test_checks_say_what_they_prevent() -> None:
    """`(prevents: …)` at a checklist line's end is the error that it prevents."""
    step = step_of("- [ ] Scan the label (prevents: wrong variant packed)\n- [x] Count (twice)")
    assert step.checks == (Check("Scan the label", "wrong variant packed", L), Check("Count (twice)", "", L + 1))


def test_bold_elsewhere_is_prose_and_stays() -> None:
    """Bold that is no known word, a table that is no decision and other lists stay in the prose."""
    prose = "Take **care:** glass.\n\n- **Fragile goods:** two layers\n\n| Box | Size |\n|---|---|\n| A | 20 |"
    step = step_of(prose + "\n\n- **Role:** packer")
    assert step.prose == prose
    assert step.role == "packer"


@pytest.mark.parametrize(
    ("written", "cron"),
    [
        ("every Mon-Fri at 09:00", "0 9 * * 1,2,3,4,5"),
        ("every day at 07:30", "30 7 * * *"),
        ("every month on 1 at 08:00", "0 8 1 * *"),
        ("every month on the last day at 17:00", "0 17 L * *"),
    ],
)
def test_a_start_may_be_a_schedule_in_words(written: str, cron: str) -> None:
    """A schedule is kept as text, beside the fields of cron."""
    record, problems = procedure("Pack.", f"starts: {written}")
    assert problems == []
    assert record is not None
    assert record.starts == Starts(None, None, written, cron, 6)


def test_front_matter_words_are_text_never_guessed() -> None:
    """`on`, `no` and 15:30 stay what was written; the rest of the front matter is read."""
    record, problems = procedure("Pack.", "state: on\nagain: allowed\ncertificate: required\nwas: pack-orders")
    assert problems == []
    assert record is not None
    assert (record.state, record.again, record.certificate, record.was) == ("on", True, True, "pack-orders")


def test_an_event_may_end_a_run_or_take_it_to_a_step() -> None:
    """`ends when` takes an outcome or a step, `on` a step."""
    front = 'ends when:\n  order.cancelled: "#pack-it"\n  order.refunded: refunded\non:\n  order.paid: "#pack-it"'
    record, problems = procedure("Pack.", front)
    assert problems == []
    assert record is not None
    assert record.ends_when == {
        "order.cancelled": Target("Pack it", "pack-it", 7),
        "order.refunded": End("refunded", None, 8),
    }
    assert record.on == {"order.paid": Target("Pack it", "pack-it", 10)}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Role:** packer", "3: “Role” stands outside a list; begin the line with “- **Role:** ”"),
        ("- [ ] Count\n**Role:** packer", "4: “Role” stands outside a list; begin the line with “- **Role:** ”"),
        ("- **Recrod:** why (text)", "3: no word named “Recrod” (did you mean “Record”?)"),
        ("- **within:** 2 hours", "3: no word named “within” (did you mean “Within”?)"),
        ("- **Role:** packer\n- **Role:** picker", "4: “Role” stands twice in this step (first in line 12)"),
        ("- **Role:**", "3: nothing stands after “Role:”"),
        (
            "- **Role:** Support Lead",
            "3: “Support Lead” is no name of a role: small letters and hyphens, as in “support-lead”",
        ),
        (
            "- **Record:** why",
            "3: “why”: say in brackets what kind it is, as in “why (text)”; "
            "kinds: text, number, money, yes or no, one of, day, file",
        ),
        ("- **Record:** post-code (text)", "3: “post-code” can't be named in a condition; write “post_code”"),
        ("- **Record:** sum (mony)", "3: “sum”: no kind named “mony” (did you mean “money”?)"),
        ("- **Record:** a (text), a (text)", "3: “a” is recorded twice in this step"),
        ("- **Record:** a (one of: x)", "3: “a”: “one of” takes two or more different choices, parted by commas"),
        (
            "- **Record:** a (text, at most 3)",
            "3: “a”: “at most 3” is not understood after “text” (known: optional)",
        ),
        (
            "- **Within:** soon",
            "3: “soon” is no length of time, "
            "as in “2 working hours”, “14 days”, “30 minutes” or “policy.returns.window_days”",
        ),
        ("- **Within:** by noon", "3: “noon” is no time of day, as in “15:30” or “policy.shipping.cutoff”"),
        (
            "- **If late:** shout",
            "3: If late: “shout” is not understood, "
            "as in “tell support-lead; after 4 working hours hand to support-lead”",
        ),
        (
            "- **Wait for:** order.paid, 3 days",
            "3: Wait for: “3 days” is not understood (did you mean “at most 3 days”?)",
        ),
        (
            "- **Approve:** refund of answers.amount",
            "3: Approve: it doesn't say where to go “if refused”, "
            "as in “refund of answers.amount; if refused [Say no kindly](#say-no-kindly)”",
        ),
        ("- **Do:** refund it", "3: Do: “refund it” is not understood, as in “orders.refund amount=answers.amount”"),
        ("- **Send:** shipped", "3: Send: “shipped” is not understood, as in “refund-paid to customer”"),
        (
            "- **Start:** Cancel an order",
            "3: Start: a link to a procedure's file is needed, as in “[Parcel late](parcel-late.md)”",
        ),
        ("- **Next:** Ship it", "3: a link to a step is needed, as in “[Ship it](#ship-it)”, not “Ship it”"),
        (
            "- **Batch:** 40",
            "3: Batch: “40” is not understood, as in “up to 40, by service, at the latest 11:00”",
        ),
        (
            "| If | Then |\n|---|---|\n| otherwise | [A](#a) |\n| order.x | [A](#a) |",
            "6: no row can stand below “otherwise”",
        ),
        ("| If | Then |\n|---|---|\n| otherwize | [A](#a) |", "5: “otherwize” (did you mean “otherwise”?)"),
        ("- **Next:** [A](#a)\n- **End:** done", "1: “Pack it” has two ways out: Next and End"),
        ("- **End:** done\n  - and more", "3: nothing can stand below this line in the list; put it in the text above"),
        ("## Pack it\n", "3: a second step “Pack it” (first in line 10)"),
    ],
)
def test_a_word_written_wrongly_is_answered_with_its_line(written: str, said: str) -> None:
    """What is wrong is said with the line and, where there is one, the nearest known word."""
    record, problems = procedure(written)
    assert record is None
    assert said in problems


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("owner: founder", "front 6: “owner” stands twice (first in line 3)"),
        ("promise: {1: day}", "front 6: “promise”: curly brackets are not used here; "
         "put the value in quotes, or one “name: value” a line below"),
        ("kpis: [a, b]", "front 6: “kpis”: a list is written in one line with commas, without brackets or dashes"),
        ("kpis:\n  - a", "front 6: “kpis”: a list is written in one line with commas, without brackets or dashes"),
        ("promise: a: b", "front 6: front matter: a second “: ” stands in this line; put the whole value in quotes"),
        ("promise", "front 6: front matter: this line has no “name: value”"),
        ("\tpromise: 1 day", "front 6: front matter: a tab stands here; use spaces"),
        ('promise: "1 day', "front 6: front matter: a quote is opened and never closed"),
        ("promise: 1 day\n  and more", "front 6: “promise”: one value a line, all of it on this line"),
        ("ends when:\n  order.cancelled: #put-back", "front 7: nothing stands after “order.cancelled:” "
         '(a # begins a comment; write it in quotes, as in "#put-back")'),
        ("on:\n  order.paid: pack it", "front 7: on: “order.paid” leads to a step, as in \"#pack-it\", not “pack it”"),
        ("performr: packer", "front 6: no front matter named “performr” (did you mean “performer”?)"),
        ("state: of", "front 6: “state” is one of on, paper, not “of”"),
        ("starts: every fortnight", "front 6: “starts”: “every fortnight” is no time that comes again, as in "
         "“every day at 07:00”, “every Mon-Fri at 07:00” or “every month on 1 at 08:00”"),
    ],
)  # fmt: skip
def test_front_matter_is_refused_in_plain_words(front: str, said: str) -> None:
    """YAML's own errors never reach the person who wrote the file."""
    record, problems = procedure("Pack.", front)
    assert record is None
    assert said in problems


def test_all_problems_of_a_file_come_in_one_go() -> None:
    """Three mistakes are three problems, in order of their lines."""
    _, problems = procedure("- **Role:** A B\n- **Within:** soon\n- **Send:** x", "state: of")
    assert [p.split(":")[0] for p in problems] == ["front 6", "3", "4", "5"]


@given(
    kind=st.sampled_from(["procedures", "roles", "policies", "kpis", "messages"]),
    front=st.text(max_size=80),
    body=st.text(alphabet="# -*[]()|{}%`:.\n\tabRecord<>'\"&!", max_size=200),
)
def test_any_text_is_a_record_or_a_problem(kind: str, front: str, body: str) -> None:
    """Whatever somebody saves into the folder, the answer is a value with a line, never a crash."""
    record, problems = parse_text(kind, "a", f"---\nabout: order\n{front}\n---\n# T\n\n## S\n\n{body}", "a.md")
    assert (record is None) == bool(problems)
    assert all(p.line >= 0 and p.message for p in problems)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("procedures", "kpis: " + "[" * 3000, "front matter: brackets or indentation nested without end"),
        (
            "roles",
            "\n".join(" " * n + "a:" for n in range(600)),
            "front matter: brackets or indentation nested without end",
        ),
        (
            "messages",
            "subject: x\n---\n# T\n\n{{ " + "(" * 2000 + " }}",
            "between the curly brackets: nested without end",
        ),
    ],
)
def test_a_hostile_text_is_a_problem(kind: str, text: str, said: str) -> None:
    """What nests without end is refused, not followed."""
    assert said in [p.message for p in parse_text(kind, "a", f"---\n{text}\n---\n\n# T\n", "a.md")[1]]


def test_one_broken_file_never_stops_the_others(tmp_path: Path) -> None:
    """A folder is read to its end: broken files, foreign files and folders are named, the good ones are there."""
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "founder.md").write_text("---\nauthority:\n  refund: any\n---\n# Founder\n")
    (tmp_path / "roles" / "Broken Name.md").write_text("no front matter")
    (tmp_path / "roles" / "latin.md").write_bytes("---\n---\n# Käufer\n".encode("latin-1"))
    (tmp_path / "roles" / "notes.txt").write_text("x")
    (tmp_path / "polices").mkdir()
    (tmp_path / "segments").mkdir()
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "weekly.md").write_text("x")
    playbook, problems, texts = read_folder(tmp_path)
    assert list(playbook.roles) == ["founder"]
    assert list(playbook.broken) == [("roles", "Broken Name")]
    assert set(texts) == {("roles", "founder"), ("roles", "Broken Name")}
    assert problems == [
        Problem("documents", 0, "not yet: documents are not read so far (1 here)"),
        Problem("polices", 0, "no kind of playbook file named “polices” (did you mean “policies”?)"),
        Problem(
            "roles/Broken Name.md",
            0,
            "a file's name has small letters, digits and hyphens, as in “verify-a-payment.md”, not “Broken Name.md”",
        ),
        Problem("roles/Broken Name.md", 1, "the file begins with a front matter between two lines of three dashes"),
        Problem("roles/Broken Name.md", 1, "there is no title: one line that begins with “# ”"),
        Problem("roles/latin.md", 0, "it is not UTF-8 text (byte 11); save it as UTF-8"),
        Problem("roles/notes.txt", 0, "only Markdown files (.md) lie here"),
    ]


def test_limits_are_live_in_the_prose(tmp_path: Path) -> None:
    """`{{ policy.x.y }}` shows the value in force in the store's currency; an unknown name stays to be seen."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "out-of-stock.md").write_text(
        "---\nowner: founder\n---\n# Out of stock\n\n"
        "## Answer within\n\n- **Value:** 2 working days\n- **Why:** a\n- **Basis:** own choice\n\n"
        "## Keep below\n\n- **Value:** 25 in the store's currency\n- **Why:** a\n- **Basis:** own choice\n"
    )
    playbook, problems, _ = read_folder(tmp_path)
    assert problems == []
    text = "In {{ policy.out_of_stock.answer_within }} up to {{policy.out_of_stock.keep_below}}, {{ policy.x.y }}."
    assert render_prose(text, playbook, "EUR") == "In 2 working days up to 25.00 EUR, {{ policy.x.y }}."


def test_a_hostile_text_becomes_harmless_html() -> None:
    """No raw HTML, no script link, no image; relative and web links stay."""
    html = to_html(
        "<script>alert(1)</script> [a](javascript:alert(1)) [b](//evil.example) [c](data:text/html,x)\n\n"
        "![x](https://evil.example/p.png) [d](verify-a-payment.md#step) [e](https://example.com) [f](mailto:a@b.c)"
    )
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("<a ") == 4
    assert 'href="javascript' not in html.lower()
    assert 'href="//' not in html
    assert '<a href="verify-a-payment.md#step">d</a>' in html
