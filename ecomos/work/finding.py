"""What a few typed letters may mean, anywhere in the store: orders, tickets, customers, products, files of the
playbook, colleagues. Reads only; a few of each kind, the exact ones first."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomos.money import format_money
from ecomos.orders.customers import phone_key
from ecomos.people import people, roles_of
from ecomos.playbook.records import Playbook
from ecomos.playbook.searching import Index
from ecomos.work.queue import shortened
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["Found", "find", "index_of"]

OF_EACH = 4
LEAST = 2
"""Letters, below which nothing but a number is looked for."""
LEAST_DIGITS = 5
"""Digits of a phone number, below which too many have them."""


@dataclass(frozen=True)
class Found:
    """One thing that fits."""

    kind: str
    """order, purchase, ticket, customer, product, procedures, roles, policies, messages, kpis, person."""
    key: Any
    """An order's, purchase's, ticket's, customer's, variant's or person's id; a file's stem."""
    text: str
    detail: str = ""


def find(shop: Shop, text: str, now: datetime) -> list[Found]:
    """What fits these letters, at most four of each kind."""
    bare = " ".join(text.split())[:100]
    if len(bare) < LEAST and not bare.lstrip("#").isdigit():
        return []
    kinds: tuple[Callable[[], Iterator[Found]], ...] = (
        lambda: _orders(shop.db, bare),
        lambda: _purchases(shop.db, bare),
        lambda: _tickets(shop.db, bare),
        lambda: _customers(shop.db, bare),
        lambda: _products(shop.db, bare),
        lambda: _files(shop, bare.lower(), now),
        lambda: _people(shop, bare.lower(), now),
    )
    return [found for kind in kinds for found in kind()]


def _like(text: str) -> str:
    """The text as it stands inside a pattern, with `!` before what would mean something there."""
    return re.sub(r"([%_!])", r"!\1", text)


def _orders(db: sqlite3.Connection, bare: str) -> Iterator[Found]:
    number = bare.lstrip("#")
    rows = db.execute(
        """select o.id, o.number, o.currency, o.total_cents, o.financial_status, o.cancelled_at, k.ship_name, k.email
           from orders o left join order_contacts k on k.order_id = o.id
           where o.id in (
             select id from orders where number >= ?1 and number < ?1 || '~'
             union select id from orders where number >= '#' || ?1 and number < '#' || ?1 || '~'
             union select order_id from parcels where tracking = ?1)
           order by o.number not in (?1, '#' || ?1), length(o.number), o.placed_at desc limit ?2""",
        [number, OF_EACH],
    ).fetchall()
    for r in rows:
        state = "cancelled" if r["cancelled_at"] else (r["financial_status"] or "").replace("_", " ")
        parts = [r["ship_name"] or r["email"], format_money(r["total_cents"], r["currency"]), state]
        yield Found("order", r["id"], r["number"], ", ".join(p for p in parts if p))


def _purchases(db: sqlite3.Connection, bare: str) -> Iterator[Found]:
    """Orders to suppliers by their number, once enough of it stands there to mean one."""
    rows = db.execute(
        """select o.id, o.number, o.status, s.name from purchase_orders o join suppliers s on s.id = o.supplier_id
           where length(?1) >= 4 and o.number like '%' || ?1 || '%' escape '!'
           order by o.number <> ?2 collate nocase, o.id desc limit ?3""",
        [_like(bare), bare, OF_EACH],
    ).fetchall()
    for r in rows:
        yield Found("purchase", r["id"], r["number"], f"{r['name']}, {r['status']}")


def _tickets(db: sqlite3.Connection, bare: str) -> Iterator[Found]:
    number = bare[1:] if bare[:1] in "tT#" else bare
    rows = db.execute(
        """select id, subject, status, from_email, from_name from tickets
           where id = ?1 or subject like '%' || ?2 || '%' escape '!' or from_email like ?2 || '%' escape '!'
             or from_name like ?2 || '%' escape '!'
           order by id <> ?1, status = 'closed', opened_at desc limit ?3""",
        [int(number) if number.isdigit() and len(number) < 16 else 0, _like(bare), OF_EACH],
    ).fetchall()
    for r in rows:
        who = r["from_name"] or r["from_email"] or ""
        yield Found("ticket", r["id"], f"T{r['id']} {shortened(r['subject'])}", f"{who}, {r['status']}".lstrip(", "))


