"""The server, attacked while it really runs: over plain HTTP with any header and over raw kernel websockets. Each test
is one thing that an outsider, or a colleague, must not be able to do."""

import os
import re
import signal
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

import psutil
import pytest
from browser import Served, served
from websockets.exceptions import ConnectionClosed, InvalidStatus
from wire import Channel, Line

from ecomos.people import add_person, leave, set_password, set_roles
from ecomos.server.throttle import LIMITS, WINDOW_SECONDS, Throttle
from ecomos.store import make_home, open_file

TESTS = Path(__file__).parent
STARTER = TESTS.parent / "ecomos" / "starter"
WORD = "green-parcel-42"
TODAY = date.today()  # noqa: DTZ011  the server under test runs on the machine's clock


@dataclass
class Shop:
    """A served store with its people."""

    server: Served
    home: Path
    db: Connection
    people: dict[str, int]

    def line(self, name: str) -> Line:
        """A client that is logged in."""
        found = Line(self.server.port)
        assert found.log_in(f"{name}@shop.example", WORD).status == 302
        return found

    def stranger(self) -> Line:
        return Line(self.server.port)

    def join(self, name: str, *roles: str) -> int:
        return add_person(self.db, name.title(), f"{name}@shop.example", roles, WORD, datetime.now(UTC))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("served") / "shop"
    given = {"name": "Kerze & Co", "currency": "EUR", "time_zone": "UTC", "go_live": date(2026, 11, 1)}
    make_home(home, STARTER, **given)  # type: ignore[arg-type]
    db = open_file(home / "store.db", create=True)
    now = datetime.now(UTC)
    people = {
        name: add_person(db, name.title(), f"{name}@shop.example", roles, WORD, now)
        for name, roles in {"ana": ["picker"], "ben": ["packer"], "olga": ["founder"]}.items()
    }
    outside = {"ECOMOS_PAGES": "shell_pages", "PYTHONPATH": str(TESTS), "ECOMOS_MAIL_PASSWORD": "mail-secret"}
    with served(home, outside) as server:
        yield Shop(server, home, db, people)


@pytest.fixture
def ana(shop: Shop) -> Iterator[tuple[Line, str]]:
    """Ana's client and the kernel of her page."""
    line = shop.line("ana")
    kernel = line.open_page()
    yield line, kernel
    line.end(kernel)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


def kernels_of(server: Served) -> list[psutil.Process]:
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [child for child in children if "ipykernel_launcher" in command(child)]


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


# ---- nobody gets in without a password


@pytest.mark.parametrize("path", ["/", "/?page=orders", "/voila/render/today.ipynb", "/voila/tree", "/tree"])
def test_a_stranger_is_sent_to_the_log_in_page(shop: Shop, path: str) -> None:
    answer = shop.stranger().send("GET", path)
    assert (answer.status, answer.header("Location").split("?")[0]) == (302, "/login")


def test_headers_and_tokens_say_nothing_about_who_somebody_is(shop: Shop) -> None:
    claims = {
        "X-Forwarded-User": "olga",
        "Remote-User": "olga@shop.example",
        "X-Remote-User": "olga",
        "Authorization": "token ",
        "X-Forwarded-Email": "olga@shop.example",
        "JUPYTERHUB_USER": "olga",
    }
    assert shop.stranger().send("GET", "/?token=", headers=claims).status == 302
    line = shop.line("ben")
    kernel = line.open_page()
    answer = line.send("GET", "/", headers=claims)
    assert "<span>Ben</span>" in answer.body
    assert "Olga" not in answer.body
    line.end(kernel)


def test_a_cookie_that_was_tampered_with_opens_nothing(shop: Shop) -> None:
    line = shop.line("ana")
    (name,) = [key for key in line.cookies if key.startswith("ecomos-")]
    value = line.cookies[name]
    for forged in (
        value[:-1] + ("0" if value[-1] != "0" else "1"),
        value.replace("2|", "1|", 1),
        "",
        "eyJwZXJzb24iOjF9",
    ):
        line.cookies[name] = forged
        assert line.send("GET", "/voila/tree").header("Location").startswith("/login"), forged


