"""A, B and C by contribution margin, X, Y and Z by how well a week can be foreseen; each change is written with the
reason in words. Needs numpy."""

import sqlite3
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecomos.stock.plan_limits import PlanLimits
from ecomos.stock.things import arrays

__all__ = ["Classes", "classes_of", "write_changes"]

Array = Any


@dataclass(frozen=True)
class Classes:
    """A row a thing."""

    abc: Array
    """A, B, C; empty where a year brought nothing."""
    xyz: Array
    """X, Y, Z; empty where nothing is foreseen."""
    share: Array
    """Of the margin of all, what the thing brought in a year."""
    rank: Array
    """Its place by that, from 1."""
    variation: Array
    """Spread of a week over its mean; not a number where nothing is foreseen."""


def classes_of(margin_year: Array, mean: Array, sd: Array, limits: PlanLimits) -> Classes:
    """By the margin of a year in cents, and by a week's mean and spread."""
    brings = np.maximum(np.where(np.isnan(margin_year), 0.0, margin_year), 0.0)
    order = np.argsort(-brings, kind="stable")
    total = brings.sum()
    share = brings / total if total > 0 else np.zeros(len(brings))
    before = np.zeros(len(brings))
    before[order] = np.cumsum(share[order]) - share[order]
    rank = np.empty(len(brings), np.int64)
    rank[order] = np.arange(1, len(brings) + 1)
    abc = np.where(before < limits.a_up_to - 1e-12, "A", np.where(before < limits.b_up_to - 1e-12, "B", "C"))
    variation = np.divide(sd, mean, out=np.full(len(brings), np.nan), where=mean > 0)
    xyz = np.where(variation <= limits.x_at_most, "X", np.where(variation <= limits.y_at_most, "Y", "Z"))
    return Classes(np.where(brings > 0, abc, ""), np.where(mean > 0, xyz, ""), share, rank, variation)


_STANDING = """
-- One row per thing: its newest classes.
select c.variant_id, c.abc, c.xyz from stock_classes c
where c.day_on = (select max(n.day_on) from stock_classes n where n.variant_id = c.variant_id)"""


def write_changes(db: sqlite3.Connection, ids: Array, classes: Classes, day_on: str) -> int:
    """Write what changed since it was last written, inside the caller's transaction; how many things did."""
    standing = {variant: (abc, xyz) for variant, abc, xyz in arrays(db, _STANDING)}
    rows = []
    for at, variant in enumerate(ids.tolist()):
        now = (str(classes.abc[at]), str(classes.xyz[at]))
        if now != standing.get(variant, ("", "")):
            rows.append((variant, day_on, *now, _because(standing.get(variant), now, classes, at)))
    db.executemany(
        """insert into stock_classes(variant_id, day_on, abc, xyz, because) values (?, ?, ?, ?, ?)
           on conflict(variant_id, day_on) do update set abc = excluded.abc, xyz = excluded.xyz,
             because = excluded.because""",
        rows,
    )
    return len(rows)


def _because(before: tuple[str, str] | None, now: tuple[str, str], classes: Classes, at: int) -> str:
    words = []
    was = before or ("", "")
    if now[0] != was[0]:
        words.append(f"{_move(was[0], now[0])}: {_brings(classes, at)}" if now[0] else "no margin in a year")
    if now[1] != was[1] and now[1]:
        words.append(f"{_move(was[1], now[1])}: a week differs by {classes.variation[at]:.0%} of its mean")
    if now[1] != was[1] and not now[1]:
        words.append("nothing is foreseen to sell")
    return "; ".join(words)


def _move(was: str, now: str) -> str:
    return f"from {was} to {now}" if was else now


def _brings(classes: Classes, at: int) -> str:
    return f"it brings {classes.share[at]:.2%} of the margin of a year, place {classes.rank[at]} of {len(classes.rank)}"
