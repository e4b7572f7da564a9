"""What a card says of a purchase order: the supplier's terms beside the sum, days, approval, papers and bills."""

from datetime import datetime

from ecomos.calendar import WorkingTime
from ecomos.money import format_money
from ecomos.pages.wording import counted, day_and_time, day_words
from ecomos.stock.invoices import bills_of
from ecomos.stock.order_days import next_order_day
from ecomos.stock.purchases import Purchase
from ecomos.stock.terms import Terms, holidays_of, supplier_terms
from ecomos.work import Shop
from ecomos.work.documents import has_document

__all__ = ["facts_rows"]


def facts_rows(shop: Shop, order: Purchase, now: datetime) -> list[tuple[str, ...]]:
    """(label, value) or (label, value, link), for a Facts card."""
    terms = supplier_terms(shop.db, order.supplier_id)
    rows: list[tuple[str, ...]] = [("supplier", order.supplier, f"?page=suppliers&supplier={order.supplier_id}")]
    rows += [("deliver to", order.place), ("goods", format_money(order.goods_cents, order.currency))]
    rows += [("freight", format_money(order.freight_cents, order.currency))]
    rows += [("duty", format_money(order.duty_cents, order.currency))] if order.duty_cents else []
    rows.append(("sum without tax", format_money(order.total_cents, order.currency)))
    if order.status in ("draft", "asked"):
        rows += _before(shop, order, terms, now)
    days = (("needed by", order.needed_by_on), ("promised first", order.promised_on), ("expected", order.expected_on))
    rows += [(name, day_words(day)) for name, day in days if day]
    times = (("approved", order.approved_at), ("sent", order.sent_at), ("confirmed", order.confirmed_at))
    rows += [(name, day_and_time(at, shop.home.zone, now)) for name, at in times if at]
    if has_document(shop, "purchase-order", order.number):
        rows.append(("paper", f"{order.number}.pdf", f"/documents/purchase-order/{order.number}.pdf"))
    for bill in bills_of(shop.db, order.id):
        money = format_money(bill["total_cents"], bill["currency"])
        rows.append((f"bill {bill['number']}", f"{money}, {bill['status']}: {bill['because'] or ''}".rstrip(": ")))
    if order.note:
        rows.append(("note", order.note))
    return rows


def _before(shop: Shop, order: Purchase, terms: Terms, now: datetime) -> list[tuple[str, ...]]:
    """What counts before it is sent: minimum, freight step, order day."""
    rows: list[tuple[str, ...]] = []
    if terms.minimum_cents:
        short = terms.minimum_cents - order.goods_cents
        said = f", {format_money(short, order.currency)} short of it" if short > 0 else ", reached"
        rows.append(("minimum", format_money(terms.minimum_cents, order.currency) + said))
    if terms.freight_free_cents:
        missing = terms.freight_free_cents - order.goods_cents
        said = f"from {format_money(terms.freight_free_cents, order.currency)}"
        said += f", {format_money(missing, order.currency)} more" if missing > 0 else ", reached"
        rows.append(("free freight", said))
    working = WorkingTime(shop.home.zone, shop.home.hours, shop.home.holidays)
    today = shop.today(now)
    day = next_order_day(terms, holidays_of(shop.db, terms.id), working, today)
    when = "today" if day == today else f"{day:%a} {day.day} {day:%b}, in {counted((day - today).days, 'day')}"
    return [*rows, ("next order day", when)]
