"""The search over the starter's procedures: fifty queries as staff type them, written down before the search was."""

import time
from pathlib import Path

from shops import STARTER

from ecomos.playbook import read_folder
from ecomos.playbook.searching import Index

BOOK = read_folder(STARTER / "playbook")[0]
QUERIES = [
    tuple(part.strip() for part in line.split("->"))
    for line in (Path(__file__).parent / "fixtures" / "playbook" / "queries.txt").read_text().splitlines()
    if "->" in line and not line.startswith("#")
]


def test_forty_five_of_fifty_queries_find_the_procedure_among_the_first_three() -> None:
    assert 50 == len(QUERIES)
    index = Index(BOOK)
    missed = [(q, wanted) for q, wanted in QUERIES if wanted not in [h.stem for h in index.search(q, 3)]]
    assert len(missed) <= 5, missed


def test_a_slip_of_the_finger_and_another_ending_are_forgiven() -> None:
    index = Index(BOOK)
    assert "refund-on-request" == index.search("rufund")[0].stem
    assert {h.stem for h in index.search("cancelling orders")} >= {"cancel-an-order"}


def test_words_that_nobody_uses_find_nothing() -> None:
    assert [] == Index(BOOK).search("xyzzy plugh")
    assert [] == Index(BOOK).search("  ")


def test_the_whole_playbook_is_made_ready_and_searched_at_once() -> None:
    begun = time.process_time()
    Index(BOOK).search("parcel came broken")
    assert time.process_time() - begun < 1
