"""Upkeep: the night's backup, a restore checked each week, what is stale, and telling by e-mail."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.store import iso, write
from ecomos.upkeep import check_a_restore, nightly_backup, stale_channels, tell_stale
from ecomos.work import Shop, mark_seen, pass_time, queue_of, start, take, tell_by_mail

LATE = """
## Pack it

- **Role:** packer
- **Record:** weight (number, kg)
- **Within:** 1 working hour
- **If late:** tell operations-lead
- **End:** packed
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path / "shop", book(pack=procedure(LATE)))


def test_one_backup_a_night_after_two_and_fourteen_are_kept(shop: Shop) -> None:
    assert nightly_backup(shop, NOW.replace(hour=1)) is None
    made = nightly_backup(shop, NOW)
    assert made is not None
    assert "nightly-2026-11-24.db" == made.name
    assert nightly_backup(shop, NOW) is None
    for n in range(1, 17):
        nightly_backup(shop, NOW + timedelta(days=n))
    kept = sorted(p.name for p in made.parent.glob("nightly-*.db"))
    assert (14, "nightly-2026-11-27.db", "nightly-2026-12-10.db") == (len(kept), kept[0], kept[-1])


def test_a_backup_that_cannot_be_written_is_the_founders_task_once(shop: Shop) -> None:
    fred = hire(shop, "Fred", "founder")
    (shop.home.path / "backups" / "nightly-2026-11-24.db.part").mkdir()
    assert nightly_backup(shop, NOW) is None
    assert nightly_backup(shop, NOW) is None
    assert ["The night's backup could not be written"] == [i.title for i in queue_of(shop, fred, NOW)]


def test_the_newest_backup_is_restored_apart_and_examined_each_week(shop: Shop) -> None:
    assert check_a_restore(shop, NOW) is None, "there is none yet"
    nightly_backup(shop, NOW)
    assert check_a_restore(shop, NOW) is True
    assert check_a_restore(shop, NOW + timedelta(days=6)) is None
    assert check_a_restore(shop, NOW + timedelta(days=8)) is True


def test_a_backup_that_rotted_is_the_founders_task(shop: Shop) -> None:
    fred = hire(shop, "Fred", "founder")
    made = nightly_backup(shop, NOW)
    assert made is not None
    db = sqlite3.connect(made)
    db.execute("drop trigger events_stay")
    db.execute("insert into events values (1, 'a', 'a', 'x', 'x', 'x', 1, '{}', null, null, 0, '', 'wrong')")
    db.commit()
    db.close()
    assert check_a_restore(shop, NOW) is False
    (item,) = queue_of(shop, fred, NOW)
    assert "A backup can't be restored" == item.title
    assert "was changed after it was written" in item.why


def imported(shop: Shop, at: str) -> None:
    with write(shop.db):
        shop.db.execute(
            "insert into channels(id, name, platform) values (1, 'shopify', 'shopify') on conflict do nothing"
        )
        shop.db.execute(
            "insert into imports(path, sha256, kind, channel_id, imported_at)"
            " values ('x', 'x', 'shopify-orders', 1, ?)",
            [at],
        )


def test_a_channel_is_stale_after_a_working_day_and_leaves_the_list_when_it_is_fresh(shop: Shop) -> None:
    olga = hire(shop, "Olga", "operations-lead")
    imported(shop, iso(NOW - timedelta(hours=20)))
    assert [] == stale_channels(shop, NOW)
    later = NOW + timedelta(days=1)
    assert 1 == tell_stale(shop, later)
    assert 0 == tell_stale(shop, later), "told once"
    titles = [i.title for i in queue_of(shop, olga, later) if i.role == "operations-lead"]
    assert ["No new orders file of shopify since Mon 23 Nov, 13:30"] == titles
    assert ["data.stale"] == [r["kind"] for r in shop.db.execute("select kind from events")]
    imported(shop, iso(later))
    tell_stale(shop, later)
    assert [] == [i for i in queue_of(shop, olga, later) if i.role == "operations-lead"]


def test_a_friday_evening_file_is_fresh_on_monday_morning(shop: Shop) -> None:
    imported(shop, "2026-11-20T16:00:00Z")
    assert [] == stale_channels(shop, NOW - timedelta(days=1))


def late(shop: Shop) -> None:
    start(shop, "pack", ("order", order(shop)), NOW)
    pass_time(shop, NOW + timedelta(hours=1, minutes=5))


def mails(shop: Shop) -> list[tuple[str, str]]:
    return [tuple(r) for r in shop.db.execute("select recipient, subject from outbox order by id")]


def test_who_has_no_page_open_is_told_by_mail_in_one_digest(shop: Shop) -> None:
    hire(shop, "Ben", "packer")
    hire(shop, "Olga", "operations-lead")
    late(shop)
    now = NOW + timedelta(hours=1, minutes=6)
    assert 1 == tell_by_mail(shop, now)
    assert 0 == tell_by_mail(shop, now)
    assert [("olga@shop.example", "One thing is late in Test shop")] == mails(shop)
    body = shop.db.execute("select body from outbox").fetchone()[0]
    assert "#1001: Pack it, packer, due Tue 24 Nov, 10:30" in body


def test_who_has_a_page_open_is_not_mailed(shop: Shop) -> None:
    hire(shop, "Ben", "packer")
    olga = hire(shop, "Olga", "operations-lead")
    mark_seen(shop, olga)
    late(shop)
    assert 0 == tell_by_mail(shop, NOW + timedelta(hours=2))


def test_one_digest_in_a_quarter_of_an_hour(shop: Shop) -> None:
    hire(shop, "Ben", "packer")
    hire(shop, "Olga", "operations-lead")
    late(shop)
    now = NOW + timedelta(hours=1, minutes=6)
    tell_by_mail(shop, now)
    start(shop, "pack", ("order", order(shop, "#1002")), NOW)
    pass_time(shop, now)
    assert 0 == tell_by_mail(shop, now + timedelta(minutes=5))
    assert 1 == tell_by_mail(shop, now + timedelta(minutes=16))


def test_nobody_is_told_of_their_own_lateness(shop: Shop) -> None:
    olga = hire(shop, "Olga", "operations-lead", "packer")
    late(shop)
    take(shop, 1, olga, NOW)
    assert 0 == tell_by_mail(shop, NOW + timedelta(hours=2))


def test_a_beat_of_the_heartbeat_does_the_upkeep(shop: Shop) -> None:
    from ecomos.heartbeat import tick

    hire(shop, "Ben", "packer")
    hire(shop, "Olga", "operations-lead")
    start(shop, "pack", ("order", order(shop)), NOW)
    tick(shop, NOW + timedelta(hours=1, minutes=5))
    assert (shop.home.path / "backups" / "nightly-2026-11-24.db").is_file()
    assert [("olga@shop.example", "One thing is late in Test shop")] == mails(shop)
