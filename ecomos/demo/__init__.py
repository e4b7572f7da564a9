"""The demo store: a small shop that is made by this program itself, written as the platform's own export and imported
through the front door. The full demo store with two years behind it comes with a later version."""

from ecomos.demo.making import DEMO_PASSWORD, TEAM, is_demo, make_demo

__all__ = ["DEMO_PASSWORD", "TEAM", "is_demo", "make_demo"]
