"""Files as they lie about: half copied, cut, packed, hostile; the inbox that takes them in."""

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ecomos.errors import WrongUsage
from ecomos.intake import import_file, scan_inbox
from ecomos.store import events, examine, open_file
from tests.exports import NEXT_DAY, NOW, Desk, line, make_desk, order, write_csv

GOOD = write_csv([order(), line("#2001", "Tray")])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def drop(desk: Desk, text: str | bytes, name: str = "orders.csv", age: float = 60) -> Path:
    path = desk.home.path / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def inbox(desk: Desk) -> list[str]:
    folder = desk.home.path / "inbox"
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir() or p.is_symlink())


# The inbox ------------------------------------------------------------------------------------------------------------


def test_a_settled_file_is_read_and_moved(desk: Desk) -> None:
    drop(desk, GOOD)
    (account,) = scan_inbox(desk.home, desk.db, NOW)
    assert (account.status, account.rows_new) == ("loaded", 2)
    assert inbox(desk) == ["read/orders.csv"]


def test_a_file_still_being_copied_is_left(desk: Desk) -> None:
    drop(desk, GOOD[:200], age=3)
    drop(desk, GOOD, "orders.csv.part")
    assert scan_inbox(desk.home, desk.db, NOW) == []
    assert inbox(desk) == ["orders.csv", "orders.csv.part"]


def test_the_folder_names_the_channel(desk: Desk) -> None:
    drop(desk, GOOD, "outlet/orders.csv")
    (account,) = scan_inbox(desk.home, desk.db, NOW)
    assert account.channel == "outlet"
    assert inbox(desk) == ["read/orders.csv"]


def test_a_refused_file_is_moved_with_its_problems_beside(desk: Desk) -> None:
    drop(desk, "a,b\n1,2\n", "what.csv")
    (account,) = scan_inbox(desk.home, desk.db, NOW)
    assert account.status == "refused"
    assert inbox(desk) == ["refused/what.csv", "refused/what.csv.problems.txt"]
    told = (desk.home.path / "inbox" / "refused" / "what.csv.problems.txt").read_text()
    assert told == (
        "what.csv: refused, nothing was loaded.\nwhat.csv was not recognised by its header (a, b). Known files: "
        "a Shopify orders export; a Shopify products export; a Shopify inventory export; UCI Online Retail; "
        "a list of suppliers; a list of purchase orders; a list of receipts; "
        "another tool's suggestions; a Google Ads campaign report; a Meta ads report.\n"
    )
    assert desk.all("select kind, about_id from events") == [("data.rejected", account.import_id)]


def test_a_file_with_rejected_rows_is_read_and_has_its_problems_beside(desk: Desk) -> None:
    drop(desk, write_csv([order(), order(name="#2002", id="1", total="x")]))
    scan_inbox(desk.home, desk.db, NOW)
    assert inbox(desk) == ["read/orders.csv", "read/orders.csv.problems.txt"]


def test_a_file_that_asks_waits_in_refused_with_its_choices(desk: Desk) -> None:
    drop(desk, write_csv([order(created_at="03/04/2026", paid_at="")]))
    scan_inbox(desk.home, desk.db, NOW)
    assert "--read date=dmy" in (desk.home.path / "inbox" / "refused" / "orders.csv.problems.txt").read_text()
    assert desk.all("select kind from events") == [("data.rejected",)]


def test_a_file_that_was_loaded_but_not_moved_is_only_moved(desk: Desk) -> None:
    desk.load(GOOD)
    drop(desk, GOOD)
    (account,) = scan_inbox(desk.home, desk.db, NOW)
    assert (account.status, account.rows_new) == ("already", 0)
    assert inbox(desk) == ["read/orders.csv"]
    assert desk.one("select count(*) from imports") == 1


def test_a_name_that_is_taken_is_counted_up(desk: Desk) -> None:
    for title in ("Tray", "Bowl"):
        drop(desk, write_csv([order(), line("#2001", title)]))
        scan_inbox(desk.home, desk.db, NOW)
    assert inbox(desk) == ["read/orders-2.csv", "read/orders.csv"]


