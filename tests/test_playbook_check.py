"""The checker: each proof with a broken fixture and everything that is said about it."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playbook_catalogue import CATALOGUE

from ecomos.playbook import check, check_sources, field_lines, parse_text, path_lines, read_folder
from ecomos.playbook.records import Playbook

FIXTURES = Path(__file__).parent / "fixtures" / "playbook"


@dataclass(frozen=True)
class Case:
    """One block of broken.txt: what is changed in the clean playbook, and what is said about it."""

    title: str
    changes: tuple[tuple[str, str, str], ...]
    said: tuple[str, ...]
    head: str


def cases() -> list[Case]:
    blocks = (FIXTURES / "broken.txt").read_text(encoding="utf-8").strip().split("\n\n# ")
    return [_case(block.removeprefix("# ")) for block in blocks]


def _case(block: str) -> Case:
    title, *lines = block.split("\n")
    changes: list[list[str]] = []
    for line in lines:
        if line[:1] in "-+" and line[1:2] in ("", " "):
            changes[-1][1 if line[0] == "-" else 2] += line[2:] + "\n"
        elif not line.startswith(">"):
            changes.append([line, "", ""])
    said = tuple(line[2:] for line in lines if line.startswith("> "))
    head = "\n".join(line for line in lines if not line.startswith(">"))
    return Case(title, tuple((f, old[:-1], new[:-1]) for f, old, new in changes), said, head)


def problems_of(home: Path, changes: tuple[tuple[str, str, str], ...]) -> list[str]:
    """Everything that is said about the clean playbook with these changes."""
    for source in (FIXTURES / "clean").rglob("*.md"):
        target = home / source.relative_to(FIXTURES / "clean")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    for file, old, new in changes:
        text = (home / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file}: {text.count(old)} times {old!r}"
        (home / file).write_text(text.replace(old, new), encoding="utf-8")
    playbook, problems, _ = read_folder(home)
    return [str(p) for p in sorted([*problems, *check(playbook, CATALOGUE, known_problems=problems)])]


def test_the_clean_playbook_has_no_problem(tmp_path: Path) -> None:
    """DESIGN's refund example with everything that it names."""
    assert problems_of(tmp_path, ()) == []


@pytest.mark.parametrize("case", cases(), ids=lambda c: c.title)
def test_what_is_wrong_is_said_with_line_and_nearest_name(case: Case, tmp_path: Path) -> None:
    """Each proof of DESIGN §5: the whole of what is said, and nothing besides."""
    assert problems_of(tmp_path, case.changes) == list(case.said)


def clean() -> Playbook:
    return read_folder(FIXTURES / "clean")[0]


def test_every_problem_of_every_file_comes_in_one_go(tmp_path: Path) -> None:
    """Mistakes in four files are all named at once, by file and line; a broken file hides no other's mistakes."""
    said = problems_of(
        tmp_path,
        (
            ("procedures/refund.md", "- **Role:** picker", "- **Role:** pickr\n- **Within:** soon"),
            ("roles/picker.md", "reports to: founder", "reports to: boss"),
            ("kpis/refund-rate.md", "owner: support-lead", "owner: lead"),
            ("messages/refund-paid.md", "order.number", "order.nr"),
        ),
    )
    assert [line.split(": ")[0] for line in said] == [
        "kpis/refund-rate.md:4",
        "messages/refund-paid.md:3",
        "procedures/refund.md:67",
        "procedures/refund.md:68",
        "roles/picker.md:2",
    ]


def test_a_broken_file_still_counts_as_there(tmp_path: Path) -> None:
    """What links to, starts or names a broken file is not wrong itself."""
    change = ("procedures/cancel-an-order.md", "- **End:** cancelled", "- **End:** cancelled\n- **End:** twice")
    said = problems_of(tmp_path, (change,))
    assert said == ["procedures/cancel-an-order.md:18: “End” stands twice in this step (first in line 17)"]


def test_names_are_also_taken_from_known_problems() -> None:
    """A playbook put together from texts: what did not parse at all is known by the problems about it."""
    whole = clean()
    without = replace(whole, procedures={k: v for k, v in whole.procedures.items() if k != "cancel-an-order"})
    assert len(check(without, CATALOGUE)) == 3
    _, known = parse_text("procedures", "cancel-an-order", "nothing", "procedures/cancel-an-order.md")
    assert check(without, CATALOGUE, known_problems=known) == []


def test_each_language_stands_beside_the_stores_own(tmp_path: Path) -> None:
    """A German message without the store's own would leave everybody else without a word."""
    whole = clean()
    without = replace(whole, messages={k: m for k, m in whole.messages.items() if k != ("refund-paid", "")})
    assert [str(p) for p in check(without, CATALOGUE)] == [
        "messages/refund-paid.de.md: there is no refund-paid.md in the store's own language beside it"
    ]


def test_there_is_a_founder(tmp_path: Path) -> None:
    """Roles without the one at which all end are refused."""
    whole = clean()
    without = replace(whole, roles={k: r for k, r in whole.roles.items() if k != "founder"})
    assert "roles/founder.md: there is no role “founder”, at which every other one ends" in [
        str(p) for p in check(without, CATALOGUE)
    ]


def test_a_procedure_whose_event_has_no_source_here_is_marked() -> None:
    """Nothing but a page brings ticket.opened."""
    assert [str(p) for p in check_sources(clean(), CATALOGUE, ["import", "clock"])] == [
        "procedures/refund.md:5: nothing in this store brings “ticket.opened” (it comes from: page); "
        "start it by hand on a schedule"
    ]
    assert check_sources(clean(), CATALOGUE, ["import", "page"]) == []


def test_every_walk_from_the_start_to_an_end_is_listed() -> None:
    """`ecomos check --paths parcel-late`, a way back named and not walked again."""
    assert path_lines(clean().procedures["parcel-late"]) == [
        "1. Ask the carrier",
        '     if answers.answer == "found"',
        "   Tell where it is",
        "   → end: found",
        "",
        "2. Ask the carrier",
        "     otherwise",
        "   Give the money back",
        '     if started.cancel_an_order.outcome == "cancelled"',
        "   Tell where it is",
        "   → end: found",
        "",
        "3. Ask the carrier",
        "     otherwise",
        "   Give the money back",
        "     otherwise → back to Ask the carrier",
    ]


def test_the_fields_of_a_case_are_listed_with_their_types() -> None:
    """`ecomos check --fields ticket`."""
    assert field_lines(CATALOGUE, "ticket") == ["ticket.number     text", "ticket.is_urgent  yes or no"]
    with pytest.raises(KeyError, match="did you mean “ticket”"):
        field_lines(CATALOGUE, "tickets")