def test_the_cookie_is_for_http_only_same_site_and_a_week(shop: Shop) -> None:
    line = shop.stranger()
    line.send("GET", "/login")
    answer = line.send("POST", "/login", {"_xsrf": line.xsrf, "email": "ana@shop.example", "password": WORD})
    (cookie,) = [whole for name, whole in answer.cookies().items() if name.startswith("ecomos-")]
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    expires = re.search(r"expires=([^;]+)", cookie)
    assert expires
    until = datetime.strptime(expires[1], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    assert abs(until - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=5)
    assert "secure" not in cookie.lower()
    line = shop.stranger()
    line.send("GET", "/login")
    form = {"_xsrf": line.xsrf, "email": "ana@shop.example", "password": WORD}
    behind_tls = line.send("POST", "/login", form, {"X-Forwarded-Proto": "https"}).cookies()
    assert all("secure" in whole.lower() for name, whole in behind_tls.items() if name.startswith("ecomos-"))


def test_the_secret_that_signs_cookies_is_readable_by_the_server_only(shop: Shop) -> None:
    file = shop.home / ".server" / "cookie-secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert (file.parent / ".gitignore").read_text() == "*\n"
    assert len(file.read_bytes()) == 32


def test_a_wrong_password_and_an_unknown_name_look_the_same(shop: Shop) -> None:
    wrong = shop.stranger().log_in("olga@shop.example", "not-the-password")
    unknown = shop.stranger().log_in("nobody@shop.example", "not-the-password")
    assert (wrong.status, unknown.status) == (401, 401)
    assert "don&#39;t belong together" in wrong.body
    for word in ("olga", "nobody"):
        wrong.body, unknown.body = wrong.body.replace(word, ""), unknown.body.replace(word, "")
    assert re.sub(r'_xsrf" value="[^"]+"', "", wrong.body) == re.sub(r'_xsrf" value="[^"]+"', "", unknown.body)


def test_guessing_is_slowed_down_even_when_the_guess_is_right(shop: Shop) -> None:
    shop.join("greta", "picker")
    line = shop.stranger()
    tries = [line.log_in("greta@shop.example", f"guess-number-{n}").status for n in range(LIMITS["both"])]
    assert tries == [401] * LIMITS["both"]
    answer = line.log_in("greta@shop.example", WORD)
    assert answer.status == 429
    assert "Too many tries" in answer.body
    assert shop.line("ana").send("GET", "/voila/tree").header("Location") == "/"


def test_the_throttle_lets_go_after_a_quarter_of_an_hour() -> None:
    clock = [0.0]
    throttle = Throttle(lambda: clock[0])
    for _ in range(LIMITS["both"]):
        assert throttle.wait("Ana@shop.example", "10.0.0.1") == 0
        throttle.failed("ana@shop.example ", "10.0.0.1")
    assert throttle.wait("ana@shop.example", "10.0.0.1") > WINDOW_SECONDS - 2
    assert throttle.wait("ana@shop.example", "10.0.0.2") == 0
    clock[0] = WINDOW_SECONDS + 1
    assert throttle.wait("ana@shop.example", "10.0.0.1") == 0


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_log_in_page_sends_nobody_elsewhere(shop: Shop, wanted: str) -> None:
    line = shop.stranger()
    line.send("GET", "/login")
    form = {"_xsrf": line.xsrf, "email": "ana@shop.example", "password": WORD, "next": wanted}
    assert line.send("POST", "/login", form).header("Location") == "/"


# ---- nobody acts in another's name


def test_every_post_and_delete_needs_the_xsrf_token(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    assert line.send("POST", "/login", {"email": "ana@shop.example", "password": WORD}).status == 403
    assert line.send("POST", "/logout", {}).status == 403
    assert line.send("POST", f"/voila/api/shutdown/{kernel}", {}).status == 403
    assert line.send("DELETE", f"/api/kernels/{kernel}").status == 403
    assert line.send("GET", f"/api/kernels/{kernel}").status == 200


def test_a_foreign_origin_is_refused_whatever_it_asks(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{shop.server.port + 1}"):
        headers = {"Origin": origin}
        assert line.send("GET", "/?page=orders", headers=headers).status == 403
        assert line.send("POST", "/logout", {"_xsrf": line.xsrf}, headers).status == 403
        assert line.send("GET", f"/api/kernels/{kernel}", headers=headers).status == 403
        with pytest.raises(InvalidStatus) as refused:
            line.channel(kernel, origin=origin)
        assert refused.value.response.status_code == 403
    line.channel(kernel, origin=f"http://127.0.0.1:{shop.server.port}").close()


def test_pages_may_not_be_framed_nor_load_anything_from_elsewhere(shop: Shop) -> None:
    for path in ("/login", "/nothing"):
        policy = shop.stranger().send("GET", path).header("Content-Security-Policy")
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy


# ---- nothing sent by a browser is executed


def test_an_execute_request_of_a_browser_is_dropped_in_both_protocols(
    shop: Shop, ana: tuple[Line, str], tmp_path: Path
) -> None:
    line, kernel = ana
    mark = tmp_path / "executed"
    content = {"code": f"open({str(mark)!r}, 'w').write('x')", "silent": False, "store_history": False}
    channel = line.channel(kernel)
    for kind in ("execute_request", "inspect_request", "complete_request", "debug_request", "input_reply"):
        for name in ("shell", "control"):
            channel.send(kind, content, name)
    channel.send("shutdown_request", {"restart": False}, "control")
    channel.send("interrupt_request", {}, "control")
    assert channel.alive()
    channel.close()
    newer = line.channel(kernel, subprotocols=["v1.kernel.websocket.jupyter.org"])
    assert newer.socket.subprotocol == "v1.kernel.websocket.jupyter.org"
    newer.send_v1("execute_request", content)
    newer.send_v1("execute_request", content, "control")
    newer.close()
    again = line.channel(kernel)
    assert again.alive()
    again.close()
    assert not mark.exists()


def test_the_rest_of_voila_and_jupyter_is_not_there(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    paths = [
        "/voila/render/../../../ecomos.toml",
        "/voila/render/missing.ipynb",
        "/voila/render/today.txt",
        "/voila/files/store.db",
        "/voila/files/today.ipynb",
        "/voila/api/contents/",
        "/voila/api/themes/x",
        "/voila/templates/lab/index.html.j2",
        f"/voila/query/{kernel}",
        f"/voila/execution/{kernel}",
        "/api/contents",
        "/api/kernels",
        f"/api/kernels/{kernel}/restart",
        "/api/sessions",
        "/api/terminals",
        "/api/kernelspecs",
        "/files/store.db",
        "/lab",
        "/nbconvert/html/today.ipynb",
        "/metrics",
        "/static/x/../part.py",
        "/static/x/part.py",
        "/static/x/%2e%2e/%2e%2e/server/app.py",
    ]
    assert {path: line.send("GET", path).status for path in paths} == dict.fromkeys(paths, 404)
    for path in ("/api/kernels", "/api/sessions", f"/api/kernels/{kernel}/restart", f"/api/kernels/{kernel}/interrupt"):
        assert line.send("POST", path, {"_xsrf": line.xsrf}).status == 404
    assert line.send("GET", "/voila/tree").header("Location") == "/"


def test_only_the_servers_own_wish_binds_a_kernel_and_only_once() -> None:
    from ecomos.errors import WrongUsage
    from ecomos.pages import context

    with pytest.raises(WrongUsage, match="Nobody is logged in here"):
        context.current_person()
    context.bind(3, "today", "page=orders", datetime.now(UTC).isoformat())
    try:
        with pytest.raises(WrongUsage, match="belongs to somebody already"):
            context.bind(1, "today", "", datetime.now(UTC).isoformat())
        assert context.current_person() == 3
    finally:
        context._bound = None


# ---- a kernel is its owner's


def test_anothers_kernel_can_be_neither_seen_nor_joined_nor_ended(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    ben = shop.line("ben")
    ben.send("GET", "/login")
    token = {"X-XSRFToken": ben.xsrf}
    assert ben.send("GET", f"/api/kernels/{kernel}").status == 403
    assert ben.send("DELETE", f"/api/kernels/{kernel}", headers=token).status == 403
    assert ben.send("POST", f"/voila/api/shutdown/{kernel}", {"_xsrf": ben.xsrf}).status == 403
    with pytest.raises(InvalidStatus) as refused:
        ben.channel(kernel)
    assert refused.value.response.status_code == 403
    stranger = shop.stranger()
    with pytest.raises(InvalidStatus) as unknown:
        stranger.channel(kernel)
    assert unknown.value.response.status_code == 403
    channel = line.channel(kernel)
    assert channel.alive()
    channel.close()


def test_the_owner_may_end_a_kernel_and_a_closed_page_does(shop: Shop) -> None:
    line = shop.line("ana")
    first, second = line.open_page(), line.open_page()
    before = len(kernels_of(shop.server))
    assert line.send("DELETE", f"/api/kernels/{first}", headers={"X-XSRFToken": line.xsrf}).status == 204
    assert line.end(second).status == 204
    assert line.end(second).status == 204
    assert line.send("GET", f"/api/kernels/{second}").status == 403
    assert within(10, lambda: len(kernels_of(shop.server)) <= before - 1)


def test_the_kernel_in_waiting_belongs_to_nobody_and_nobody_gets_in(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    assert within(20, lambda: len(kernels_of(shop.server)) >= 2)
    names = [re.search(r"kernel-([\w-]+)\.json", command(p)) for p in kernels_of(shop.server)]
    waiting = [found[1] for found in names if found and found[1] != kernel]
    for number in waiting:
        assert line.send("GET", f"/api/kernels/{number}").status == 403
        with pytest.raises(InvalidStatus):
            line.channel(number)


def test_a_kernel_knows_the_store_and_no_secret(shop: Shop, ana: tuple[Line, str]) -> None:
    found = [process.environ() for process in kernels_of(shop.server)]
    assert found
    assert {environment["ECOMOS_STORE"] for environment in found} == {str(shop.home)}
    assert all("mail-secret" not in environment.values() for environment in found)


def test_nobody_can_fill_the_machine_with_kernels(shop: Shop) -> None:
    shop.join("hans", "picker")
    line = shop.line("hans")
    numbers = [line.open_page() for _ in range(10)]
    alive = [number for number in numbers if line.send("GET", f"/api/kernels/{number}").status == 200]
    assert alive == numbers[-8:]
    for number in alive:
        line.end(number)


# ---- who is shut out is out


def shut_out(shop: Shop, name: str, how: Callable[[int], None]) -> None:
    number = shop.join(name, "picker")
    line = shop.line(name)
    kernel = line.open_page()
    channel = line.channel(kernel)
    assert channel.alive()
    how(number)
    assert line.send("GET", "/").header("Location").startswith("/login")
    with pytest.raises(ConnectionClosed):
        channel.until_cut()
    assert channel.socket.close_code == 4403
    assert within(10, lambda: not any(kernel in command(process) for process in kernels_of(shop.server)))


def test_who_leaves_is_out_at_once_with_the_page_that_is_open(shop: Shop) -> None:
    shut_out(shop, "lea", lambda number: leave(shop.db, number, TODAY, datetime.now(UTC)))
    assert shop.stranger().log_in("lea@shop.example", WORD).status == 401


def test_a_new_password_ends_every_session_of_the_old_one(shop: Shop) -> None:
    shut_out(shop, "max", lambda number: set_password(shop.db, number, "another-word-77"))
    assert shop.stranger().log_in("max@shop.example", "another-word-77").status == 302


def test_logging_out_ends_the_page_and_the_cookie_even_a_copy_of_it(shop: Shop) -> None:
    line = shop.line("ana")
    kernel = line.open_page()
    channel = line.channel(kernel)
    copy = Line(shop.server.port, dict(line.cookies))
    elsewhere = shop.line("ana")
    answer = line.send("POST", "/logout", {"_xsrf": line.xsrf})
    assert (answer.status, answer.header("Location")) == (302, "/login")
    assert answer.header("Clear-Site-Data") == '"storage"'
    assert copy.send("GET", "/voila/tree").header("Location").startswith("/login")
    with pytest.raises(ConnectionClosed):
        channel.until_cut()
    assert elsewhere.send("GET", "/voila/tree").header("Location") == "/"


# ---- a forged message reaches only what checks for itself


def test_pages_are_for_their_roles_at_the_address_and_in_a_forged_message(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    answer = line.send("GET", "/?page=money")
    assert answer.status == 403
    assert "Figures" not in answer.body
    assert line.send("GET", "/?page=nothing").status == 404
    channel = line.channel(kernel)
    router = channel.model_of("Router")
    channel.tell(router, {"method": "custom", "content": {"go": {"page": "money", "params": {}}}})
    shown = [m for m in channel.models().values() if m.get("_anywidget_id", "").endswith("Facts")]
    channel.close()
    assert not any("figures" in str(model["title"]) for model in shown)
    assert any(model["title"] == "Nothing here for you" for model in shown)
    olga = shop.line("olga")
    assert olga.send("GET", "/?page=money").status == 200


def deed(channel: Channel, form: str, **said: object) -> dict[str, object]:
    """Send a deed as a forger would, and give the form's state afterwards."""
    channel.tell(form, {"method": "custom", "content": {"deed": "done", "key": "task:1", "checks": [], **said}})
    return dict(channel.models()[form]["step"])


def test_a_forged_deed_is_checked_where_it_is_done(shop: Shop) -> None:
    number = shop.join("ivo", "picker")
    line = shop.line("ivo")
    kernel = line.open_page()
    channel = line.channel(kernel)
    form = channel.model_of("StepForm")
    assert "'weight': '2'" in str(deed(channel, form, answers={"weight": "2", "evil": "x"}).get("told"))
    assert "evil" not in str(deed(channel, form, answers={"weight": "2", "evil": "x"}).get("told"))
    set_roles(shop.db, number, ["buyer"], TODAY)
    assert "'weight': '3'" not in str(deed(channel, form, answers={"weight": "3"}).get("told"))
    assert "'weight': '4'" not in str(deed(channel, form, deed="no-such-deed", answers={"weight": "4"}).get("told"))
    channel.close()
    line.end(kernel)


def test_a_forged_update_cannot_change_what_the_kernel_says(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    channel = line.channel(kernel)
    form, tasks = channel.model_of("StepForm"), channel.model_of("TaskList")
    evil = {"step": {"title": "forged", "prose": "<script>x</script>"}, "_esm": "forged", "empty": "forged"}
    channel.tell(form, {"method": "update", "state": evil, "buffer_paths": []})
    channel.tell(tasks, {"method": "update", "state": {"items": [], "selected": 99}, "buffer_paths": []})
    channel.tell(tasks, {"method": "custom", "content": {"select": 99}})
    after = channel.models()
    assert after[form]["step"]["title"] == "Pack order #1001"
    assert "forged" not in str(after[form])
    assert (len(after[tasks]["items"]), after[tasks]["selected"]) == (5, 1)
    channel.close()


# ---- the server ends cleanly


def test_a_dead_kernel_in_waiting_is_replaced(shop: Shop, ana: tuple[Line, str]) -> None:
    line, kernel = ana
    assert within(20, lambda: len(kernels_of(shop.server)) >= 2)
    for process in kernels_of(shop.server):
        if kernel not in command(process):
            process.send_signal(signal.SIGKILL)
    other = line.open_page()
    channel = line.channel(other)
    assert channel.alive()
    channel.close()
    line.end(other)


def test_a_kernel_that_dies_while_it_is_told_whose_it_is_gives_way_to_another(
    shop: Shop, ana: tuple[Line, str]
) -> None:
    line, kernel = ana
    assert within(20, lambda: len(kernels_of(shop.server)) >= 2)
    waiting = [process for process in kernels_of(shop.server) if kernel not in command(process)]
    for process in waiting:
        process.send_signal(signal.SIGSTOP)  # alive to whoever looks, and silent
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(line.open_page)
        time.sleep(0.3)
        for process in waiting:
            process.send_signal(signal.SIGKILL)
        channel = line.channel(asked.result(30))
    assert channel.alive()
    channel.close()
    line.end(asked.result())


def test_sigterm_leaves_no_kernel_behind_and_a_restart_brings_no_ended_log_in_back(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    given = {"name": "Kerze & Co", "currency": "EUR", "time_zone": "UTC", "go_live": date(2026, 11, 1)}
    make_home(home, STARTER, **given)  # type: ignore[arg-type]
    db = open_file(home / "store.db", create=True)
    add_person(db, "Ana", "ana@shop.example", ["picker"], WORD, datetime.now(UTC))
    with served(home) as server:
        line = Line(server.port)
        line.log_in("ana@shop.example", WORD)
        ended = Line(server.port)
        ended.log_in("ana@shop.example", WORD)
        copy = dict(ended.cookies)
        ended.send("POST", "/logout", {"_xsrf": ended.xsrf})
        line.open_page()
        assert within(20, lambda: len(kernels_of(server)) >= 2)
        children = kernels_of(server)
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.process.wait(20) == 0
    assert within(5, lambda: not any(child.is_running() for child in children))
    with served(home, port=server.port) as again:
        assert line.send("GET", "/voila/tree").header("Location") == "/"
        assert Line(again.port, copy).send("GET", "/voila/tree").header("Location").startswith("/login")


def test_sigterm_while_pages_are_being_opened_and_closed_ends_in_order(tmp_path: Path) -> None:
    """Their kernels are ended from two sides at once; what is gone already is no error."""
    home = tmp_path / "shop"
    given = {"name": "Kerze & Co", "currency": "EUR", "time_zone": "UTC", "go_live": date(2026, 11, 1)}
    make_home(home, STARTER, **given)  # type: ignore[arg-type]
    add_person(
        open_file(home / "store.db", create=True), "Ana", "ana@shop.example", ["picker"], WORD, datetime.now(UTC)
    )
    with served(home) as server:
        line = Line(server.port)
        line.log_in("ana@shop.example", WORD)
        first = line.open_page()
        with ThreadPoolExecutor(2) as pool:
            pool.submit(line.open_page)
            pool.submit(line.end, first)
            time.sleep(0.1)
            children = kernels_of(server)
            os.kill(server.process.pid, signal.SIGTERM)
            assert server.process.wait(20) == 0
    assert within(5, lambda: not any(child.is_running() for child in children))
