"""A supplier's terms: what an order must be worth, what freight costs, on which days orders are taken, when nobody is
there. Read for every draft, changed by a buyer on the page; each change keeps what was there before."""

import sqlite3
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from ecomos.errors import Refused, WrongUsage
from ecomos.people import roles_of
from ecomos.store import iso, write
from ecomos.store.home import DAYS

__all__ = [
    "BUYERS",
    "Holiday",
    "Terms",
    "add_holiday",
    "change_terms",
    "holidays_of",
    "must_buy",
    "read_order_days",
    "remove_holiday",
    "supplier_terms",
    "suppliers_list",
    "undo_terms",
]

BUYERS = frozenset({"buyer", "operations-lead", "founder"})
"""Who may draft orders and change terms; how much money they may spend says the authority of their roles."""


@dataclass(frozen=True)
class Terms:
    """One supplier, as it stands."""

    id: int
    name: str
    email: str | None
    phone: str | None
    contact: str | None
    address: str | None
    language: str | None
    """As `de`; None: English."""
    currency: str | None
    """None: the store's."""
    minimum_cents: int | None
    """The least that an order may be worth, in the supplier's currency."""
    freight_cents: int | None
    """Of an order below the step."""
    freight_free_cents: int | None
    """From this value on freight is free."""
    payment_days: int | None
    """Net days after the bill."""
    order_days: str | None
    """As `mon, thu`; None: any working day."""
    lead_time_days: int | None
    """As stated, calendar days."""
    stated_spread: float
    """Of the stated lead time: 0.5 is plus and minus a half."""

    def freight_of(self, value_cents: int) -> int:
        """What freight an order of this value is charged, in the supplier's currency."""
        if self.freight_free_cents is not None and value_cents >= self.freight_free_cents:
            return 0
        return self.freight_cents or 0


@dataclass(frozen=True)
class Holiday:
    """Days on which a supplier takes and sends nothing; both ends included."""

    from_on: date
    to_on: date
    name: str


COLUMNS = tuple(f.name for f in fields(Terms) if f.name != "id")


def must_buy(db: sqlite3.Connection, person_id: int, on: date) -> None:
    """Raises Refused for a person who buys for nobody."""
    if not BUYERS & set(roles_of(db, person_id, on)):
        raise Refused(
            "Buying is for the buyer, the operations lead and the founder. Ask one of them, or raise a request."
        )


def supplier_terms(db: sqlite3.Connection, supplier_id: int) -> Terms:
    """One supplier. Raises Refused where there is none."""
    row = db.execute("select * from suppliers where id = ?", [supplier_id]).fetchone()
    if row is None:
        raise Refused(f"There is no supplier {supplier_id}. The page Suppliers lists them.")
    return Terms(**{f.name: row[f.name] for f in fields(Terms)})


