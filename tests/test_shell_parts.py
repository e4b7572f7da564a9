"""The parts without a browser: what a forged message may not do, and what reaches a page's callback."""

import doctest
from typing import Any

import pytest

from ecomos.errors import Refused
from ecomos.pages.parts import FileDrop, Prose, SentFile, StepForm, Table, TaskList, file_drop
from ecomos.pages.parts import prose as render
from ecomos.pages.parts.part import Part, told_in_words

FORM = {
    "key": "task:1",
    "title": "Refund #1001",
    "checks": ["name matches", "not refunded before"],
    "fields": [
        {"name": "amount", "label": "Amount", "kind": "money", "currency": "EUR"},
        {"name": "arrived", "label": "Arrived", "kind": "yes or no"},
        {"name": "photo", "label": "Photo", "kind": "file"},
    ],
    "buttons": [
        {"deed": "done", "label": "Done", "primary": True},
        {"deed": "hand-over", "label": "Hand over", "ask": [{"name": "to", "label": "To", "kind": "text"}]},
    ],
}


@pytest.fixture
def said() -> list[dict[str, Any]]:
    return []


def heard(form: StepForm, *buffers: bytes, **content: Any) -> None:
    form.heard({"key": "task:1", "deed": "done", **content}, [memoryview(b) for b in buffers])


def test_a_deed_carries_exactly_the_fields_and_lines_of_its_step(said: list[dict[str, Any]]) -> None:
    form = StepForm(said.append, step=FORM)
    answers = {"amount": " 12,50 ", "arrived": False, "photo": {"name": "../a.png", "buffer": 0}, "evil": "x"}
    heard(form, b"\x89PNG", answers=answers, checks=[True], note=" fine ")
    expected = {
        "deed": "done",
        "answers": {"amount": "12.50", "arrived": False, "photo": SentFile("a.png", b"\x89PNG")},
        "checks": [True, False],
        "note": "fine",
        "asked": {},
    }
    assert said == [expected]


@pytest.mark.parametrize(
    "content",
    [{"deed": "no-such-deed"}, {"key": "task:2"}, {"key": None}, {"deed": ["done"]}],
    ids=["unknown deed", "another step", "no step", "no word"],
)
def test_a_deed_that_the_step_does_not_have_goes_nowhere(said: list[dict[str, Any]], content: dict[str, Any]) -> None:
    heard(StepForm(said.append, step=FORM), **content)
    assert said == []


def test_odd_answers_become_empty_ones(said: list[dict[str, Any]]) -> None:
    form = StepForm(said.append, step=FORM)
    heard(form, answers={"amount": None, "arrived": "yes", "photo": {"buffer": 7}}, checks=None, asked=None)
    heard(form, deed="hand-over", answers=None, asked={"to": "Ben"})
    assert said[0]["answers"] == {"amount": "", "arrived": None, "photo": None}
    assert said[1]["asked"] == {"to": "Ben"}


def test_what_a_callback_raises_is_told_and_not_lost() -> None:
    told: list[str] = []

    def refuse() -> None:
        raise Refused("Only Olga may approve 84.00 EUR.")

    told_in_words(refuse, told.append)()
    told_in_words(lambda: 1 / 0, told.append)()
    assert told[0] == "Only Olga may approve 84.00 EUR."
    assert "the number" in told[1]
    assert "zero" not in told[1]


def test_a_browser_sets_only_what_a_part_leaves_to_it() -> None:
    rows = [{"id": 1, "a": "x"}, {"id": 2, "a": "y"}]
    table = Table(columns=[{"key": "a", "label": "A"}], rows=rows, selectable=True)
    table.set_state({"rows": [], "title": "forged", "_esm": "forged", "chosen": [2, 99]})
    assert (table.rows, table.title, table.chosen) == (rows, "", [2])
    assert "forged" not in table._esm
    tasks = TaskList(items=[{"id": 7, "group": "late", "title": "x"}])
    tasks.set_state({"items": [], "selected": 7})
    assert (len(tasks.items), tasks.selected) == (1, None)
    assert Part.from_browser == frozenset()


