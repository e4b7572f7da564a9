"""Who bought: one person is one customer across channels, known by a key (e-mail, else phone, else platform id)."""

import re
import sqlite3

__all__ = ["CustomerIndex", "email_key", "phone_key"]


def email_key(email: str | None) -> str | None:
    """The key of an e-mail address, None where it is none.

    >>> email_key(" Russel.winfield@example.com ")
    'russel.winfield@example.com'
    """
    text = (email or "").strip().lower()
    return text if "@" in text else None


def phone_key(phone: str | None) -> str | None:
    """The key of a phone number: its digits, with 00 and + made one.

    >>> phone_key("+1 613-555-0127"), phone_key("00431234567"), phone_key("n/a")
    ('+16135550127', '+431234567', None)
    """
    text = (phone or "").strip()
    digits = re.sub(r"\D", "", text)
    if len(digits) < 6:
        return None
    if text.startswith("00"):
        return "+" + digits[2:]
    return ("+" if text.startswith("+") else "") + digits


class CustomerIndex:
    """Finds or makes the customer of an order, remembering what it found in this import; new ones are buffered."""

    def __init__(self, db: sqlite3.Connection, channel_id: int) -> None:
        self.db = db
        self.channel_id = channel_id
        self.next_id: int = db.execute("select coalesce(max(id), 0) + 1 from customers").fetchone()[0]
        self.rows: list[tuple[int, str | None, str | None, str | None]] = []
        self.key_rows: list[tuple[int, int, str, str]] = []
        known = db.execute(
            "select key, customer_id from customer_keys where channel_id = ? and kind = 'platform id'", [channel_id]
        )
        self.seen: dict[tuple[str, str], int] = {("platform id", row[0]): row[1] for row in known}

    def resolve(self, email: str | None, phone: str | None, platform_key: str | None, name: str | None) -> int | None:
        """The customer by e-mail, else by phone, else by the platform's id; None where the order names nobody."""
        if email is None and phone is None and ("platform id", platform_key) in self.seen:
            return self.seen["platform id", platform_key or ""]
        keys = [("email", email_key(email)), ("phone", phone_key(phone)), ("platform id", platform_key)]
        given = [(kind, key) for kind, key in keys if key]
        if not given:
            return None
        found = self._find(*given[0])
        if found is None:
            found = self._make(name, email, phone)
        for each in given:
            if self._find(*each) is None:  # a phone that another customer has stays with that one
                self.seen[each] = found
                self.key_rows.append((found, self.channel_id, *each))
        return found

    def _find(self, kind: str, key: str) -> int | None:
        """An e-mail or a phone number is the same person in every channel; a platform's id only in its own."""
        found = self.seen.get((kind, key))
        if found is not None or kind == "platform id":
            return found
        row = self.db.execute(
            "select customer_id from customer_keys where kind = ? and key = ? order by channel_id <> ? limit 1",
            [kind, key, self.channel_id],
        ).fetchone()
        if row is None:
            return None
        self.seen[kind, key] = row[0]
        self.key_rows.append((row[0], self.channel_id, kind, key))
        return int(row[0])

    def _make(self, name: str | None, email: str | None, phone: str | None) -> int:
        found, self.next_id = self.next_id, self.next_id + 1
        self.rows.append((found, name, email_key(email), phone))
        return found

    def flush(self) -> None:
        """Write what is buffered; before any row that names these customers."""
        self.db.executemany("insert into customers(id, name, email, phone) values (?, ?, ?, ?)", self.rows)
        self.db.executemany(
            "insert or ignore into customer_keys(customer_id, channel_id, kind, key) values (?, ?, ?, ?)",
            self.key_rows,
        )
        self.rows.clear()
        self.key_rows.clear()
