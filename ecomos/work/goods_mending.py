"""What is done about the catalogue: the procedure that mends a finding is started, a finding is kept as right, things
get barcodes and labels. Each deed checks who does it."""

from collections.abc import Sequence
from datetime import datetime

from ecomos.documents import file_of, keep_file, make_pdf
from ecomos.errors import Refused, WrongUsage
from ecomos.people import roles_of
from ecomos.people.requests import make_request
from ecomos.stock.barcodes import barcode_svg, give_barcodes
from ecomos.stock.linting import Finding, accept
from ecomos.stock.thing import thing
from ecomos.store import write
from ecomos.work.authority import stands_for
from ecomos.work.settling import start
from ecomos.work.shop import Shop
from ecomos.work.stock_deciding import may_decide_on_stock
from ecomos.work.versions import in_force, policies

__all__ = ["barcodes", "label_file", "mend", "right_as_it_is", "sku_rule"]

MOST_LABELS = 2000


def sku_rule(shop: Shop, now: datetime) -> str:
    """How SKUs are built here, by policy.catalogue.sku_rule; empty: any is right."""
    said = str(policies(shop, now).get("catalogue", {}).get("sku_rule", "any"))
    return "" if said == "any" else said


def _must_keep_goods(shop: Shop, person_id: int, now: datetime) -> None:
    if not (may_decide_on_stock(shop, person_id, now) or stands_for(shop, person_id, "marketer", now)):
        raise Refused("The catalogue is kept by the buyer and the marketer, or by whom they report to.")


def mend(shop: Shop, person_id: int, found: Finding, now: datetime) -> str:
    """Start the procedure that mends it, about a request that says what is wrong; gives the procedure's title."""
    _must_keep_goods(shop, person_id, now)
    known = in_force(shop, now).procedures.get(found.rule.procedure)
    if known is None:
        raise Refused(f"No procedure “{found.rule.procedure}” is in force here.")
    name = found.good.sku or found.good.name
    if known.about == "day":
        about: tuple[str, str | int] = ("day", shop.today(now).isoformat())
        shown = known.title
    else:
        title = f"{found.rule.title}: {name}"[:120]
        number = make_request(shop.db, "stock", title, f"{found.good.name}: {found.words}.", now, person_id=person_id)
        about, shown = ("request", number), f"{known.title} (R{number})"
    start(shop, known.stem, about, now)
    return shown


def right_as_it_is(shop: Shop, person_id: int, found: Finding, because: str, now: datetime) -> None:
    """Keep that a finding is none."""
    _must_keep_goods(shop, person_id, now)
    with write(shop.db):
        accept(shop.db, found.rule.key, found.good.variant_id, because, person_id, now)


def barcodes(shop: Shop, person_id: int, variant_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Give a barcode of the house's own range to those of the things that have none."""
    _must_keep_goods(shop, person_id, now)
    if not variant_ids:
        raise WrongUsage("Tick the things first.")
    with write(shop.db):
        return give_barcodes(shop.db, list(variant_ids))


def label_file(shop: Shop, person_id: int, variant_ids: Sequence[int], copies: str, now: datetime) -> str:
    """Make a PDF of labels, each with name, SKU and barcode; gives the number under which it lies in the documents.

    Raises WrongUsage for no things, for more than 2,000 labels, or for a thing without barcode and SKU.
    """
    if not roles_of(shop.db, person_id, shop.today(now)):
        raise Refused("Labels are made by who holds a role here.")
    times = int(copies) if copies.strip().isdecimal() else 0
    if not variant_ids or not 0 < times * len(variant_ids) <= MOST_LABELS:
        raise WrongUsage(f"Tick things and say how many labels of each: 1 to {MOST_LABELS} in all.")
    labels = [_label(shop, variant) for variant in variant_ids for _ in range(times)]
    number = f"labels-{now:%Y%m%d-%H%M%S}-{len(labels)}"
    content = make_pdf("labels", {"labels": labels, "title": f"Labels, {shop.home.name}"})
    keep_file(shop.home.path / file_of("labels", number), content)
    return number


def _label(shop: Shop, variant: int) -> dict[str, str]:
    found = thing(shop.db, variant)
    code = found.barcode or found.sku
    if not code:
        raise WrongUsage(f"{found.name} has neither barcode nor SKU: give it one first.")
    return {"name": found.name, "sku": found.sku, "code": code, "svg": barcode_svg(code)}
