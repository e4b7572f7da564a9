"""How each KPI card stands: its newest day, this week, this month, a year ago, and who acts where it is outside its
range. What the scoreboard shows, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ecomos.kpis import Figure, figure, newest_complete_day
from ecomos.playbook.records import Kpi
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["Standing", "cards_in_force", "newest_day", "standing", "standings"]


@dataclass(frozen=True)
class Standing:
    """One card over four spans of days."""

    card: Kpi
    figures: Mapping[str, Figure]
    """day (the newest), week and month (up to that day), year (the same days of the month a year ago)."""
    outside_since: date | None
    """The day since which it is outside its range; None where it is not."""
    whose: str
    """Who has it, where it is outside; else empty."""

    @property
    def words(self) -> tuple[str, str]:
        """Its state in words, and how it is coloured: in range, outside with who has it, or without a range."""
        if self.outside_since:
            return f"outside since {self.outside_since.day} {self.outside_since:%b}, with {self.whose}", "late"
        if self.figures["day"].value is None:
            return "no figure", "plain"
        return ("in range", "fine") if self.card.range else ("no range set", "plain")


def newest_day(shop: Shop, now: datetime) -> date:
    """The newest complete day that has figures, else yesterday."""
    today = shop.today(now)
    return newest_complete_day(shop.db, today) or today - timedelta(days=1)


def cards_in_force(shop: Shop, now: datetime) -> dict[str, Kpi]:
    """The cards by their stem, as their titles are ordered."""
    return dict(sorted(in_force(shop, now).kpis.items(), key=lambda item: item[1].title))


def standings(shop: Shop, now: datetime) -> list[Standing]:
    """Every card in force, those outside their range first."""
    found = [standing(shop, card, now) for card in cards_in_force(shop, now).values()]
    return sorted(found, key=lambda s: s.outside_since is None)


def standing(shop: Shop, card: Kpi, now: datetime) -> Standing:
    """One card, by the figures that were last brought up to date."""
    last = newest_day(shop, now)
    monday, first = last - timedelta(days=last.weekday()), last.replace(day=1)
    spans = {"day": (last, last), "week": (monday, last), "month": (first, last)}
    spans["year"] = _year_ago(first), _year_ago(last)
    since = _outside_since(shop, card)
    values = {name: figure(shop.db, card, *span) for name, span in spans.items()}
    return Standing(card, values, since, _whose(shop, card) if since else "")


def _outside_since(shop: Shop, card: Kpi) -> date | None:
    row = shop.db.execute(
        "select day_on from signals where kpi = ? and rule = 'outside' and healthy_at is null", [card.stem]
    ).fetchone()
    return date.fromisoformat(row["day_on"]) if row else None


def _whose(shop: Shop, card: Kpi) -> str:
    row = shop.db.execute(
        """select t.role, p.name from runs r join tasks t on t.run_id = r.id
           left join people p on p.id = t.person_id
           where r.about_type = 'kpi' and r.about_id = ? and t.status in ('open', 'taken') limit 1""",
        [card.stem],
    ).fetchone()
    if row is None:
        return card.owner.replace("-", " ")
    return str(row["name"] or f"the {row['role'].replace('-', ' ')}")


def _year_ago(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
