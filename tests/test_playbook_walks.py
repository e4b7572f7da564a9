"""Every procedure of the starter, walked on paper from each start to each end: no step is left out, every way ends, and
what `ecomos check --paths` prints is that walk."""

import pytest
from shops import STARTER

from ecomos.playbook import paths, read_folder
from ecomos.playbook.ways import reached, ways_out

BOOK = read_folder(STARTER / "playbook")[0]


@pytest.mark.parametrize("stem", sorted(BOOK.procedures))
def test_every_step_is_on_a_way_and_every_way_ends_or_leads_back(stem: str) -> None:
    procedure = BOOK.procedures[stem]
    walks = paths(procedure, most=5000)
    titles = {s.title for s in procedure.steps}
    from_events = {t.slug for t in procedure.on.values()}
    walked = {line for walk in walks for line in walk if line in titles}
    jumped = {s.title for s in procedure.steps if s.slug in from_events | _after(stem, from_events)}
    assert {s.title for s in procedure.steps if s.slug in reached(procedure)} <= walked | jumped | _by_events(stem)
    assert all("end:" in walk[-1] or "back to" in walk[-1] for walk in walks)


def _after(stem: str, slugs: set[str]) -> set[str]:
    """Every step that follows one of these."""
    procedure = BOOK.procedures[stem]
    steps, seen, todo = {s.slug: s for s in procedure.steps}, set[str](), list(slugs)
    while todo:
        slug = todo.pop()
        if slug in steps and slug not in seen:
            seen.add(slug)
            todo += [w.to for w in ways_out(procedure, steps[slug])]
    return seen


def _by_events(stem: str) -> set[str]:
    """Steps to which an event takes the run."""
    procedure = BOOK.procedures[stem]
    targets = {way.slug for way in procedure.ends_when.values() if hasattr(way, "slug")}
    return {s.title for s in procedure.steps if s.slug in targets | _after(stem, targets)}


@pytest.mark.parametrize("stem", sorted(s for s, p in BOOK.procedures.items() if p.size == "core"))
def test_every_row_of_every_decision_is_walked(stem: str) -> None:
    procedure = BOOK.procedures[stem]
    said = {line.strip() for walk in paths(procedure, most=5000) for line in walk}
    for step in procedure.steps:
        for way in ways_out(procedure, step):
            if way.to and step.slug in reached(procedure) and way.said != "next":
                assert any(line.startswith(way.said) for line in said) or step.title in _by_events(stem), way
