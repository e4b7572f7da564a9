"""The front door: the words of every command. Each calls one function of `commands/`; results go to stdout, problems to
stderr; exit 0 is fine, 1 means problems were found, 2 wrong usage."""

import argparse
import sys
from collections.abc import Callable, Sequence

from ecomos.errors import EcomosError, WrongUsage

__all__ = ["main", "make_parser"]

Run = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; gives the exit code."""
    try:
        asked = make_parser().parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    try:
        return int(asked.run(asked))
    except WrongUsage as error:
        print(error, file=sys.stderr)
        return 2
    except EcomosError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    parser = argparse.ArgumentParser(prog="ecomos", description="The operating system of an online store.")
    words = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        _store_words,
        _data_words,
        _work_words,
        _playbook_words,
        _people_words,
        _lending_words,
        _measured_words,
        _new_words,
    ):
        add(words)
    return parser


def _word(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, says: str, run: str, json: bool = True
) -> argparse.ArgumentParser:
    """One command; `run` is `module.function` under `commands`, imported only when it is carried out."""
    found = words.add_parser(name, help=says, description=says)
    found.add_argument("--store", metavar="DIR", help="the store home (default: ECOMOS_STORE, else ./data)")
    if json:
        found.add_argument("--json", action="store_true", help="print data as JSON")
    found.set_defaults(run=_lazily(run))
    return found


def _lazily(name: str) -> Run:
    def run(asked: argparse.Namespace) -> int:
        from importlib import import_module

        module, _, function = name.partition(".")
        return int(getattr(import_module(f"ecomos.commands.{module}"), function)(asked))

    return run


def _store_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    init = _word(words, "init", "make a new store home from the starter playbook", "setup.init", json=False)
    init.add_argument("dir", metavar="DIR", help="a new or empty folder")
    for name, says in (
        ("--name", "the store's name"),
        ("--country", "two letters, as in AT; gives currency and time zone where those are not given"),
        ("--currency", "three letters, as in EUR"),
        ("--time-zone", "as in Europe/Vienna"),
        ("--founder", "the founder: name, e-mail"),
        ("--goods", "who packs and sends: name, e-mail (default: the founder)"),
        ("--customers", "who answers customers: name, e-mail (default: the founder)"),
        ("--go-live", "facts of this day and later may start work (2026-11-24)"),
        ("--orders-a-week", "in an ordinary week, until imports tell"),
        ("--cutoff", "the hour at which the carrier comes (15:30)"),
        ("--dispatch", "working days from a paid order to the parcel in the van"),
        ("--window", "days in which a thing may be sent back"),
        ("--refund", "up to which amount a support agent pays back alone"),
        ("--purchase", "up to which amount the operations lead buys alone"),
        ("--stage", "procedures to begin with: 7, 15, 30 or all (default: all; on a terminal 7)"),
    ):
        init.add_argument(name, help=says)
    init.add_argument("--password-stdin", action="store_true", help="read the founder's password from stdin")
    demo = _word(words, "demo", "make or reuse the demo store and serve it", "demo.demo", json=False)
    demo.add_argument("--no-serve", action="store_true", help="make it only")
    demo.add_argument("--port", type=int, default=8866)
    serve = _word(words, "serve", "serve the pages, with the heartbeat", "serving.serve", json=False)
    serve.add_argument("--port", type=int, default=8866)
    serve.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="default: this machine only")
    lab = _word(words, "lab", "JupyterLab over the store's notebooks, for founders", "lab.lab", json=False)
    lab.add_argument("--port", type=int, default=8867)
    lab.add_argument("--demo", action="store_true", help="the demo store, made where it is not there")
    stage = _word(words, "stage", "what the next stage of procedures would bring; switch it on", "setup.stage")
    stage.add_argument("number", nargs="?", metavar="7|15|30|all")
    stage.add_argument("--by", metavar="NAME", help="the founder who switches it on")
    live = _word(words, "live", "tell the store whether it may send from this folder on this machine", "store.live")
    live.add_argument("word", choices=["on", "off"])
    backup = _word(words, "backup", "write a copy of the store file that is whole", "store.backup")
    backup.add_argument("file", nargs="?", metavar="FILE")
    restore = _word(words, "restore", "put a backup in the store file's place; what was there is kept", "store.restore")
    restore.add_argument("file", metavar="FILE")
    _word(words, "doctor", "is the file whole, and is anything stale or silent", "store.doctor")


def _data_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    load = _word(words, "import", "load exports; the files are copied, not moved", "data.load")
    load.add_argument("files", nargs="+", metavar="FILE")
    load.add_argument("--as", dest="kind", metavar="KIND", help="what it is, where that is not clear")
    load.add_argument("--channel", metavar="NAME", help="the channel that it belongs to")
    load.add_argument("--read", action="append", default=[], metavar="date=dmy", help="which reading, where two fit")
    channel = _word(words, "channel", "show the channels, or make one and say who sends what", "data.channel")
    channel.add_argument("name", nargs="?", metavar="NAME")
    channel.add_argument("--platform", help="shopify, uci")
    channel.add_argument(
        "--sends", action="append", default=[], metavar="shipped=ecomos", help="who sends a kind of message"
    )


def _work_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tick = _word(words, "tick", "one beat of the heartbeat (for cron)", "work.tick")
    tick.add_argument("--now", metavar="T", help="an instant, as in 2026-11-24T09:00:00+01:00")
    start = _word(words, "start", "start a procedure for a case", "work.start")
    start.add_argument("procedure", metavar="PROCEDURE")
    start.add_argument("--about", required=True, metavar="order:1001")
    queue = _word(words, "queue", "what stands on whose list", "work.queue")
    queue.add_argument("whose", nargs="?", metavar="PERSON|ROLE", help="default: every role")
    request = _word(words, "request", "ask the team for something, or report it", "asking.request")
    request.add_argument("kind", metavar="KIND", help="decision, defect, purchase, promotion, absence …")
    request.add_argument("title", metavar="TITLE", help="in one line")
    request.add_argument("--text", help="what else there is to say")
    request.add_argument("--amount", help="the money that it is about")
    request.add_argument("--about", metavar="order:1001")
    request.add_argument("--by", metavar="NAME|EMAIL", help="who asks")
    adopt = _word(words, "adopt", "adopt open orders, or the changed playbook", "work.adopt")
    adopt.add_argument("what", choices=["orders", "playbook"])
    adopt.add_argument("refs", nargs="*", metavar="REF")
    adopt.add_argument("--all", action="store_true", help="every order on the list")
    adopt.add_argument("--at", metavar="STEP", help="the step to begin at (default: the first)")
    adopt.add_argument("--leave", action="store_true", help="leave them as they are")


def _playbook_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = _word(words, "check", "prove the playbook: every problem of every file in one go", "playbook.check")
    check.add_argument("--playbook", metavar="DIR", help="a playbook folder instead of the store's")
    check.add_argument("--paths", metavar="NAME", help="every way through a procedure")
    check.add_argument("--fields", metavar="TYPE", help="what conditions may ask about an order, an import …")
    check.add_argument("--sources", action="store_true", help="procedures whose event has no source in this store")
    check.add_argument("--quality", action="store_true", help="the marks of each procedure")


def _people_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    person = _word(words, "person", "people: add, roles, password, away, shift, leave, list", "people.person")
    person.add_argument("verb", choices=["add", "password", "roles", "away", "shift", "leave", "list"])
    person.add_argument("name", nargs="?", metavar="NAME|EMAIL")
    person.add_argument("--email")
    person.add_argument("--role", action="append", default=[], metavar="ROLE")
    person.add_argument("--from", dest="from_on", metavar="DAY", help="away: the first day (default: today)")
    person.add_argument("--to", dest="to_on", metavar="DAY", help="away: the last day")
    person.add_argument("--days", metavar="DAYS", help="shift: on which weekdays, as in Mon-Fri")
    person.add_argument("--hours", metavar="HOURS", help="shift: 09:00-17:00, or off")
    person.add_argument("--password-stdin", action="store_true", help="read the password from stdin")


def _lending_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    lend = _word(words, "lend", "authority that is lent to a person for some days", "asking.lend")
    lend.add_argument("verb", choices=["give", "back", "list"])
    lend.add_argument("whom", nargs="?", metavar="NAME|EMAIL|NUMBER", help="to whom; back: the number of what was lent")
    lend.add_argument("--kind", help="refund, discount, purchase …")
    lend.add_argument("--each", help="up to how much for a case")
    lend.add_argument("--a-day", dest="a_day", help="up to how much in a day (default: no cap)")
    lend.add_argument("--from", dest="from_on", metavar="DAY", help="the first day (default: today)")
    lend.add_argument("--to", dest="to_on", metavar="DAY", help="the last day")
    lend.add_argument("--by", metavar="NAME|EMAIL", help="who lends, or takes back")
    lend.add_argument("--why", help="stands beside everything that is decided with it")


def _measured_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    kpi = _word(words, "kpi", "figures from the KPI cards", "measured.kpi")
    kpi.add_argument("names", nargs="+", metavar="NAME")
    kpi.add_argument("--from", dest="from_on", metavar="DAY", help="default: the last seven complete days")
    kpi.add_argument("--to", metavar="DAY")
    kpi.add_argument("--by", choices=["day", "week", "month"], default="day")
    kpi.add_argument("--channel", metavar="NAME")
    report = _word(words, "report", "run a report for a day, keep it and send it to its roles", "reports.report")
    report.add_argument("name", metavar="NAME")
    report.add_argument("--on", metavar="DAY", help="the day reported (default: the last complete one)")
    report.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="another parameter")
    _word(words, "test-playbook", "run the worked examples of the KPI cards", "measured.test_playbook")


def _new_words(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    new = _word(words, "new", "a good starting file for the playbook", "playbook.new")
    new.add_argument("kind", metavar="KIND", help="procedure, role, kpi, policy, message or report")
    new.add_argument("name", metavar="NAME", help="as in ask-the-carrier")
    new.add_argument("--playbook", metavar="FOLDER", help="instead of the store's own")
