"""Killed with SIGKILL at random moments and run again, the store is as if nothing had happened: row for row."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from exports import NEXT_DAY, make_desk, write_csv
from exports import line as csv_line
from exports import order as csv_order
from killing import contents, copy_home, file_at, killed, run, shop_at
from mailserver import Mailbox, mail_server
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.heartbeat import tick
from ecomos.intake import import_file, scan_inbox
from ecomos.messages.outbox import enqueue, send_due
from ecomos.store import read_home, tell_live, write
from ecomos.work import Shop, finish, pass_time, queue_of, start

SWEPT = timedelta(minutes=11)
"""After that, what was being sent is of unknown fate."""


# ------------------------------------------------------------------------------------------------ import


def export(first: int, count: int, **changed: str) -> str:
    """Orders of two lines each."""
    rows = []
    for n in range(first, first + count):
        email = f"guest{n % 700}@example.com"
        rows.append(csv_order(name=f"#{n}", email=email, id=str(7 * 10**12 + n), **changed))
        rows.append(csv_line(f"#{n}", "Bowl - White"))
    return write_csv(rows)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A store after its first load, and a large export of the next morning beside it."""
    desk = make_desk(tmp_path)
    assert desk.load(export(2001, 5)).is_fine
    desk.db.close()
    text = export(3001, 1200, created_at="2026-11-24 10:00:00 +0100", paid_at="2026-11-24 10:00:05 +0100")
    (tmp_path / "big.csv").write_text(text.replace("2026-11-20 10:00:00", "2026-11-24 10:00:00"))
    return desk.home.path


def take_in(path: Path, file: Path) -> int:
    home, db = file_at(path)
    return import_file(home, db, file, NEXT_DAY).rows_new


def scan(path: Path) -> int:
    home, db = file_at(path)
    return len(scan_inbox(home, db, NEXT_DAY, settle_seconds=0))


@pytest.mark.slow
def test_an_import_killed_at_any_moment_leaves_nothing_or_all_of_it(desk: Path, tmp_path: Path) -> None:
    whole: dict[str, list[tuple]] = {}
    for home in killed(desk, tmp_path, take_in, tmp_path / "big.csv"):
        _, db = file_at(home)
        assert db.execute("select count(*) from orders").fetchone()[0] in (5, 1205)
        db.close()
        take_in(home, tmp_path / "big.csv")
        whole = whole or contents(tmp_path / "undisturbed-1")
        assert whole == contents(home)
    events = Counter((e[4], e[6]) for e in whole["events"])
    assert {1} == set(events.values()), "each fact is told once"
    assert 1200 == sum(kind == "order.placed" for kind, _ in events)


@pytest.mark.slow
def test_a_killed_scan_of_the_inbox_leaves_the_file_to_be_read_or_known_again(desk: Path, tmp_path: Path) -> None:
    os.rename(tmp_path / "big.csv", desk / "inbox" / "big.csv")
    whole: dict[str, list[tuple]] = {}
    for home in killed(desk, tmp_path, scan):
        scan(home)
        whole = whole or contents(tmp_path / "undisturbed-1")
        assert whole == contents(home)
        assert ["big.csv"] == [p.name for p in (home / "inbox" / "read").iterdir()]
        assert ["read"] == [p.name for p in (home / "inbox").iterdir()]


