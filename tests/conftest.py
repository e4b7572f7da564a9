"""What every test may ask for: the real data beside the repo, a browser, a fresh store."""

import os
import shutil
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
collect_ignore = ["oracle_stockpyl.py"]  # runs in an environment of its own
ON_CI = os.environ.get("CI") == "true"


def missing(what: str) -> None:
    """A test that can't run: a skip that says so on a laptop, a failure in CI."""
    if ON_CI:
        pytest.fail(f"{what} is missing, and CI=true")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data made by others."""
    path = Path(os.environ.get("ECOMOS_TEST_DATA", REPO.parent / "shared" / "data"))
    if not path.is_dir():
        missing(f"the test data at {path}")
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        missing("chromium")
    return str(found)


LONGEST_FIRST = (
    "test_month_of",
    "test_month",
    "test_newcomer",
    "test_way_browser",
    "test_demo",
    "test_today_browser",
    "test_shell_browser",
    "test_lab",
)
"""Files that take a minute and more: begun first, so that no processor waits for the last of them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; within a file the order stays."""
    items.sort(key=lambda item: not item.path.stem.startswith(LONGEST_FIRST))
