"""The demo store: a shop with two years behind it that is made by this program itself, written as the platform's own
exports, imported through the front door, and worked by the engine."""

from ecomos.demo.making import DEMO_PASSWORD, TEAM, Progress, is_demo, make_demo
from ecomos.demo.plan import FULL, SMALL, Plan

__all__ = ["DEMO_PASSWORD", "FULL", "SMALL", "TEAM", "Plan", "Progress", "is_demo", "make_demo"]
