"""Barcodes: whether one can be right, the next free one of the house's own range, and how it is drawn on a label."""

import sqlite3

from ecomos.errors import Refused

__all__ = ["barcode_svg", "check_digit", "give_barcodes", "is_barcode"]

OWN_RANGE = "29"
"""EAN numbers that begin with 20 to 29 are free inside a house (GS1, restricted circulation numbers)."""
LENGTHS = (8, 12, 13, 14)


def check_digit(digits: str) -> int:
    """The last digit of a GTIN (GS1 General Specifications, 7.9): weights 3 and 1 from the right, filled up to ten.

    >>> check_digit("629104150021")
    3
    """
    return -sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits))) % 10


def is_barcode(text: str) -> bool:
    """Whether it is a GTIN whose check digit is right, or a code with letters, which has none.

    >>> is_barcode("6291041500213"), is_barcode("6291041500214"), is_barcode("MUG-B")
    (True, False, True)
    """
    if not text.isdecimal():
        return text.isascii() and text.isprintable()
    return len(text) in LENGTHS and check_digit(text[:-1]) == int(text[-1])


def give_barcodes(db: sqlite3.Connection, variant_ids: list[int]) -> dict[int, str]:
    """A number of the house's own range for each of these things that has none, inside the caller's transaction; gives
    those that were given. Raises Refused where none of them lacks one."""
    given = {}
    for variant in variant_ids:
        row = db.execute("select barcode from variants where id = ?", [variant]).fetchone()
        if row is None or row["barcode"]:
            continue
        given[variant] = _next(db)
        db.execute("update variants set barcode = ? where id = ?", [given[variant], variant])
    if not given:
        raise Refused("Each of these has a barcode already.")
    return given


def _next(db: sqlite3.Connection) -> str:
    row = db.execute(
        "select max(barcode) from variants where length(barcode) = 13 and barcode glob ?", [f"{OWN_RANGE}[0-9]*"]
    ).fetchone()
    digits = f"{int(row[0][:12]) + 1 if row[0] else int(OWN_RANGE + '0' * 10) + 1}"
    return f"{digits}{check_digit(digits)}"


def barcode_svg(code: str) -> str:
    """The code as an SVG: EAN-13 where it is one, else Code 128."""
    from io import BytesIO

    import barcode
    from barcode.writer import SVGWriter

    kind = "ean13" if len(code) == 13 and code.isdecimal() and is_barcode(code) else "code128"
    out = BytesIO()
    made = barcode.get(kind, code, writer=SVGWriter())
    made.write(out, options={"write_text": False, "module_height": 10.0, "quiet_zone": 2.0})
    return out.getvalue().decode()