def suppliers_list(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Every supplier by name, with how many things it has, how many orders are open and what is on its way."""
    return db.execute(
        """select s.*, (select count(*) from supplier_items i where i.supplier_id = s.id) as items,
             (select count(*) from purchase_orders o where o.supplier_id = s.id
              and o.status not in ('received', 'closed', 'cancelled')) as open_orders,
             (select coalesce(sum(c.quantity), 0) from coming_lines c where c.supplier_id = s.id) as coming,
             (select max(r.received_on) from receipts r join purchase_orders o on o.id = r.purchase_order_id
              where o.supplier_id = s.id) as last_on
           from suppliers s order by s.name collate nocase"""
    ).fetchall()


def read_order_days(text: str | None) -> frozenset[int]:
    """The weekdays (0 is Monday) of `mon, thu`; all seven for nothing.

    Raises WrongUsage for a word that is no day.

    >>> sorted(read_order_days("Mon, thu"))
    [0, 3]
    """
    words = [w for w in (text or "").lower().replace(";", ",").replace(" ", ",").split(",") if w]
    wrong = [w for w in words if w[:3] not in DAYS]
    if wrong:
        raise WrongUsage(f"“{wrong[0]}” is no weekday. Write order days as in: mon, thu. Leave it empty for any day.")
    return frozenset(DAYS.index(w[:3]) for w in words) or frozenset(range(7))


def change_terms(db: sqlite3.Connection, supplier_id: int, changes: dict[str, Any], person: int, now: datetime) -> int:
    """Write changed terms, each with what was there before; gives how many differ.

    Raises Refused for who may not, or where somebody else changed the same term since; WrongUsage for a value that
    can't be meant. `changes` is column → value, or (value that the person saw, new value).
    """
    must_buy(db, person, now.date())
    with write(db):
        before, count = supplier_terms(db, supplier_id), 0
        for name, said in changes.items():
            if name not in COLUMNS:
                raise WrongUsage(f"A supplier has no “{name}”.")
            was = getattr(before, name)
            seen, value = said if isinstance(said, tuple) else (was, said)
            value = _clean(name, value)
            if value == was:
                continue
            if seen != was:
                raise Refused(f"Somebody changed {_said(name)} of {before.name} to {was} meanwhile. Look again.")
            db.execute(_UPDATE[name], [value, supplier_id])
            _keep_change(db, supplier_id, name, was, value, person, now)
            count += 1
        return count


_UPDATE = {name: f"update suppliers set {name} = ? where id = ?" for name in COLUMNS}


def _said(name: str) -> str:
    return name.replace("_cents", "").replace("_", " ")


def _clean(name: str, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip() or None
    if name == "name" and value is None:
        raise WrongUsage("A supplier has a name.")
    if name == "order_days" and value is not None:
        days = read_order_days(value)
        return None if len(days) == 7 else ", ".join(DAYS[d] for d in sorted(days))
    if name in ("language", "currency") and value is not None:
        value = value.lower() if name == "language" else value.upper()
        if len(value) != (2 if name == "language" else 3) or not value.isalpha():
            raise WrongUsage(f"Write the {name} as in {'de' if name == 'language' else 'EUR'}.")
    if name == "email" and value is not None and "@" not in value.strip("@"):
        raise WrongUsage(f"“{value}” is no e-mail.")
    if isinstance(value, int | float) and value < 0:
        raise WrongUsage(f"{_said(name).capitalize()} is not below 0.")
    return value


def _keep_change(
    db: sqlite3.Connection, supplier_id: int, name: str, was: Any, value: Any, person: int, now: datetime
) -> None:
    db.execute(
        """insert into corrections(ref_type, ref_id, field, value, imported_value, person_id, corrected_at, reason)
           values ('supplier', ?, ?, ?, ?, ?, ?, 'terms')""",
        [supplier_id, name, *(None if x is None else str(x) for x in (value, was)), person, iso(now)],
    )


def undo_terms(db: sqlite3.Connection, supplier_id: int, person: int, now: datetime) -> tuple[str, ...]:
    """Take the last change of terms back; gives the terms that are as before. Raises Refused where there is none, or
    where a term was changed once more since, as by an import."""
    must_buy(db, person, now.date())
    with write(db):
        rows = db.execute(
            """select field, value, imported_value from corrections where ref_type = 'supplier' and ref_id = ?1
                 and corrected_at = (select max(corrected_at) from corrections
                                     where ref_type = 'supplier' and ref_id = ?1) order by id""",
            [supplier_id],
        ).fetchall()
        before = supplier_terms(db, supplier_id)
        if not rows or any(_as_text(getattr(before, r["field"])) != r["value"] for r in rows):
            raise Refused(f"There is no change of {before.name} to take back.")
        changes = {r["field"]: _typed(r["field"], r["imported_value"]) for r in rows}
        change_terms(db, supplier_id, changes, person, now)
        return tuple(_said(name) for name in changes)


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _typed(name: str, text: str | None) -> Any:
    kind = Terms.__annotations__[name]
    if text is None or kind is str or "str" in str(kind):
        return text
    return float(text) if "float" in str(kind) else int(text)


def holidays_of(db: sqlite3.Connection, supplier_id: int) -> list[Holiday]:
    """When a supplier is closed, in order."""
    rows = db.execute("select * from supplier_holidays where supplier_id = ? order by from_on", [supplier_id])
    return [Holiday(date.fromisoformat(r["from_on"]), date.fromisoformat(r["to_on"]), r["name"]) for r in rows]


def add_holiday(db: sqlite3.Connection, supplier_id: int, holiday: Holiday, person: int, now: datetime) -> None:
    """Write down that a supplier is closed. Raises WrongUsage for days in the wrong order or a year and more."""
    must_buy(db, person, now.date())
    if not timedelta(0) <= holiday.to_on - holiday.from_on < timedelta(days=366):
        raise WrongUsage("The last day comes after the first one, within a year.")
    with write(db):
        supplier_terms(db, supplier_id)
        db.execute(
            """insert into supplier_holidays(supplier_id, from_on, to_on, name) values (?, ?, ?, ?)
               on conflict(supplier_id, from_on) do update set to_on = excluded.to_on, name = excluded.name""",
            [supplier_id, holiday.from_on.isoformat(), holiday.to_on.isoformat(), holiday.name.strip() or "closed"],
        )


def remove_holiday(db: sqlite3.Connection, supplier_id: int, from_on: date, person: int, now: datetime) -> None:
    """Take it off again; without effect where it is gone already."""
    must_buy(db, person, now.date())
    with write(db):
        db.execute(
            "delete from supplier_holidays where supplier_id = ? and from_on = ?", [supplier_id, from_on.isoformat()]
        )
