"""ecomos: the operating system of an online store, in one folder of plain files and one SQLite file."""

__version__ = "0.1.0"