def test_two_scanners_at_once_do_no_harm(desk: Desk) -> None:
    for number in range(8):
        drop(desk, write_csv([order(name=f"#{number}", id=str(number + 1))]), f"{number}.csv")
    found: list[str] = []

    def scan() -> None:
        db = open_file(desk.home.db_path)
        found.extend(a.status for a in scan_inbox(desk.home, db, NOW))
        db.close()

    scanners = [threading.Thread(target=scan) for _ in range(3)]
    for scanner in scanners:
        scanner.start()
    for scanner in scanners:
        scanner.join()
    assert found.count("loaded") == 8
    assert desk.one("select count(*) from orders") == 8
    assert inbox(desk) == [f"read/{n}.csv" for n in range(8)]
    assert events.verify(desk.db) == []


SCAN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ecomos.intake import import_file, scan_inbox
from ecomos.store import open_file, read_home
home = read_home(Path(sys.argv[1]))
db = open_file(home.db_path)
print("go", flush=True)
scan_inbox(home, db, datetime(2026, 11, 25, 9, tzinfo=UTC))
"""


@pytest.mark.slow
def test_killed_at_any_moment_an_import_is_whole_or_not_there(desk: Desk) -> None:
    """Ten times: a process that takes in 1,500 new orders is killed; what is left is all or nothing, and goes on."""
    desk.load(GOOD)
    fresh = "2026-11-25 08:00:00 +0100"
    rows = [order(name=f"#{n}", id=str(n), created_at=fresh, paid_at=fresh) for n in range(3000, 4500)]
    for attempt in range(10):
        drop(desk, write_csv([*rows, order(name="#1", id="1", tags=str(attempt))]))
        child = subprocess.Popen([sys.executable, "-c", SCAN, str(desk.home.path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.05 * attempt)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert desk.one("select count(*) from orders") in (1, 1502)
        assert desk.one("select count(*) from events") in (0, 3000)
    scan_inbox(desk.home, desk.db, NEXT_DAY)
    assert desk.one("select count(*) from orders") == 1502
    assert desk.one("select count(*) from (select 1 from events group by kind, about_id having count(*) > 1)") == 0
    assert examine(desk.db) == []
    assert all(name.startswith("read/") for name in inbox(desk))


# Cut, packed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        (GOOD.encode()[:-30], "is cut: its last row"),
        (write_csv([order(notes="two\nlines")]).encode().split(b"lines")[0], "is cut"),
        (gzip.compress(GOOD.encode() * 50)[:-20], "the end of the gz file is missing"),
        (b"\x1f\x8bnonsense", "damaged gz file"),
        (GOOD.encode("utf-16")[:-1], "cut in the middle of a character"),
        (b"", "is empty"),
        (b"PK\x03\x04rest", "save it as CSV"),
    ],
)
def test_a_truncated_or_foreign_file_is_refused_whole(desk: Desk, cut: bytes, told: str) -> None:
    account = desk.load(cut)
    assert account.status == "refused"
    assert told in account.problems[0].message
    assert desk.one("select count(*) from orders") == 0
    assert desk.all("select status from imports") == [("refused",)]
    assert desk.all("select kind from events") == [("data.rejected",)]


def test_a_quotation_mark_never_closed_is_refused_whole(desk: Desk) -> None:
    account = desk.load(GOOD + GOOD.splitlines()[1].replace("Ida Adler", '"Ida Adler', 1) + "\n")
    assert (account.status, "never closed" in account.problems[0].message) == ("refused", True)
    assert desk.one("select count(*) from orders") == 0


def test_a_packed_file_is_read_like_a_plain_one(desk: Desk) -> None:
    assert desk.load(gzip.compress(GOOD.encode()), name="orders.csv.gz").rows_new == 2


def test_a_row_with_too_many_cells_is_rejected_with_its_line(desk: Desk) -> None:
    account = desk.load(
        write_csv([order(notes="a\nb"), order(name="#2", id="2")]) + "#3,a,b\n" + GOOD.splitlines()[1] + "\n"
    )
    assert [r[0] for r in account.rejects] == [5]
    assert account.rejects[0][1].startswith("has 3 cells, the header has")


def test_a_last_line_without_a_line_break_is_loaded_and_noted(desk: Desk) -> None:
    account = desk.load(GOOD.rstrip("\n"))
    assert account.status == "loaded"
    assert "The file does not end with a line break; every row has all its cells." in account.lines()


# Recognised by its header, wrong usage -------------------------------------------------------------------


def test_a_file_is_recognised_by_its_header_and_never_by_its_name(desk: Desk) -> None:
    assert desk.load(GOOD, name="uci_products.txt").kind == "shopify-orders"


def test_a_file_that_lacks_a_needed_column_says_which(desk: Desk) -> None:
    account = desk.load(GOOD.replace("Created at", "Made", 1))
    assert account.problems[0].message == (
        "orders.csv looks like a Shopify orders export, but these columns are missing: Created at."
    )


def test_what_nobody_knows_is_wrong_usage_with_the_nearest_name(desk: Desk) -> None:
    with pytest.raises(WrongUsage, match="did you mean “shopify-orders”"):
        desk.load(GOOD, kind="shopify-order")
    with pytest.raises(WrongUsage, match="did you mean “date”"):
        desk.load(GOOD, readings={"dat": "dmy"})
    with pytest.raises(WrongUsage, match="known are ymd, dmy, mdy"):
        desk.load(GOOD, readings={"date": "yyyy"})


def test_a_channel_of_another_platform_is_refused(desk: Desk) -> None:
    desk.load(GOOD)
    account = desk.load("Invoice,StockCode,Description,Quantity,InvoiceDate,Price\n1,A,B,1,2026-01-01 10:00:00,1.0\n",
                        channel="shopify")  # fmt: skip
    assert account.problems[0].message == "orders.csv is UCI Online Retail, but the channel shopify is of shopify."


def test_progress_is_told_in_bytes(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    desk.load(GOOD, progress=lambda done, size: told.append((done, size)))
    assert told[-1] == (len(GOOD), len(GOOD))


# Hostile --------------------------------------------------------------------------------------------------------------


def test_formulas_html_and_sql_are_kept_as_text_and_never_run(desk: Desk) -> None:
    bad = '=HYPERLINK("http://x","y")'
    html = "<script>alert(1)</script>"
    rows = [order(shipping_name=html, lineitem_name=bad, lineitem_sku="'; drop table orders; --", notes="@SUM(1)")]
    account = desk.load(write_csv(rows))
    assert account.status == "loaded"
    assert desk.all("select title, sku from order_lines") == [(bad, "; drop table orders; --")]
    assert desk.one("select ship_name from order_contacts") == html


def test_a_bomb_of_300_mb_is_answered_in_words(desk: Desk) -> None:
    bomb = desk.folder / "bomb.csv.gz"
    with gzip.open(bomb, "wb") as file:
        for _ in range(300):
            file.write(b"0" * (1 << 20))
    started = time.perf_counter()
    account = import_file(desk.home, desk.db, bomb, NOW)
    assert account.status == "refused"
    assert "expands to more than 5" in account.problems[0].message
    assert time.perf_counter() - started < 5


def test_a_cell_without_end_is_answered_in_words(desk: Desk) -> None:
    account = desk.load(GOOD + "#3," + "x" * (5 << 20) + "\n")
    assert account.status == "refused"
    assert "line 4" in account.problems[0].message


def test_names_that_walk_the_path_stay_where_they_are(desk: Desk) -> None:
    account = desk.load(write_csv([order(name="../../etc/passwd")]), channel="../../tmp")
    assert account.status == "refused"
    assert "is no name for a channel" in account.problems[0].message
    assert desk.load(write_csv([order(name="../../etc/passwd")]), NEXT_DAY).status == "loaded"


def test_a_link_in_the_inbox_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(GOOD)
    link = desk.home.path / "inbox" / "orders.csv"
    link.symlink_to(secret)
    (account,) = scan_inbox(desk.home, desk.db, NOW, settle_seconds=0)
    assert account.problems[0].message == "orders.csv is a link, not a file: it was not followed."
    assert secret.exists()
    assert inbox(desk) == ["refused/orders.csv", "refused/orders.csv.problems.txt"]


def test_reading_an_export_costs_nothing_of_the_playbook() -> None:
    """The half a second of a file loaded before, and the import's own limit, hold only while intake stays lean."""
    code = "import ecomos.intake, sys; print([m for m in ('rule_engine', 'jinja2', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
