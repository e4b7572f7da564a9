"""A small store with a report in force, a month of orders, and a fresh import; notebooks of its own for odd cases."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from shops import NOW, hire, make_shop, order
from work_playbook import book

from ecomos.store import iso, read_home, set_setting, tell_live, write
from ecomos.work import Shop

FIGURES = """---
when: every day at 07:00
owner: founder
to: founder, operations-lead
fresh: 26 hours
catch up: latest
on failure: operations-lead
notebook: daily
---

# The day in figures

What the last complete day brought.
"""
NET_SALES = """---
unit: money
better: up
owner: founder
target: 100
benchmark: own choice
---

# Net sales

What was sold.

```sql
select placed_on as day_on, channel_id, 'order' as ref_type, id as ref_id, total_cents as numerator,
  null as denominator
from orders where kind = 'sale'
```
"""


def report_file(**changed: str) -> str:
    """The report's file with some of its front matter changed; empty leaves a line out."""
    front, _, body = FIGURES.removeprefix("---\n").partition("---\n")
    lines = dict(line.split(": ", 1) for line in front.splitlines())
    lines |= {key.replace("_", " "): value for key, value in changed.items()}
    return "---\n" + "".join(f"{k}: {v}\n" for k, v in lines.items() if v) + "---\n" + body


def report_shop(path: Path, report: str = FIGURES, playbook: Mapping[str, str] | None = None) -> Shop:
    """The store: Fiona the founder, Olga the operations lead, two orders a day for four weeks and an odd Monday."""
    shop = make_shop(path, {**book(), "reports/figures.md": report, **(playbook or {"kpis/net-sales.md": NET_SALES})})
    hire(shop, "Fiona", "founder")
    hire(shop, "Olga", "operations-lead")
    for n in range(70):
        placed = date(2026, 11, 23) - timedelta(days=n)
        for m in range(3 if n == 0 else 2):
            key = order(shop, f"#{1000 + 10 * n + m}", total=5000 + 10 * ((n * 7 + m) % 5))
            with write(shop.db):
                shop.db.execute(
                    "update orders set placed_on = ?, placed_at = ? where id = ?",
                    [str(placed), f"{placed}T10:00:00Z", key],
                )
    imported(shop, NOW - timedelta(hours=3))
    return shop


def imported(shop: Shop, at: datetime) -> None:
    """An import that was loaded then."""
    with write(shop.db):
        shop.db.execute(
            """insert into imports(path, sha256, kind, channel_id, imported_at, status)
               values ('orders.csv', ?, 'shopify orders', 1, ?, 'loaded')""",
            [iso(at), iso(at)],
        )


def notebook(shop: Shop, name: str, *cells: str, parameters: str = 'on = ""') -> None:
    """A notebook of the store's own."""
    made = [_cell(0, parameters, ["parameters"]), *(_cell(n, c, []) for n, c in enumerate(cells, 1))]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (shop.home.path / "notebooks").mkdir(exist_ok=True)
    (shop.home.path / "notebooks" / f"{name}.ipynb").write_text(json.dumps(whole))


def _cell(number: int, source: str, tags: list[str]) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "metadata": {"tags": tags},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def with_mail(shop: Shop, port: int) -> Shop:
    """The same store, told live, with a mail server."""
    toml = shop.home.path / "ecomos.toml"
    with toml.open("a") as file:
        file.write(f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsender = "shop@example.com"\n')
    home = tell_live(read_home(shop.home.path), True)
    with write(shop.db):
        set_setting(shop.db, "live_on", home.fingerprint)
    return Shop(home, shop.db)
