"""The outbox against a real SMTP server: once, again after a temporary no, to a person where the fate is unknown."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mailserver import Mailbox, mail_server
from shops import NOW, hire, make_shop, order
from work_playbook import book, procedure

from ecomos.errors import Refused
from ecomos.messages.outbox import enqueue, may_send, send_due
from ecomos.store import Home, read_home, set_setting, tell_live, write
from ecomos.work import Shop, pass_time, queue_of, resend_mail


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox) -> Shop:
    body = "## Look\n\n- **Record:** said (text)\n- **End:** seen\n"
    shop = make_shop(tmp_path / "shop", book(look=procedure(body)))
    toml = shop.home.path / "ecomos.toml"
    with toml.open("a") as file:
        file.write(f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\nsender = "shop@example.com"\n')
    return Shop(live(read_home(shop.home.path), shop), shop.db)


def live(home: Home, shop: Shop) -> Home:
    home = tell_live(home, True)
    with write(shop.db):
        set_setting(shop.db, "live_on", home.fingerprint)
    return home


def queue_mail(shop: Shop, key: str = "k1", to: str = "maria@example.com") -> None:
    with write(shop.db):
        enqueue(
            shop.db,
            key=key,
            run_id=None,
            message="shipped",
            about=("order", 1),
            to=to,
            subject="Your order #1001 is on its way",
            body="Order #1001 left today.\n\n<b>not bold</b>\n\nGrüße, " + "a long line " * 200,
            now=NOW,
        )


def states(shop: Shop) -> list[str]:
    return [r[0] for r in shop.db.execute("select status from outbox order by id")]


def test_a_message_leaves_once_whatever_is_queued_with_its_key(shop: Shop, box: Mailbox) -> None:
    queue_mail(shop)
    queue_mail(shop)
    assert 1 == send_due(shop.home, shop.db, NOW)
    assert 0 == send_due(shop.home, shop.db, NOW)
    ((to, mail),) = box.mails
    assert (["maria@example.com"], "Your order #1001 is on its way") == (to, mail["Subject"])
    text, html = (p.get_payload(decode=True).decode() for p in mail.get_payload())
    assert "<b>not bold</b>" in text
    assert "Grüße, a long line" in text
    assert "&lt;b&gt;not bold&lt;/b&gt;" in html


def test_a_temporary_no_is_tried_again_later_with_the_same_message_id(shop: Shop, box: Mailbox) -> None:
    queue_mail(shop)
    box.answers = ["451 try again"]
    assert 0 == send_due(shop.home, shop.db, NOW)
    assert ["queued"] == states(shop)
    assert 0 == send_due(shop.home, shop.db, NOW), "not before its time"
    assert 1 == send_due(shop.home, shop.db, NOW + timedelta(minutes=2))
    assert 1 == len(box.mails)


def test_a_final_no_is_a_persons_task_with_the_answer(shop: Shop, box: Mailbox) -> None:
    olga = hire(shop, "Olga", "operations-lead")
    order(shop)
    queue_mail(shop)
    box.answers = ["550 no such user"]
    send_due(shop.home, shop.db, NOW)
    pass_time(shop, NOW)
    pass_time(shop, NOW)
    (item,) = queue_of(shop, olga, NOW)
    assert "A message was refused: Your order #1001 is on its way" == item.title
    assert "550 no such user" in item.why


def test_a_server_that_is_not_there_costs_no_mail(shop: Shop, box: Mailbox) -> None:
    queue_mail(shop)
    gone = Shop(read_home(shop.home.path), shop.db)
    text = (shop.home.path / "ecomos.toml").read_text()
    (shop.home.path / "ecomos.toml").write_text(text.replace(f"port = {box.port}", "port = 9"))
    gone = Shop(read_home(shop.home.path), shop.db)
    assert 0 == send_due(gone.home, shop.db, NOW)
    assert ["queued"] == states(shop)
    assert 1 == send_due(shop.home, shop.db, NOW + timedelta(minutes=2))


def test_a_connection_lost_after_the_data_is_of_unknown_fate_and_never_sent_blindly(shop: Shop, box: Mailbox) -> None:
    olga = hire(shop, "Olga", "operations-lead")
    order(shop)
    queue_mail(shop)
    box.answers = ["drop"]
    assert 0 == send_due(shop.home, shop.db, NOW)
    assert ["unknown"] == states(shop)
    send_due(shop.home, shop.db, NOW + timedelta(days=1))
    assert 1 == len(box.mails)
    pass_time(shop, NOW)
    (item,) = queue_of(shop, olga, NOW)
    with pytest.raises(Refused, match="Write what you found"):
        resend_mail(shop, item.task_id, olga, NOW, again=True, why="")
    resend_mail(shop, item.task_id, olga, NOW, again=True, why="the customer says nothing came")
    assert 1 == send_due(shop.home, shop.db, NOW)
    assert 2 == len(box.mails)


def test_what_was_being_sent_when_the_program_died_goes_to_a_person(shop: Shop, box: Mailbox) -> None:
    queue_mail(shop)
    with write(shop.db):
        shop.db.execute("update outbox set status = 'sending', attempts = 1")
    send_due(shop.home, shop.db, NOW + timedelta(minutes=5))
    assert ["sending"] == states(shop)
    send_due(shop.home, shop.db, NOW + timedelta(minutes=11))
    assert ["unknown"] == states(shop)
    assert [] == box.mails


def test_a_copied_moved_or_restored_home_holds_its_outbox(shop: Shop, box: Mailbox, tmp_path: Path) -> None:
    import shutil

    from ecomos.store import back_up, open_file, restore

    queue_mail(shop)
    backup = back_up(shop.db, shop.home.path, NOW)
    shutil.copytree(shop.home.path, tmp_path / "copy")
    copy = read_home(tmp_path / "copy")
    db = open_file(copy.db_path)
    assert "this folder is a copy" in may_send(copy, db)
    assert 0 == send_due(copy, db, NOW)
    restore(shop.home.path, backup, NOW)
    db = open_file(shop.home.db_path)
    assert "“ecomos live on” tells it again" in may_send(shop.home, db)
    assert [] == box.mails


def test_a_new_store_and_a_demo_never_send(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", book())
    assert "the store was not told live (“ecomos live on”)" == may_send(shop.home, shop.db)
    toml = shop.home.path / "ecomos.toml"
    toml.write_text(
        toml.read_text().replace('clock = "machine"', 'clock = "demo"').replace("live = false", "live = true")
    )
    assert "a demo store never sends" == may_send(read_home(shop.home.path), shop.db)