def test_a_refused_file_that_could_not_be_moved_is_told_of_once(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    inbox = desk.home.path / "inbox"
    (inbox / "a.csv").write_text('Name,Email,Financial Status\n#1,"half a li')
    (inbox / "refused").write_text("in the way")
    for _ in range(3):
        with pytest.raises(FileExistsError):
            scan(desk.home.path)
    (inbox / "refused").unlink()
    assert 1 == scan(desk.home.path)
    assert [("data.rejected",)] == desk.all("select kind from events")
    assert [("a.csv", "refused")] == desk.all("select path, status from imports")
    assert ["a.csv", "a.csv.problems.txt"] == sorted(p.name for p in (inbox / "refused").iterdir())
    (inbox / "a.csv").write_text('Name,Email,Financial Status\n#1,"half a li')
    scan(desk.home.path)
    assert 2 == desk.one("select count(*) from events"), "dropped again it is told again"


# ------------------------------------------------------------------------------------------------ finish

FIX = """
## Look

- [ ] The order is the right one
- **Role:** packer
- **Record:** found (one of: all, some missing), note (text)

| If | Then |
|---|---|
| answers.found == "all" and order.total > 10 | [Fix the street](#fix-the-street) |
| otherwise | [Close](#close) |

## Fix the street

- **Role:** packer
- **Record:** street (text)
- **Do:** orders.correct_address address1=answers.street
- **Send:** address-question to customer
- **End:** fixed

## Close

- **End:** closed
"""


def finish_all(path: Path) -> int:
    """Every open task, the oldest first."""
    shop, count = shop_at(path), 0
    (ben,) = shop.db.execute("select id from people").fetchone()
    while row := shop.db.execute("select id, step from tasks where status = 'open' order by id limit 1").fetchone():
        answers = {"found": "all", "note": f"seen {row[0]}"} if row[1] == "look" else {"street": f"Ring {row[0]}"}
        finish(shop, row[0], ben, NOW, answers=answers, checks=[0])
        count += 1
    return count


def test_a_finish_killed_at_any_moment_is_done_or_not_and_never_twice(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book(fix_it=procedure(FIX)))
    hire(shop, "Ben", "packer")
    with write(shop.db):
        for n in range(40):
            start(shop, "fix-it", ("order", order(shop, f"#{n}")), NOW)
    shop.db.close()
    whole: dict[str, list[tuple]] = {}
    for home in killed(tmp_path / "shop", tmp_path, finish_all):
        finish_all(home)
        found = contents(home)
        whole = whole or contents(tmp_path / "undisturbed-1")
        assert whole == found
    assert (80, 40, 40, 40) == tuple(len(found[t]) for t in ("tasks", "decisions", "outbox", "corrections"))
    assert {("order.address_changed", n): 1 for n in range(1, 41)} == Counter((e[4], e[6]) for e in found["events"])


# ------------------------------------------------------------------------------------------------ send


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


def may_send(shop: Shop, box: Mailbox) -> None:
    """The home is live with that mail server; the file is closed, so that it can be copied."""
    with (shop.home.path / "ecomos.toml").open("a") as file:
        file.write(f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\nsender = "shop@example.com"\n')
    tell_live(read_home(shop.home.path), True)
    shop.db.close()


def queue_mail(shop: Shop, order_id: int, to: str) -> None:
    with write(shop.db):
        enqueue(
            shop.db,
            key=to,
            run_id=None,
            message="shipped",
            about=("order", order_id),
            to=to,
            subject="Your order is on its way",
            body="It left today.",
            now=NOW,
        )


def send_all(path: Path) -> int:
    home, db = file_at(path)
    return send_due(home, db, NOW)


def arrived(box: Mailbox) -> Counter[str]:
    """Mails at the server by Message-ID; the server is ready for the next round."""
    found = Counter(str(mail["Message-ID"]) for _, mail in box.mails)
    box.mails.clear()
    return found


def fates(path: Path) -> dict[str, str]:
    _, db = file_at(path)
    rows = db.execute("select message_id, status from outbox").fetchall()
    db.close()
    return {r[0]: r[1] for r in rows}


def test_no_mail_leaves_twice_and_one_of_unknown_fate_is_on_a_persons_list(tmp_path: Path, box: Mailbox) -> None:
    shop = make_shop(tmp_path / "shop", book())
    olga, key = hire(shop, "Olga", "operations-lead"), order(shop)
    for n in range(16):
        queue_mail(shop, key, f"guest{n}@example.com")
    may_send(shop, box)
    box.delay = 0.02
    unknown = in_flight = 0
    for home in killed(tmp_path / "shop", tmp_path, send_all, before=box.mails.clear):
        arrived_first = arrived(box)
        assert {1} >= set(arrived_first.values())
        again = shop_at(home)
        send_due(again.home, again.db, NOW + timedelta(minutes=1))
        send_due(again.home, again.db, NOW + SWEPT)
        pass_time(again, NOW + SWEPT)
        pass_time(again, NOW + SWEPT)
        told = [i for i in queue_of(again, olga, NOW + SWEPT) if i.kind == "mail"]
        again.db.close()
        there, fate = arrived_first + arrived(box), fates(home)
        assert {1} == set(there.values()), "none twice"
        assert {"sent", "unknown"} >= set(fate.values())
        lost = {m for m in fate if m not in there}
        assert {m for m, status in fate.items() if status == "unknown"} >= lost, "none lost in silence"
        assert sum(s == "unknown" for s in fate.values()) == len(told) <= 1
        for item in told:
            assert "the program ended while it was being sent; Message-ID <" in item.why
        unknown += len(told)
        in_flight += len(told) - len(lost)
        assert 16 == len(contents(home)["outbox"]), "the file is whole"
    print(f"{unknown} of unknown fate; {in_flight} of them had reached the server")
    assert in_flight > 0, "no kill fell between the data and the answer"


def test_a_server_that_answers_our_farewell_oddly_does_not_get_the_mail_again(tmp_path: Path, box: Mailbox) -> None:
    async def handle_QUIT(server: object, session: object, envelope: object) -> str:
        return "421 too busy to say goodbye"

    shop = make_shop(tmp_path / "shop", book())
    queue_mail(shop, order(shop), "maria@example.com")
    may_send(shop, box)
    box.handle_QUIT = handle_QUIT  # type: ignore[attr-defined]
    assert 1 == send_all(copy_home(tmp_path / "shop", tmp_path / "live"))
    assert ["sent"] == list(fates(tmp_path / "live").values())
    assert {1} == set(arrived(box).values())


def test_an_address_that_mail_cannot_carry_stops_no_other_mail(tmp_path: Path, box: Mailbox) -> None:
    shop = make_shop(tmp_path / "shop", book())
    key = order(shop)
    for to in ("grüße@example.com", "a@example.com\r\nDATA", "maria@example.com"):
        queue_mail(shop, key, to)
    may_send(shop, box)
    assert 1 == send_all(copy_home(tmp_path / "shop", tmp_path / "live"))
    assert ["failed", "failed", "sent"] == list(fates(tmp_path / "live").values())


# ------------------------------------------------------------------------------------------------ tick

ASK = """
## Ask

- **Send:** address-question to customer

## Wait for the answer

- **Wait for:** order.paid, at most 2 days; remind the customer after 1 day with address-question; else [Call](#call)
- **Role:** support-agent
- **Record:** said (text)
- **End:** answered

## Call

- **Role:** support-agent
- **Record:** said (text)
- **Within:** 1 working hour
- **If late:** tell operations-lead; after 2 working hours hand to operations-lead
- **End:** called
"""
SHIP = """
## Ship it

- **Role:** packer
- **Record:** carrier (one of: DHL, UPS), tracking (text)
- **Do:** orders.ship carrier=answers.carrier tracking=answers.tracking

## Tell somebody

- **Role:** support-agent
- **Record:** said (text, optional)
- **End:** told
"""
LATER = NOW + timedelta(days=3)
MORNING = {"created_at": "2026-11-26 10:00:00 +0100", "paid_at": "2026-11-26 10:00:05 +0100"}


def busy_shop(path: Path, box: Mailbox, each: int) -> Path:
    """A store with `each` of everything due at LATER: events, waits, reminders, late tasks, mail, orders in the inbox;
    and a deed done in the platform that the export shows."""
    shop = make_shop(path, book(ask_them=procedure(ASK, "starts: order.placed\n", "Ask them"), ship_it=procedure(SHIP)))
    ben, _ = hire(shop, "Ben", "packer"), hire(shop, "Sue", "support-agent")
    hire(shop, "Olga", "operations-lead")
    (path / "first.csv").write_text(export(2001, 3))
    import_file(shop.home, shop.db, path / "first.csv", NOW)
    with write(shop.db):
        shop.db.execute("update channels set sends = ?", [json.dumps({"address-question": "ecomos"})])
        for n in range(each):
            start(shop, "ask-them", ("order", order(shop, f"#wait{n}")), NOW)
            start(shop, "ask-them", ("order", order(shop, f"#remind{n}")), NOW + timedelta(days=1, hours=12))
            start(shop, "ask-them", ("order", order(shop, f"#late{n}")), NOW)
        late = [r[0] for r in shop.db.execute("select id from orders where number like '#late%'")]
        for (run_id,) in shop.db.execute(
            f"select id from runs where about_id in ({', '.join('?' * len(late))})", late
        ).fetchall():
            shop.db.execute("update tasks set due_at = ? where run_id = ?", ["2026-11-24T10:00:00Z", run_id])
    pass_time(shop, NOW + timedelta(hours=1))
    shipped = start(shop, "ship-it", ("order", 1), NOW)[0]
    (task,) = shop.db.execute("select id from tasks where run_id = ? and kind = 'step'", [shipped]).fetchone()
    finish(shop, task, ben, NOW, answers={"carrier": "DHL", "tracking": "JD01"})
    with write(shop.db):  # not late: whether it was told before the import shows it would be chance
        shop.db.execute("update tasks set due_at = null where kind = 'hand'")
    done = {"lineitem_fulfillment_status": "fulfilled"}
    first = done | {"fulfillment_status": "fulfilled", "fulfilled_at": "2026-11-26 12:00:00 +0100"}
    rows = [csv_order(name="#2001", email="guest601@example.com", id=str(7 * 10**12 + 2001), **first)]
    rows += [csv_line("#2001", "Bowl - White", **done)]
    rows += [csv_order(name=f"#{n}", id=str(7 * 10**12 + n), **MORNING) for n in range(4001, 4001 + each)]
    (path / "inbox" / "morning.csv").write_text(write_csv(rows))
    os.utime(path / "inbox" / "morning.csv", (0, 0))
    may_send(shop, box)
    return path


def beat(path: Path, minutes: int = 0) -> dict[str, int]:
    return dict(tick(shop_at(path), LATER + timedelta(minutes=minutes)).summary())


def settled(path: Path) -> dict[str, list[tuple]]:
    """What the store holds in the end; what is told of mail, and when figures were last reckoned, stand apart."""
    found = contents(path, "outbox", "settings", "kpi_fresh")
    found["tasks"] = [t for t in found["tasks"] if t[2] != "mail"]
    return found


def test_a_heartbeat_killed_at_any_moment_does_each_thing_once(tmp_path: Path, box: Mailbox) -> None:
    origin = busy_shop(tmp_path / "shop", box, 6)
    whole: dict[str, list[tuple]] = {}
    told = 0
    for home in killed(origin, tmp_path, beat, before=box.mails.clear):
        beat(home)
        beat(home, 11)
        beat(home, 11)
        if not whole:
            beat(tmp_path / "undisturbed-1", 11)
            whole = settled(tmp_path / "undisturbed-1")
        assert whole == settled(home)
        told += the_mail_is_right(home, box)
        assert ["morning.csv"] == [p.name for p in (home / "inbox" / "read").iterdir()]
    print(f"{told} mails of unknown fate")


def test_a_heartbeat_killed_before_each_of_its_commits_in_turn_does_each_thing_once(
    tmp_path: Path, box: Mailbox
) -> None:
    origin = busy_shop(tmp_path / "shop", box, 1)
    assert run(beat, copy_home(origin, tmp_path / "undisturbed"))
    beat(tmp_path / "undisturbed", 11)
    whole = settled(tmp_path / "undisturbed")
    commit = 0
    box.mails.clear()
    while run(beat, copy_home(origin, tmp_path / f"killed-{commit}"), fatal_commit=commit) is None:
        home = tmp_path / f"killed-{commit}"
        beat(home)
        beat(home, 11)
        beat(home, 11)
        assert whole == settled(home), f"killed before commit {commit}"
        the_mail_is_right(home, box)
        commit += 1
    assert ["shown"] == [d[-1] for d in whole["hand_deeds"]]
    assert commit > 15
    print(f"{commit} commits")


def the_mail_is_right(home: Path, box: Mailbox) -> int:
    """None twice, none lost in silence; gives how many are of unknown fate, each on a person's list."""
    there = arrived(box)
    fate = {m: status for m, status in fates(home).items() if status != "withdrawn"}
    assert {1} == set(there.values())
    assert {"sent", "unknown"} >= set(fate.values()), fate
    assert {m for m in fate if m not in there} <= {m for m, status in fate.items() if status == "unknown"}
    _, db = file_at(home)
    listed = db.execute("select count(*) from tasks where kind = 'mail' and status = 'open'").fetchone()[0]
    db.close()
    assert sum(status == "unknown" for status in fate.values()) == listed
    return int(listed)
