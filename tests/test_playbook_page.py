"""The playbook's page: the flow chart of every procedure leads from box to box, and limits stand with their values."""

from pathlib import Path

from ecomos.pages.playbook import flow_of
from ecomos.playbook import read_folder

STARTER = Path(__file__).resolve().parent.parent / "ecomos" / "starter" / "playbook"


def test_every_way_of_every_flow_chart_leads_to_a_box_and_every_box_but_the_first_is_reached() -> None:
    book, _, _ = read_folder(STARTER)
    for procedure in book.procedures.values():
        nodes, edges = flow_of(procedure)
        slugs = [n["slug"] for n in nodes]
        assert {e["to"] for e in edges} <= set(slugs), procedure.stem
        told = {t.slug for t in procedure.on.values()}
        told |= {t.slug for t in procedure.ends_when.values() if hasattr(t, "slug")}
        assert set(slugs[1:]) <= {e["to"] for e in edges} | told, procedure.stem


def test_a_box_says_who_does_it_or_what_happens() -> None:
    book, _, _ = read_folder(STARTER)
    nodes, _ = flow_of(book.procedures["fix-an-address"])
    said = {n["slug"]: (n["says"], n["kind"]) for n in nodes}
    assert ("support agent", "person") == said["find-the-missing-parts"]
    assert ("waits for order.address changed", "wait") == said["wait-for-the-answer"]
    assert ("ends: complete", "end") == said["close-as-complete"]
