"""JupyterLab by HTTP: founders come in, everybody else is refused everywhere, nobody walks out of the notebooks."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from browser import Served
from lab_shop import Caller, email_of, lab, small_demo
from shops import make_shop
from tornado.web import create_signed_value

from ecomos.cli import main
from ecomos.demo import TEAM
from ecomos.people import people
from ecomos.reports.notebooks import SHIPPED, find_notebook
from ecomos.server.identity import Desk, cookie_secret
from ecomos.server.lab import lab_environment
from ecomos.server.lab_notebooks import lay_out
from ecomos.store import now_in, open_file, read_home, write

CLOSED = (
    ("GET", "/lab"),
    ("GET", "/lab/tree/explore_sales.ipynb"),
    ("GET", "/doc/tree/explore_sales.ipynb"),
    ("GET", "/files/explore_sales.ipynb"),
    ("GET", "/nbconvert/html/explore_sales.ipynb"),
    ("GET", "/api/contents"),
    ("GET", "/api/contents/explore_sales.ipynb"),
    ("PUT", "/api/contents/mine.ipynb"),
    ("POST", "/api/contents"),
    ("DELETE", "/api/contents/explore_sales.ipynb"),
    ("GET", "/api/kernels"),
    ("POST", "/api/kernels"),
    ("POST", "/api/sessions"),
    ("GET", "/api/sessions"),
    ("GET", "/api/kernelspecs"),
    ("GET", "/api/status"),
    ("GET", "/api/me"),
    ("GET", "/lab/api/settings/"),
    ("GET", "/lab/api/workspaces/default"),
    ("GET", "/lab/api/translations/"),
    ("GET", "/lab/api/extensions"),
    ("POST", "/api/shutdown"),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_demo(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Served]:
    with lab(home) as found:
        yield found


@pytest.fixture(scope="module")
def founder(server: Served) -> Caller:
    found = Caller(server.port)
    assert (302, "/") == found.log_in(email_of("founder"))
    return found


def test_it_says_where_it_is_and_what_to_do(server: Served, home: Path) -> None:
    said = server.log.read_text()
    assert f"http://127.0.0.1:{server.port}/\n" in said
    assert str(home / "notebooks") in said
    assert "Founders log in with the e-mail and password of the pages." in said
    assert "token" not in said


def test_it_listens_on_this_machine_only(server: Served) -> None:
    own = psutil.Process(server.process.pid)
    found = [c.laddr for p in (own, *own.children(recursive=True)) for c in p.net_connections() if c.status == "LISTEN"]
    assert {"127.0.0.1"} == {a.ip for a in found}


def test_nobody_comes_in_without_a_log_in(server: Served) -> None:
    nobody = Caller(server.port)
    assert (302, "/login?next=%2Flab") == nobody.ask("GET", "/lab")
    status, page = nobody.ask("GET", "/login")
    assert (200, True) == (status, "JupyterLab, for founders" in page)
    for method, path in CLOSED:
        status, text = nobody.ask(method, path)
        assert status == 403 or text.startswith("/login?next="), (method, path, status)
    assert nobody.upgrade("/api/events/subscribe") in (302, 403)


def test_no_token_in_an_address_opens_anything(server: Served) -> None:
    for token in ("guess", "", "None"):
        nobody = Caller(server.port)
        assert nobody.ask("GET", f"/api/contents?token={token}")[0] == 403
        assert nobody.ask("GET", "/api/contents", headers={"Authorization": f"token {token}"})[0] == 403


def test_a_founder_sees_the_notebooks(founder: Caller) -> None:
    assert founder.ask("GET", "/lab")[0] == 200
    status, found = founder.json("GET", "/api/contents")
    assert status == 200
    assert {"explore_sales.ipynb", "reports", "what_if.ipynb"} == {entry["name"] for entry in found["content"]}


def test_a_picker_is_told_so_and_gets_no_cookie(server: Served) -> None:
    picker = Caller(server.port)
    status, page = picker.log_in(email_of("picker"))
    assert (403, True) == (status, "JupyterLab is for founders" in page)
    assert not [name for name in picker.cookies if name.startswith("ecomos")]


def signed(home: Path, port: int, role: str, cookie: str = "ecomos-lab-{port}") -> Caller:
    """Somebody with a cookie that the server itself would have signed."""
    at, db = read_home(home), open_file(home / "store.db")
    name = next(name for name, _, roles in TEAM if role in roles)
    desk = Desk(db, at.zone, lambda: now_in(at, db), home / ".server")
    found = next(p for p in people(db, desk.today) if p.name == name)
    cookie = cookie.format(port=port)
    value = create_signed_value(cookie_secret(home), cookie, desk.new_session(found))
    caller = Caller(port, {cookie: value.decode()})
    caller.ask("GET", "/logout")
    return caller


@pytest.mark.parametrize("role", ["picker", "support-agent", "operations-lead"])
def test_whoever_is_no_founder_is_refused_everywhere_even_with_a_good_cookie(
    server: Served, home: Path, founder: Caller, role: str
) -> None:
    _, kernel = founder.json("POST", "/api/kernels", name="python3")
    other = signed(home, server.port, role)
    try:
        kernels = f"/api/kernels/{kernel['id']}"
        more = (("GET", kernels), ("DELETE", kernels), ("POST", f"{kernels}/interrupt"), ("POST", f"{kernels}/restart"))
        for method, path in (*CLOSED, *more):
            assert other.ask(method, path)[0] == 403, (method, path)
        assert other.upgrade(f"{kernels}/channels") == 403
        assert other.upgrade("/api/events/subscribe") == 403
        page = other.ask("GET", "/lab")[1]
        assert "JupyterLab is for founders" in page
        assert "Log in as somebody else" in page
        assert founder.upgrade(f"{kernels}/channels") == 101
        assert founder.json("GET", kernels)[0] == 200
    finally:
        founder.ask("DELETE", kernels)


def test_there_are_no_terminals_for_anybody(server: Served, founder: Caller) -> None:
    for method, path in (("GET", "/api/terminals"), ("POST", "/api/terminals"), ("GET", "/terminals/1")):
        assert founder.ask(method, path)[0] in (404, 405), path
        assert Caller(server.port).ask(method, path)[0] in (302, 403, 404, 405), path
    assert founder.upgrade("/terminals/websocket/1") == 404


def test_a_cookie_of_the_pages_is_none_of_ours(server: Served, home: Path) -> None:
    other = signed(home, server.port, "founder", cookie="ecomos-{port}")
    assert (302, "/login?next=%2Flab") == other.ask("GET", "/lab")
    again = signed(home, server.port, "founder")
    assert again.ask("GET", "/lab")[0] == 200


def test_no_founder_any_more_no_longer_in(server: Served, home: Path) -> None:
    found = signed(home, server.port, "founder")
    db = open_file(home / "store.db")
    kept = db.execute("select rowid, * from person_roles where role = 'founder'").fetchone()
    try:
        with write(db):
            db.execute("update person_roles set role = 'picker' where role = 'founder'")
        assert found.ask("GET", "/lab")[0] == 403
        assert found.json("GET", "/api/contents")[0] == 403
    finally:
        with write(db):
            db.execute("update person_roles set role = 'founder' where person_id = ?", [kept["person_id"]])
    assert found.ask("GET", "/lab")[0] == 200


def test_a_line_to_a_kernel_is_cut_when_the_founder_logs_out(server: Served, founder: Caller, home: Path) -> None:
    _, kernel = founder.json("POST", "/api/kernels", name="python3")
    leaver = signed(home, server.port, "founder")
    cookies = "; ".join(f"{k}={v}" for k, v in leaver.cookies.items())
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
            line.sendall(
                f"GET /api/kernels/{kernel['id']}/channels HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                f"Origin: http://127.0.0.1:{server.port}\r\nCookie: {cookies}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            assert line.recv(4096).startswith(b"HTTP/1.1 101")
            assert (302, "/login") == leaver.ask("POST", "/logout")
            assert _is_cut(line)
        assert (302, "/login?next=%2Flab") == leaver.ask("GET", "/lab")
    finally:
        founder.ask("DELETE", f"/api/kernels/{kernel['id']}")


def _is_cut(line: socket.socket) -> bool:
    """Does the other side say that it closes, after what it still had to send?"""
    line.settimeout(10)
    while got := line.recv(65536):
        if b"logged out" in got:
            return True
    return False


def test_wrong_passwords_are_slowed_down_as_on_the_pages(server: Served) -> None:
    guesser = Caller(server.port)
    found = [guesser.log_in("guessed@shop.example", f"guess {n}")[0] for n in range(6)]
    assert [401] * 5 + [429] == found


def test_nobody_walks_out_of_the_notebooks(founder: Caller, home: Path) -> None:
    for path in ("../store.db", "%2e%2e/store.db", "..%2fstore.db", "reports/../../ecomos.toml", "%2fetc%2fpasswd"):
        for front in ("/api/contents/", "/files/", "/nbconvert/html/", "/lab/tree/"):
            status, text = founder.ask("GET", f"{front}{path}")
            assert not [word for word in ("SQLite format", "time_zone", "root:") if word in text], (front, path)
            assert status != 200 or front == "/lab/tree/", (front, path)
    for hidden in (".server/cookie-secret", "../.server/cookie-secret"):
        assert founder.ask("GET", f"/api/contents/{hidden}")[0] in (400, 404)
    made = founder.json("PUT", "/api/contents/..%2foutside.txt", type="file", format="text", content="x")[0]
    assert made >= 400
    assert not (home / "outside.txt").exists()


def test_another_site_can_do_nothing_in_a_founders_name(founder: Caller) -> None:
    foreign = {"Origin": "http://evil.example", "Content-Type": "application/json"}
    assert founder.ask("POST", "/api/kernels", "{}", foreign)[0] in (403, 404)
    without = Caller(founder.port, {k: v for k, v in founder.cookies.items() if k != "_xsrf"})
    assert without.ask("POST", "/api/kernels", "{}")[0] == 403
    assert founder.ask("GET", "/lab", headers={"Host": "evil.example"})[0] == 403


def test_a_kernel_knows_the_store_and_no_secret(home: Path) -> None:
    outside = {"ECOMOS_MAIL_PASSWORD": "x", "JUPYTER_TOKEN": "y", "JUPYTER_CONFIG_DIR": "/elsewhere", "PATH": "/bin"}
    found = lab_environment(outside, read_home(home))
    assert (str(home.resolve()), "/bin") == (found["ECOMOS_STORE"], found["PATH"])
    assert not {"ECOMOS_MAIL_PASSWORD", "JUPYTER_TOKEN"} & set(found)
    assert found["JUPYTER_CONFIG_DIR"].startswith(str(home.resolve() / ".server"))


# ---- the notebooks in the home


def test_what_the_founder_changed_is_never_overwritten_and_what_is_missing_comes_back(tmp_path: Path) -> None:
    home = make_shop(tmp_path / "shop").home
    folder = lay_out(home, {"daily"})
    mine, theirs = folder / "explore_sales.ipynb", folder / "reports" / "daily.ipynb"
    shipped = theirs.read_text()
    mine.write_text("mine")
    theirs.unlink()
    lay_out(home, {"daily"})
    assert ("mine", shipped) == (mine.read_text(), theirs.read_text())


def test_a_copy_that_nobody_touched_follows_an_update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, newer = make_shop(tmp_path / "shop").home, tmp_path / "newer"
    folder = lay_out(home, {"daily"})
    newer.mkdir()
    (newer / "explore_sales.ipynb").write_text("the next version")
    monkeypatch.setattr("ecomos.server.lab_notebooks.SHIPPED", newer)
    lay_out(home, {"daily"})
    assert (folder / "explore_sales.ipynb").read_text() == "the next version"


def test_laying_out_the_notebooks_changes_no_report(tmp_path: Path) -> None:
    home = make_shop(tmp_path / "shop").home
    lay_out(home, {"daily"})
    assert SHIPPED / "daily.ipynb" == find_notebook(home, "daily")


# ---- the command


def test_a_port_that_is_taken_is_said_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["lab", "--store", str(home), "--port", port]) == 2
    assert f"Port {port} on 127.0.0.1 can't be used; try --port." in capsys.readouterr().err


def test_without_jupyterlab_it_says_how_to_get_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecomos.commands.lab.find_spec", lambda name: None)
    assert main(["lab", "--store", str(home)]) == 1
    assert "pip install 'ecomos[lab]'" in capsys.readouterr().err
