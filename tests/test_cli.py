"""The commands: what they say, where they say it, and how they exit."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecomos.cli import main, make_parser

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ECOMOS_STORE", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert 0 == main(["init", str(tmp_path / "shop"), "--founder", "fred@shop.example"])
    capsys.readouterr()
    return tmp_path / "shop"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    out = capsys.readouterr()
    return code, out.out, out.err


def test_init_takes_defaults_and_prints_the_founders_password_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    code, out, _ = said(capsys, "init", str(tmp_path / "shop"))
    assert 0 == code
    assert "log in as founder@example.com, password " in out
    assert 'currency = "EUR"' in (tmp_path / "shop" / "ecomos.toml").read_text()
    assert (tmp_path / "shop" / "playbook" / "procedures" / "process-an-order.md").is_file()


def test_init_never_touches_a_folder_that_holds_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, _, err = said(capsys, "init", str(tmp_path))
    assert (2, True) == (code, "is not empty" in err)


def test_a_wrong_currency_or_zone_makes_no_half_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--currency", "EURO"], ["--time-zone", "Vienna"], ["--go-live", "soon"]):
        code, _, err = said(capsys, "init", str(tmp_path / "shop"), *words)
        assert 2 == code, err
        assert not (tmp_path / "shop" / "store.db").exists()


def test_without_a_store_the_command_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ECOMOS_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    code, out, err = said(capsys, "queue")
    assert (2, "") == (code, out)
    assert "Give --store DIR or set ECOMOS_STORE" in err


def test_an_import_from_the_command_line_tells_its_account(
    home: Path, capsys: pytest.CaptureFixture[str], shared_data: Path
) -> None:
    file = shared_data / "shopify" / "orders_dev_store_eur.csv"
    code, out, _ = said(capsys, "import", str(file), "--store", str(home))
    assert 0 == code
    assert "19 orders, 40 lines." in out
    code, out, _ = said(capsys, "import", str(file), "--store", str(home), "--json")
    assert ["already"] == [a["status"] for a in json.loads(out)]
    code, out, _ = said(capsys, "adopt", "orders", "--store", str(home))
    assert "order:shopify/1019" in out
    code, out, _ = said(capsys, "adopt", "orders", "1019", "--at", "pick-the-lines", "--store", str(home))
    assert (0, "#1019: adopted\n") == (code, out)
    code, out, _ = said(capsys, "adopt", "orders", "#1011", "--leave", "--store", str(home))
    assert (0, "#1011: left\n") == (code, out)
    code, out, _ = said(capsys, "queue", "picker", "--store", str(home), "--json")
    assert [("Pick the lines", "#1019")] == [(r["what"], r["case"]) for r in json.loads(out)]


def test_a_file_with_rejected_rows_exits_with_one(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "nothing.csv"
    file.write_text("a,b\n1,2\n")
    code, _, err = said(capsys, "import", str(file), "--store", str(home))
    assert 1 == code
    assert "nothing.csv" in err


def test_the_channel_says_who_sends(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["channel", "shopify", "--platform", "shopify", "--sends", "shipped=ecomos", "--store", str(home), "--json"]
    code, out, _ = said(capsys, *words)
    assert (0, '{"shipped": "ecomos"}') == (code, json.loads(out)[0]["sends"])
    code, _, err = said(capsys, "channel", "shopify", "--sends", "shipped=me", "--store", str(home))
    assert (2, "--sends shipped=me: platform or ecomos\n") == (code, err)


def test_people_are_added_with_roles_that_are_in_force(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(
        capsys, "person", "add", "Pia", "--email", "p@x.example", "--role", "picker", "--store", str(home)
    )
    assert 0 == code
    assert re.search(r"Pia logs in as p@x.example, password \S+ \(shown this once\)", out)
    code, _, err = said(
        capsys, "person", "add", "Ben", "--email", "b@x.example", "--role", "paker", "--store", str(home)
    )
    assert 2 == code
    assert "No role named paker is in force (did you mean “packer”?)" in err or "picker" in err
    code, out, _ = said(capsys, "person", "roles", "Pia", "--role", "packer", "--store", str(home), "--json")
    assert {"Pia": "packer"} == {r["name"]: r["roles"] for r in json.loads(out) if r["name"] == "Pia"}


def test_who_is_away_or_has_left_gives_back_what_they_had(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "person", "add", "Pia", "--email", "p@x.example", "--role", "picker", "--store", str(home))
    code, out, _ = said(capsys, "person", "away", "Pia", "--from", "2026-11-24", "--to", "soon", "--store", str(home))
    assert 2 == code
    code, out, _ = said(capsys, "person", "away", "Pia", "--store", str(home))
    assert (0, True) == (code, "the deputy has the role's work" in out)
    code, out, _ = said(capsys, "person", "leave", "Pia", "--store", str(home))
    assert (0, True) == (code, "Pia has left" in out)
    code, out, _ = said(capsys, "person", "list", "--store", str(home), "--json")
    assert ["Founder"] == [r["name"] for r in json.loads(out)]


def test_a_request_is_written_down_and_starts_what_its_kind_starts(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capsys, "request", "idea", "Sell socks", "--amount", "12.50", "--store", str(home))
    assert (0, True) == (code, out.startswith("R1 is written down"))
    code, _, err = said(capsys, "request", "wish", "Sell socks", "--store", str(home))
    assert (2, True) == (code, "No kind of request named “wish”" in err)
    code, _, err = said(capsys, "request", "idea", "x", "--amount", "lots", "--store", str(home))
    assert (2, "'lots' is no amount, as in 12.50\n") == (code, err)


def test_authority_is_lent_listed_and_taken_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ("--store", str(home))
    said(capsys, "person", "add", "Olga", "--email", "o@x.example", "--role", "operations-lead", *store)
    words = ("--kind", "refund", "--each", "900", "--a-day", "2000", "--by", "Founder", "--why", "away", *store)
    code, out, err = said(capsys, "lend", "give", "Olga", "--to", "2099-12-01", *words)
    assert (2, True) == (code, "Lent authority ends" in err)
    last = (datetime.now(UTC).date() + timedelta(days=7)).isoformat()
    code, out, _ = said(capsys, "lend", "give", "Olga", "--to", last, *words)
    assert (0, True) == (code, "Olga may decide 900 EUR of refund a case" in out)
    code, out, _ = said(capsys, "lend", "list", "--json", *store)
    assert [("Olga", "refund", "900.00 EUR", "Founder", "away")] == [
        (r["to"], r["kind"], r["each"], r["by"], r["why"]) for r in json.loads(out)
    ]
    assert 0 == said(capsys, "lend", "back", "1", "--by", "Founder", *store)[0]
    assert "Nothing is lent.\n" == said(capsys, "lend", "list", *store)[1]
    code, _, err = said(capsys, "lend", "give", "Olga", *store)
    assert (2, True) == (code, "all are needed" in err)


def test_nothing_is_started_for_a_case_that_is_not_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "start", "answer-a-ticket", "--about", "ticket:99", "--store", str(home))
    assert (2, "There is no ticket 99.\n") == (code, err)


def test_backup_restore_and_doctor(home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = said(capsys, "backup", str(tmp_path / "b.db"), "--store", str(home))
    assert (0, True) == (code, (tmp_path / "b.db").is_file())
    code, out, _ = said(capsys, "restore", str(tmp_path / "b.db"), "--store", str(home))
    assert (0, True) == (code, "Nothing is sent until" in out)
    code, out, _ = said(capsys, "doctor", "--store", str(home))
    assert 0 == code
    assert "the file is whole and the chain of events holds" in out


def test_live_says_what_still_holds_the_mail(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "live", "on", "--store", str(home))
    assert (0, "Nothing is sent: ecomos.toml names no mail server.\n") == (code, out)
    assert "live = true" in (home / "ecomos.toml").read_text()


def test_a_changed_playbook_is_adopted_or_every_problem_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "playbook" / "procedures" / "process-an-order.md"
    file.write_text(file.read_text().replace("**Role:** picker", "**Role:** piker"))
    code, _, err = said(capsys, "adopt", "playbook", "--store", str(home))
    assert 1 == code
    assert re.search(r"process-an-order\.md:\d+: .*piker.*picker", err)
    file.write_text(file.read_text().replace("**Role:** piker", "**Role:** packer"))
    code, out, _ = said(capsys, "adopt", "playbook", "--store", str(home))
    assert (0, "changed: procedures/process-an-order\n") == (code, out)


def test_a_new_segment_is_a_good_file_and_the_command_says_that_nothing_is_done_with_it_yet(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    code, out, _ = said(capsys, "new", "segment", "regulars", "--store", str(home))
    assert (0, True) == (code, "nothing is done with them yet" in out)
    assert 0 == said(capsys, "check", "--store", str(home))[0]
    (home / "playbook" / "segments" / "regulars.md").write_text("# Regulars\n\n```sql\ndelete from orders\n```\n")
    code, _, err = said(capsys, "check", "--store", str(home))
    assert (1, True) == (code, "regulars.md:3: the sql block begins with" in err)


def test_check_prints_ways_and_fields(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    code, out, _ = said(capsys, "check", "--store", str(home))
    assert (0, True) == (code, "no problem" in out)
    code, out, _ = said(capsys, "check", "--paths", "fix-an-address", "--store", str(home))
    assert (0, True) == (code, out.startswith("1. "))
    code, out, _ = said(capsys, "check", "--fields", "order", "--store", str(home))
    assert (0, True) == (code, "needs_address" in out)


def test_every_command_of_the_program_stands_in_the_docs() -> None:
    words = next(a for a in make_parser()._actions if a.choices).choices or {}
    documented = (REPO / "docs" / "commands.md").read_text()
    assert [] == [w for w in words if f"`ecomos {w}" not in documented]
