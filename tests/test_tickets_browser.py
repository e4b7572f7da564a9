"""A customer's mail, by click: dropped into the inbox of a served home it stands on support's Today, is answered there,
and the answer arrives at a real mail server in the customer's thread."""

import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
from browser import chrome, served, visit
from mails import dropped, mail
from mailserver import Mailbox, mail_server
from test_way_browser import PASSWORD, Shop, ecomos, fill, open_task, press, tick_all, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVIL = "<img src=x onerror=alert(1)> Do you sell lamps?"


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, chromium: str, box: Mailbox) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("tickets") / "shop"
    ecomos(
        "init", str(home), "--name", "Snow shop", "--currency", "EUR", "--time-zone", "UTC", "--go-live",
        "2026-01-01", "--founder", "fred@shop.example", "--password-stdin", stdin=PASSWORD + "\n",
    )  # fmt: skip
    ecomos(
        "person", "add", "Sue Park", "--email", "sue@shop.example", "--role", "support-agent", "--password-stdin",
        "--store", str(home), stdin=PASSWORD + "\n",
    )  # fmt: skip
    with (home / "ecomos.toml").open("a") as file:
        file.write(f'\n[mail]\nhost = "127.0.0.1"\nport = {box.port}\nsender = "help@shop.example"\n')
    ecomos("live", "on", "--store", str(home))
    command = [sys.executable, "-m", "ecomos", "serve", "--store", "{home}", "--port", "{port}"]
    with chrome(chromium) as browser, served(home, command=command) as server:
        yield Shop(home, server, box, browser)


def tick(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ecomos", "tick", "--store", str(home)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_mail_is_answered_by_click_and_the_answer_arrives_in_its_thread(shop: Shop, box: Mailbox) -> None:
    with visit(shop.browser, shop.server, "sue@shop.example", PASSWORD) as sue:  # type: ignore[arg-type]
        content = mail(EVIL, "Hello,\n<script>alert(2)</script>the red one?\nMaria")
        content.replace_header("Date", formatdate())
        dropped(shop.home, content)
        begun = time.monotonic()
        tick(shop.home)
        sue.page.get_by_role("button", name="Answer the customer").first.wait_for(timeout=10_000)
        print(f"\non Today {time.monotonic() - begun:.1f} s after the beat began")
        sue.page.get_by_role("link", name="Tickets").click()
        sue.page.get_by_text("Write down what a customer said").wait_for()
        sue.page.locator(".eco-table").get_by_text("waits for us").first.wait_for()
        sue.shot("tickets")
        open_task(sue, "Answer the customer")
        sue.page.get_by_text("<script>alert(2)</script>the red one?").first.wait_for()
        tick_all(sue)
        fill(sue, reply="Hello Maria,\nwe do, in red and blue.\nSue", goes_on="it is answered")
        sue.shot("ticket-answer")
        press(sue, "Done")
        until(lambda: shop.rows("select status from tickets") == [("waiting",)])
        tick(shop.home)
        until(lambda: box.mails)
        sue.page.goto(f"{shop.server.url}/?page=ticket&ticket=1")
        sue.page.get_by_text("we do, in red and blue.").first.wait_for()
        sue.shot("ticket")
        assert sue.strayed == []
        assert sue.errors == []
    ((to, sent),) = box.mails
    assert to == ["maria@example.com"]
    assert sent["In-Reply-To"] == "<m1@mail.example.com>"
    assert sent["References"] == "<m1@mail.example.com>"
    assert "we do, in red and blue." in sent.get_payload()[0].get_payload(decode=True).decode()  # type: ignore[union-attr,index]
