"""What pages are made of: a handful of widgets with their own small scripts, and two layout functions."""

from ecomos.pages.parts.facts import Facts
from ecomos.pages.parts.part import Part
from ecomos.pages.parts.router import Router

__all__ = ["Facts", "Part", "Router"]
