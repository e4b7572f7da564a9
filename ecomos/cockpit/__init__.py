"""The store as notebooks see it: `ecomos.open_store()` gives one object whose methods return DataFrames; orders,
procedures and KPI cards show themselves in a cell. Reads only."""

from ecomos.cockpit.store import Store, open_store

__all__ = ["Store", "open_store"]
