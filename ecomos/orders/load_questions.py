"""What is asked before anything is kept: may this be another shop's file?"""

import sqlite3
from collections.abc import Iterable, Set

from ecomos.orders.load_records import AskFirst
from ecomos.orders.load_setting import Setting

__all__ = ["ask_about_currency", "ask_about_vendors"]


def ask_about_currency(db: sqlite3.Connection, setting: Setting, currencies: Iterable[str]) -> None:
    """A currency that neither the channel nor the home had before asks first."""
    known = {setting.channel.currency, setting.home_currency}
    unknown = [c for c in currencies if c not in known and f"currency={c}" not in setting.accepted]
    if not unknown:
        return
    before = db.execute(
        "select distinct currency from orders where channel_id = ? and first_import_id <> ?",
        [setting.channel.id, setting.import_id],
    )
    unknown = sorted(set(unknown) - {row[0] for row in before})
    if unknown:
        all_of_them = ",".join(unknown)
        raise AskFirst(
            f"The currency {all_of_them} is new to the channel {setting.channel.name}: another shop's file?",
            [(f"it belongs to {setting.channel.name}", f"currency={all_of_them}")],
        )


def ask_about_vendors(db: sqlite3.Connection, setting: Setting, vendors: Set[str]) -> None:
    """A file none of whose orders and vendors the channel knows asks first."""
    if not vendors or "vendors=new" in setting.accepted:
        return
    before = {
        row[0]
        for row in db.execute(
            """select distinct vendor from order_lines l join orders o on o.id = l.order_id
               where o.channel_id = ? and o.first_import_id <> ? and vendor is not null
               union select vendor from products where channel_id = ? and vendor is not null""",
            [setting.channel.id, setting.import_id, setting.channel.id],
        )
    }
    if before and not before & vendors:
        raise AskFirst(
            f"No vendor of this file was seen in the channel {setting.channel.name} before: another shop's file?",
            [(f"it belongs to {setting.channel.name}", "vendors=new")],
        )
