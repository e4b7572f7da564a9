"""The count sheet on paper, for who walks without a phone: as blind as the page."""

from datetime import datetime

from ecomos.documents import file_of, keep_file, make_pdf
from ecomos.stock.counting import count_of, sheet
from ecomos.stock.hands import COUNTERS, Hand
from ecomos.work.authority import acting_roles
from ecomos.work.shop import Shop

__all__ = ["sheet_file"]


def sheet_file(shop: Shop, person_id: int, number: int, now: datetime) -> str:
    """Make the PDF of what is still to be counted, in walking order; gives the number under which it lies in the
    documents. Raises Refused for another role than those that count."""
    Hand(person_id, frozenset(acting_roles(shop, person_id, now)), now).must_be(COUNTERS, "A count sheet")
    count = count_of(shop.db, number)
    lines = [
        {"bin": x.bin or "no bin", "sku": x.sku, "name": x.name}
        for x in sheet(shop.db, number)
        if x.status in ("open", "recount")
    ]
    day = shop.today(now).isoformat()
    data = {"title": f"{count.title}, {day}", "sub": f"{len(lines)} lines, as one walks past them.", "lines": lines}
    name = f"count-{number}-{now:%Y%m%d-%H%M%S}"
    keep_file(shop.home.path / file_of("count-sheet", name), make_pdf("count-sheet", data))
    return name
