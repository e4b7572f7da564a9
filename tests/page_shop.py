"""A shop with a team and its pages, driven without a browser: a click is what a browser's message would call."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from shops import NOW, hire, make_shop, order

from ecomos.pages import Context
from ecomos.pages.today import Today
from ecomos.people import person, roles_of
from ecomos.store import iso, open_file, read_home, set_setting, write
from ecomos.work import Shop, adopt_playbook, start

ODD = """---
area: fulfilment
owner: operations-lead
performer: support-agent
about: order
review every: 90 days
kpis: orders-waiting
state: on
---

# Odd

## Look

| If | Then |
|---|---|
| order.risk == "low" | [Close](#close) |
| otherwise | [Close](#close) |

## Close

- **End:** closed
"""
"""A procedure that can't tell its way where an order has no risk level."""


@dataclass
class Desk:
    """One person before the pages."""

    shop: Shop
    who: int
    at: list[datetime]
    gone: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    again: list[Any] = field(default_factory=list)

    def context(self) -> Context:
        return Context(
            home=self.shop.home,
            db=self.shop.db,
            person=person(self.shop.db, self.who),
            roles=frozenset(roles_of(self.shop.db, self.who, self.at[0].date())),
            now=lambda: self.at[0],
            go=lambda page, params: self.gone.append((page, dict(params))),
            on_change=self.again.append,
            on_params=lambda tell: None,
            toast=lambda text, kind="fine": self.toasts.append(text),
            guarded=lambda f: f,
        )

    def today(self, **params: str) -> Today:
        return Today(self.context(), params)


@dataclass
class Team:
    """The shop, its people by name, its clock."""

    shop: Shop
    ids: dict[str, int]
    at: list[datetime]

    def desk(self, name: str) -> Desk:
        return Desk(self.shop, self.ids[name], self.at)

    def order(self, number: str, procedure: str = "process-an-order", **given: Any) -> int:
        """An order, with a procedure started for it."""
        risk = given.pop("risk", "Low")
        key = order(self.shop, number, **given)
        self.shop.db.execute("update orders set risk = ? where id = ?", [risk, key])
        start(self.shop, procedure, ("order", key), self.at[0])
        return key

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(r) for r in self.shop.db.execute(sql, values)]

    def whole(self) -> list[tuple[Any, ...]]:
        """Everything that a refused click must leave as it was."""
        tables = (
            "tasks",
            "runs",
            "task_notes",
            "events",
            "approvals",
            "hand_deeds",
            "outbox",
            "parcels",
            "corrections",
        )
        return [row for table in tables for row in self.rows(f"select '{table}', * from {table} order by 2")]


ROLES = {
    "Fiona": "founder",
    "Olga": "operations-lead",
    "Sue": "support-agent",
    "Sam": "support-agent",
    "Pia": "picker",
    "Ben": "packer",
}


def make_team(path: Path) -> Team:
    """The starter's playbook with one odd procedure, and one person or two for each role."""
    shop = make_shop(path)
    (shop.home.playbook / "procedures" / "odd.md").write_text(ODD, encoding="utf-8")
    _, problems = adopt_playbook(shop, NOW.replace(hour=1), "test")
    assert not problems, problems
    return Team(shop, {name: hire(shop, name, role) for name, role in ROLES.items()}, [NOW])


def copied(team: Team, to: Path) -> Team:
    """The same shop once more, elsewhere."""
    shutil.copytree(team.shop.home.path, to)
    home = read_home(to)
    return Team(Shop(home, open_file(home.db_path)), team.ids, [NOW])


def said(
    page: Any, deed: str, checks: bool = True, note: str = "", asked: Any = None, **answers: Any
) -> dict[str, Any]:
    """What the browser tells: every field of the form, the ticks, the note."""
    step = page.form.step
    fields = {f["name"]: f.get("value") or "" for f in step.get("fields", [])}
    return {
        "deed": deed,
        "answers": fields | answers,
        "checks": [checks] * len(step.get("checks", [])),
        "note": note,
        "asked": asked or {},
    }


def deeds(page: Any) -> list[str]:
    return [b["deed"] for b in page.form.step["buttons"]]


def on_its_own_clock(team: Team, at: datetime) -> Path:
    """The home, whose clock stands at that time until it is served; its file is read anew."""
    file = team.shop.home.path / "ecomos.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('clock = "machine"', 'clock = "demo"'), encoding="utf-8")
    assert read_home(file.parent).clock == "demo"
    with write(team.shop.db):
        set_setting(team.shop.db, "demo clock", json.dumps({"store": iso(at), "real": iso(at)}))
    return file.parent
