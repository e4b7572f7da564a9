"""ecomos: the operating system of an online store, in one folder of plain files and one SQLite file."""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """`ecomos.open_store` without paying for the whole house at `import ecomos`."""
    if name == "open_store":
        from ecomos.cockpit import open_store

        return open_store
    raise AttributeError(name)