def _customers(db: sqlite3.Connection, bare: str) -> Iterator[Found]:
    phone = (phone_key(bare) or "").lstrip("+0")  # 0664 at home is +43 664 in the export
    digits = phone if re.fullmatch(r"[\d\s+()/.-]+", bare) and len(phone) >= LEAST_DIGITS else ""
    rows = db.execute(
        """select c.id, c.name, c.email, c.phone, (select count(*) from orders o where o.customer_id = c.id) as orders
           from customers c
           where c.name like ?1 || '%' escape '!' or c.name like '% ' || ?1 || '%' escape '!'
             or c.email like ?1 || '%' escape '!'
             or (?2 <> '' and c.id in (select customer_id from customer_keys
                                       where kind = 'phone' and key like '%' || ?2 || '%'))
           order by c.name not like ?1 || '%' escape '!', c.name, c.id limit ?3""",
        [_like(bare), digits, OF_EACH],
    ).fetchall()
    for r in rows:
        count = f"{r['orders']} order{'' if r['orders'] == 1 else 's'}"
        parts = [r["email"] if r["name"] else r["phone"], count]
        yield Found("customer", r["id"], r["name"] or r["email"] or "unknown", ", ".join(p for p in parts if p))


def _products(db: sqlite3.Connection, bare: str) -> Iterator[Found]:
    rows = db.execute(
        """select v.id, v.sku, v.title, p.title as product from variants v left join products p on p.id = v.product_id
           where v.sku like ?1 || '%' escape '!' or v.barcode = ?2 or p.title like '%' || ?1 || '%' escape '!'
             or v.title like '%' || ?1 || '%' escape '!'
           order by v.sku <> ?2 collate nocase, v.sku limit ?3""",
        [_like(bare), bare, OF_EACH],
    ).fetchall()
    for r in rows:
        names = [n for n in (r["product"], r["title"]) if n and n != "Default Title"]
        yield Found("product", r["id"], r["sku"] or "no SKU", ", ".join(dict.fromkeys(names)))


def _files(shop: Shop, bare: str, now: datetime) -> Iterator[Found]:
    if "@" in bare:
        return  # somebody's address: its parts are no words of the playbook
    book = in_force(shop, now)
    words = bare.split()
    hits = index_of(book).search(bare, OF_EACH)
    yield from (Found("procedures", h.stem, h.title, f"procedure, {h.where}" if h.where else "procedure") for h in hits)
    sorts = {"roles": "role", "policies": "limits", "kpis": "figure"}
    found = [
        Found(kind, stem, record.title, what)
        for kind, what in sorts.items()
        for stem, record in getattr(book, kind).items()
        if all(w in f"{record.title} {stem}".lower() for w in words)
    ]
    yield from sorted(found, key=lambda f: (not f.text.lower().startswith(bare), list(sorts).index(f.kind)))[:OF_EACH]


_INDEXES: dict[int, tuple[Playbook, Index]] = {}
"""The newest playbook made ready; kept with it, so that its number names no other."""


def index_of(book: Playbook) -> Index:
    """The search over a playbook, made once for each."""
    kept = _INDEXES.get(id(book))
    if kept is None:
        _INDEXES.clear()
        kept = _INDEXES[id(book)] = (book, Index(book))
    return kept[1]


def _people(shop: Shop, bare: str, now: datetime) -> Iterator[Found]:
    today = shop.today(now)
    fit = [p for p in people(shop.db, today) if any(w.startswith(bare) for w in _words_of(p.name, p.email))]
    for p in fit[:OF_EACH]:
        roles = ", ".join(r.replace("-", " ") for r in roles_of(shop.db, p.id, today))
        yield Found("person", p.id, p.name, roles)


def _words_of(name: str, email: str) -> list[str]:
    lower = name.lower()
    return [lower, email.lower(), *lower.split()]
