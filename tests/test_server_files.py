"""Attachments of tickets over plain HTTP: a download for who may see tickets, and nothing else of the home."""

import doctest
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from browser import Served, served
from mails import dropped, mail
from wire import Line

from ecomos.intake import scan_inbox
from ecomos.people import add_person
from ecomos.server import attachments
from ecomos.store import make_home, open_file, read_home

STARTER = Path(__file__).parent.parent / "ecomos" / "starter"
WORD = "green-parcel-42"
EVIL = b"<html><script>alert(document.cookie)</script></html>"
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@dataclass
class Shop:
    """A served store with one mail in it."""

    server: Served
    home: Path
    links: dict[str, str]
    """The address of each attachment, by the name it has."""

    def sue(self) -> Line:
        line = Line(self.server.port)
        assert line.log_in("sue@shop.example", WORD).status == 302
        return line


def with_files() -> EmailMessage:
    """A customer's mail with what a browser would run."""
    content = mail(body="the vase is broken")
    content.add_attachment(EVIL, maintype="text", subtype="html", filename="../../bill.html")
    content.add_attachment(PICTURE, maintype="image", subtype="svg+xml", filename='ä"\r\nX-Evil: 1; .svg')
    return content


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    path = tmp_path_factory.mktemp("files") / "shop"
    given = {"name": "Kerze & Co", "currency": "EUR", "time_zone": "UTC", "go_live": date(2026, 11, 1)}
    make_home(path, STARTER, **given)  # type: ignore[arg-type]
    db, now = open_file(path / "store.db", create=True), datetime(2026, 11, 24, 9, tzinfo=UTC)
    add_person(db, "Sue", "sue@shop.example", ["support-agent"], WORD, datetime.now(UTC))
    dropped(path, with_files())
    assert [a.status for a in scan_inbox(read_home(path), db, now)] == ["loaded"]
    rows = db.execute("select * from ticket_files").fetchall()
    with served(path) as server:
        yield Shop(server, path, {r["name"]: f"/files/{r['message_id']}/{r['file']}" for r in rows})


def test_an_attachment_is_a_download_whatever_it_is(shop: Shop) -> None:
    answer = shop.sue().send("GET", shop.links["bill.html"])
    assert (answer.status, answer.body) == (200, EVIL.decode())
    assert answer.header("Content-Type") == "application/octet-stream"
    assert answer.header("Content-Disposition") == "attachment; filename=\"bill.html\"; filename*=UTF-8''bill.html"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert "sandbox" in answer.header("Content-Security-Policy")
    assert "no-store" in answer.header("Cache-Control")


def test_a_name_that_would_end_the_header_is_only_a_name(shop: Shop) -> None:
    (name,) = [n for n in shop.links if n.endswith(".svg")]
    answer = shop.sue().send("GET", shop.links[name])
    assert answer.header("X-Evil") == ""
    header = answer.header("Content-Disposition")
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    assert "\n" not in header


def test_a_stranger_is_sent_to_the_log_in_page(shop: Shop) -> None:
    answer = Line(shop.server.port).send("GET", shop.links["bill.html"])
    assert (answer.status, answer.header("Location").split("?")[0]) == (302, "/login")
    assert "alert" not in answer.body


def test_another_site_can_not_ask_for_it(shop: Shop) -> None:
    assert shop.sue().send("GET", shop.links["bill.html"], headers={"Origin": "http://evil.example"}).status == 403


def test_nothing_else_of_the_home_is_given_out(shop: Shop) -> None:
    line, good = shop.sue(), shop.links["bill.html"]
    message, name = good.split("/")[2:]
    (shop.home / "files" / f"{'a' * 32}.bin").write_text("nobody's")
    (shop.home / "files" / f"{'b' * 32}.bin").symlink_to(shop.home / "ecomos.toml")
    wanted = [
        f"/files/{int(message) + 1}/{name}",
        f"/files/0{message}/{name}",
        f"/files/{message}/{'a' * 32}.bin",
        f"/files/{message}/{'b' * 32}.bin",
        f"/files/{message}/../../ecomos.toml",
        f"/files/{message}/%2e%2e%2f%2e%2e%2fecomos.toml",
        f"/files/{message}/..%5c..%5cstore.db",
        f"/files/{message}/{name}/",
        f"/files/{message}/{name}%00.html",
        f"/files/{message}/{name.upper()}",
        f"/files/{name}",
        "/files/",
        "/files/store.db",
        f"/files/-1/{name}",
        f"/files/99999999999999999999/{name}",
    ]
    assert {path: line.send("GET", path).status for path in wanted} == dict.fromkeys(wanted, 404)


def test_a_file_that_is_a_link_now_is_not_followed(shop: Shop) -> None:
    (name,) = [n for n in shop.links if n.endswith(".svg")]
    path = shop.home / "files" / shop.links[name].rsplit("/", 1)[-1]
    kept = path.read_bytes()
    path.unlink()
    path.symlink_to(shop.home / "ecomos.toml")
    try:
        assert shop.sue().send("GET", shop.links[name]).status == 404
    finally:
        path.unlink()
        path.write_bytes(kept)


def test_it_is_only_read(shop: Shop) -> None:
    line = shop.sue()
    line.send("GET", "/login")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = line.send(method, shop.links["bill.html"], {"_xsrf": line.xsrf})
        assert answer.status in (403, 405), method


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(attachments).failed == 0
