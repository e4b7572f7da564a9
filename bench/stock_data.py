"""Demand of real shops, as arrays: car parts by month, UCI Online Retail by day."""

import csv
import gzip
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np

from bench.pair import DATA

__all__ = ["car_parts", "uci_days", "uci_prices"]

ODD = frozenset({"POST", "DOT", "M", "D", "S", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "B"})
FIRST, DAYS, WARM = date(2010, 12, 1), 374, 180
REVERSED_WITHIN = timedelta(days=14)


def car_parts() -> np.ndarray | None:
    """2,208 parts, a column a month: whole series with three sales in the first 39 months. None without the data."""
    path = DATA / "demand" / "carparts.csv"
    if not path.exists():
        return None
    table = np.genfromtxt(path, delimiter=",", skip_header=1)[:, 1:].T
    whole = table[~np.isnan(table).any(axis=1)]
    return whole[(whole[:, :39] > 0).sum(axis=1) >= 3]


def uci_days(products: int) -> np.ndarray | None:
    """The products that took most in the first 180 days, a column a day: pieces that known customers asked for, without
    what a cancellation undid within 14 days. None without the data."""
    found = _uci()
    return None if found is None else found[0][:products]


def uci_prices(products: int) -> np.ndarray | None:
    """What a piece of each brought in those days."""
    found = _uci()
    return None if found is None else found[1][:products]


@cache
def _uci() -> tuple[np.ndarray, np.ndarray] | None:
    path = DATA / "retail" / "uci-online-retail-2011.csv.gz"
    if not path.exists():
        return None
    sold, undone = [], defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code, pieces, price = row["StockCode"].upper(), int(float(row["Quantity"])), float(row["UnitPrice"])
            if code in ODD or not row["CustomerID"]:
                continue
            at = datetime.fromisoformat(row["InvoiceDate"])
            if row["InvoiceNo"].startswith("C"):
                undone[row["CustomerID"], code, -pieces].append(at)
            elif pieces > 0 and price > 0:
                sold.append((at, row["CustomerID"], code, pieces, price))
    return _tables(_standing(sold, undone))


def _standing(sold: list, undone: dict) -> list:  # type: ignore[type-arg]
    """Without the lines that were undone: each cancellation takes the newest line that it fits."""
    kept = []
    for line in sorted(sold, key=lambda s: s[0], reverse=True):
        at, customer, code, pieces, _price = line
        later = [c for c in undone.get((customer, code, pieces), ()) if at <= c <= at + REVERSED_WITHIN]
        if later:
            undone[customer, code, pieces].remove(later[0])
        else:
            kept.append(line)
    return kept


def _tables(lines: list) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    money, count = defaultdict(float), defaultdict(int)
    for at, _, code, pieces, price in lines:
        if (at.date() - FIRST).days < WARM:
            money[code] += pieces * price
            count[code] += pieces
    codes = sorted(money, key=lambda c: -money[c])
    place = {code: n for n, code in enumerate(codes)}
    days = np.zeros((len(codes), DAYS))
    for at, _, code, pieces, _price in lines:
        if code in place:
            days[place[code], (at.date() - FIRST).days] += pieces
    return days, np.array([money[c] / count[c] for c in codes])