def test_only_ids_that_are_shown_reach_a_callback() -> None:
    got: list[Any] = []
    table = Table(on_row=got.append, columns=[{"key": "a", "label": "A"}], rows=[{"id": 1, "a": "x"}])
    tasks = TaskList(on_select=got.append, items=[{"id": 7, "group": "late", "title": "x"}])
    for content in ({"row": 2}, {"row": None}, {"select": 8}, {}):
        table.heard(content, [])
        tasks.heard(content, [])
    table.heard({"row": 1}, [])
    tasks.heard({"select": 7}, [])
    assert got == [1, 7]


def test_a_file_is_put_together_from_its_pieces_and_a_liar_is_refused() -> None:
    got: list[tuple[str, bytes]] = []

    def keep(name: str, data: bytes) -> str:
        got.append((name, data))
        return f"{name}: taken"

    drop = FileDrop(keep, limit_mb=1)
    drop.heard({"begin": {"name": "C:\\exports\\may.csv", "size": 6}}, [])
    drop.heard({"piece": 0}, [memoryview(b"abc")])
    drop.heard({"piece": 3}, [memoryview(b"def")])
    assert got == [("may.csv", b"abcdef")]
    assert drop.says == "may.csv: taken"
    drop.heard({"begin": {"name": "x.csv", "size": 2}}, [])
    drop.heard({"piece": 0}, [memoryview(b"abc")])
    assert drop.says == "That file was longer than it said. Try again."
    drop.heard({"begin": {"name": "big.csv", "size": 2 * 1024 * 1024}}, [])
    assert drop.says == "big.csv is too large: at most 1 MB are taken here."
    drop.heard({"begin": {"name": "none.csv", "size": 0}}, [])
    assert drop.says == "none.csv is empty."
    drop.heard({"piece": 0}, [memoryview(b"abc")])
    assert len(got) == 1


def test_prose_lets_no_html_and_no_script_through() -> None:
    hostile = "<script>alert(1)</script> [a](javascript:alert(1)) ![p](http://evil/x.png) [b](data:text/html,x)"
    html = render(hostile)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert Prose(html="<b>raw</b>").html == "&lt;b&gt;raw&lt;/b&gt;"
    assert Prose(html=render("**bold**")).html == "<p><strong>bold</strong></p>\n"
    assert StepForm(step={**FORM, "prose": "<b>raw</b>"}).step["prose"] == "&lt;b&gt;raw&lt;/b&gt;"


def test_links_of_the_playbook_lead_to_its_pages() -> None:
    html = render("[a](parcel-late.md#ask) [b](../roles/buyer.md) [c](https://example.com) [d](#step)")
    assert 'href="?page=playbook&amp;kind=procedures&amp;name=parcel-late"' in html
    assert 'href="?page=playbook&amp;kind=roles&amp;name=buyer"' in html
    assert '<a href="https://example.com" rel="noopener noreferrer" target="_blank">c</a>' in html
    assert '<a href="#step">d</a>' in html
    assert 'href="#"' in render("[e](/etc/passwd)")


def test_headings_can_be_linked_to_and_checklist_lines_are_boxes() -> None:
    html = render("## Stop the parcel\n\n- [ ] See the *box*\n- **Within:** 2 hours\n")
    assert '<h2 id="stop-the-parcel">Stop the parcel</h2>' in html
    assert '<li class="eco-tick">See the <em>box</em></li>' in html
    assert "<li><strong>Within:</strong> 2 hours</li>" in html


def test_the_examples_in_the_docstrings_hold() -> None:
    import importlib

    for module in (importlib.import_module("ecomos.pages.parts.prose"), file_drop):
        assert doctest.testmod(module).failed == 0
