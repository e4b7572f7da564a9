"""A purchase order as a paper: everything that its PDF shows, as plain data in the supplier's language."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from ecomos.money import digits, from_cents
from ecomos.stock.purchases import Purchase, PurchaseLine, purchase
from ecomos.stock.terms import Terms, supplier_terms
from ecomos.store import Home

__all__ = ["purchase_order_data"]

WORDS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "title": "Purchase order",
        "page": "Page",
        "theirs": "Your number:",
        "columns": ["No.", "Thing", "Description", "Pieces", "A piece", "Sum"],
        "date": "Date",
        "needed": "Needed by",
        "place": "Deliver to",
        "payment": "Payment",
        "net": "{} days net",
        "goods": "Goods",
        "freight": "Freight",
        "duty": "Duty",
        "total": "Total without tax",
        "opening": "We order the following.",
        "closing": [
            "Confirm price, pieces and the day of arrival for each line in your reply to our mail. "
            "Name the order number {} on delivery note and bill."
        ],
        "contact": "Attn.",
    },
    "de": {
        "title": "Bestellung",
        "page": "Seite",
        "theirs": "Ihre Nummer:",
        "columns": ["Nr.", "Artikel", "Bezeichnung", "Stück", "Preis je Stück", "Summe"],
        "date": "Datum",
        "needed": "Benötigt bis",
        "place": "Lieferung an",
        "payment": "Zahlung",
        "net": "{} Tage netto",
        "goods": "Waren",
        "freight": "Fracht",
        "duty": "Zoll",
        "total": "Summe ohne Steuer",
        "opening": "Wir bestellen wie folgt.",
        "closing": [
            "Bestätigen Sie Preis, Stückzahl und Liefertag jeder Zeile als Antwort auf unsere E-Mail. "
            "Nennen Sie die Bestellnummer {} auf Lieferschein und Rechnung."
        ],
        "contact": "z. Hd.",
    },
}


def purchase_order_data(db: sqlite3.Connection, home: Home, order_id: int, today: date) -> dict[str, Any]:
    """The paper of an order as it is ordered; German for a supplier who reads German, else English."""
    order = purchase(db, order_id)
    terms = supplier_terms(db, order.supplier_id)
    language = terms.language if terms.language in WORDS else "en"
    words = WORDS[language or "en"]
    return {
        "language": language,
        "number": order.number,
        "day": [today.year, today.month, today.day],
        "store": {"name": home.name, "lines": _store_lines(home)},
        "supplier": {"lines": _supplier_lines(terms, words)},
        "facts": _facts(order, terms, words, today, language or "en"),
        "opening": words["opening"],
        "lines": [_line(x, order.currency, language or "en") for x in order.lines],
        "sums": _sums(order, words, language or "en"),
        "closing": [text.format(order.number) for text in words["closing"]] + ([order.note] if order.note else []),
        "words": {name: words[name] for name in ("title", "page", "theirs", "columns")},
    }


def _store_lines(home: Home) -> list[str]:
    """Name, what `address` in ecomos.toml says, and where answers go."""
    address = home.extra.get("address", ())
    lines = address if isinstance(address, list | tuple) else [address]
    return [home.name, *(str(x) for x in lines if x), *([home.mail.sender] if home.mail else [])]


def _supplier_lines(terms: Terms, words: Mapping[str, Any]) -> list[str]:
    contact = [f"{words['contact']} {terms.contact}"] if terms.contact else []
    return [terms.name, *contact, *(terms.address or "").splitlines(), *([terms.email] if terms.email else [])]


def _facts(order: Purchase, terms: Terms, words: Mapping[str, Any], today: date, language: str) -> list[list[str]]:
    facts = [[words["date"], _day(today, language)]]
    if order.needed_by_on:
        facts.append([words["needed"], _day(date.fromisoformat(order.needed_by_on), language)])
    facts.append([words["place"], order.place])
    if terms.payment_days is not None:
        facts.append([words["payment"], words["net"].format(terms.payment_days)])
    return facts


def _line(line: PurchaseLine, currency: str, language: str) -> dict[str, Any]:
    return {
        "no": line.line_no,
        "sku": line.sku,
        "theirs": line.supplier_sku or "",
        "title": line.title,
        "quantity": str(line.quantity),
        "price": _money(line.unit_cost_cents, currency, language),
        "total": _money(line.quantity * line.unit_cost_cents, currency, language),
    }


def _sums(order: Purchase, words: Mapping[str, Any], language: str) -> list[list[str]]:
    amounts = [("goods", order.goods_cents), ("freight", order.freight_cents), ("duty", order.duty_cents)]
    shown = [(name, cents) for name, cents in amounts if cents]
    rows = shown if len(shown) > 1 else []
    return [
        [words[name], f"{_money(cents, order.currency, language)} {order.currency}"]
        for name, cents in [*rows, ("total", order.total_cents)]
    ]


def _money(cents: int, currency: str, language: str) -> str:
    """As the language writes it: 1,234.50 or 1.234,50."""
    text = f"{from_cents(cents, currency):,.{digits(currency)}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def _day(day: date, language: str) -> str:
    return f"{day:%d.%m.%Y}" if language == "de" else f"{day.day} {day:%B %Y}"
