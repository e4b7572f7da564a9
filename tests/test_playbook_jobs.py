"""Job descriptions and the map of the operation: compiled from the starter's files, held to what those say."""

from shops import STARTER
from work_playbook import OTHERS, ROLES, procedure

from ecomos.playbook import parse_text, read_folder
from ecomos.playbook.folder import playbook_of
from ecomos.playbook.jobs import job_of
from ecomos.playbook.mapping import MOST_AREAS, map_of
from ecomos.playbook.records import Playbook
from ecomos.work.catalogue import catalogue

PACK = """
## Pack it

- [ ] Count the lines (prevents: a line left behind)
- **Within:** 2 working hours
- **If late:** tell operations-lead; after 1 working hour hand to operations-lead
- **Sample:** 1 in 20 by operations-lead

## Pay back

- **Role:** support-agent
- **Record:** amount (money)
- **Approve:** refund of answers.amount; if refused [Close](#close)
- **Start:** [Ship](ship.md)

## Close

- **End:** packed
"""
SHIP = "## Ship it\n\n- **Role:** packer\n- **Record:** x (text)\n- **End:** shipped\n"


def small() -> Playbook:
    pack = procedure(PACK, "performer: packer\nstarts: order.placed\narea: fulfilment\n", "Pack")
    files = {
        "procedures/pack.md": pack,
        "procedures/ship.md": procedure(SHIP, "area: shipping\n", "Ship"),
    }
    read = {}
    for name, text in {**ROLES, **OTHERS, **files}.items():
        kind, _, file = name.partition("/")
        read[(kind, file[:-3])] = parse_text(kind, file[:-3], text, name)[0]
    return playbook_of(read)


def test_a_job_is_found_in_the_procedures_and_not_typed() -> None:
    packer, lead = job_of(small(), "packer"), job_of(small(), "operations-lead")
    assert [("Pack", "Pack it", "within 2 working hours"), ("Ship", "Ship it", "")] == [
        (d.title, d.step, d.by_when) for d in packer.performs
    ]
    assert [("“Pack it” is late", "at the deadline")] == [(t.what, t.how_soon) for t in lead.told]
    assert ["1 working hours after the deadline"] == [t.how_soon for t in lead.takes_over]
    assert ["Pack it"] == [d.step for d in lead.samples]
    assert ["Pay back"] == [d.step for d in lead.approves]
    assert ("packer", "picker", "support-agent") == lead.leads
    assert ("picker",) == packer.covers


def test_the_map_shows_what_starts_what_and_what_hands_over() -> None:
    found = map_of(small(), catalogue())
    assert [("fulfilment", ("pack",)), ("shipping", ("ship",))] == [(a.name, a.procedures) for a in found.areas]
    assert {("starts", "order.placed", "pack"), ("hands", "pack", "ship")} == {
        (x.kind, x.source, x.to) for x in found.links if x.kind != "figure"
    }
    assert (("fulfilment", "shipping", 1),) == found.between


def test_holes_are_events_figures_roles_and_procedures_that_nobody_handles() -> None:
    holes = {(h.kind, h.name) for h in map_of(small(), catalogue()).holes}
    assert ("event", "ticket.opened") in holes
    assert ("event", "order.placed") not in holes
    assert ("role", "packer") in holes
    assert ("role", "picker") not in holes


def test_the_starter_has_few_areas_and_every_role_has_work() -> None:
    book, _, _ = read_folder(STARTER / "playbook")
    found = map_of(book, catalogue())
    assert len(found.areas) <= MOST_AREAS
    assert set(book.procedures) == {stem for area in found.areas for stem in area.procedures}
    assert [] == [h for h in found.holes if h.kind == "figure"]
