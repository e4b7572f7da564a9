"""The KPI cards' machinery: the card's SQL yields one row a fact, `kpi_daily` is its sum, a figure is made from the
parts. Reads any table, writes only its own; never knows what a figure means."""

from ecomos.kpis.breaches import is_outside, look, newest_complete_day
from ecomos.kpis.daily import refresh
from ecomos.kpis.examples import run_example
from ecomos.kpis.figures import Figure, facts_behind, figure, figures, periods
from ecomos.kpis.running import run_card
from ecomos.kpis.signals import Limits, Reading, limits_of, readings

__all__ = [
    "Figure",
    "Limits",
    "Reading",
    "facts_behind",
    "figure",
    "figures",
    "is_outside",
    "limits_of",
    "look",
    "newest_complete_day",
    "periods",
    "readings",
    "refresh",
    "run_card",
    "run_example",
]
