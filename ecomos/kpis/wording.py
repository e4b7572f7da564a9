"""A figure as people read it: with its unit."""

from ecomos.money import format_money
from ecomos.playbook.records import Kpi

__all__ = ["shown"]


def shown(card: Kpi, value: float | None, currency: str) -> str:
    """A value with its unit, as people read it; a dash where there is none."""
    if value is None:
        return "–"
    if card.unit == "money":
        return format_money(round(value * 100), currency)
    digits = 0 if value == int(value) and card.unit != "per cent" else 1
    word = card.unit.removesuffix("s") if value == 1 else card.unit
    unit = {"per cent": " %", "count": ""}.get(card.unit, f" {word}")
    return f"{value:,.{digits}f}{unit}"
