"""Pages for the tests of the shell and the parts: ECOMOS_PAGES=shell_pages. The names are a shop's, the values are
hostile where that matters."""

from typing import Any

from ecomos.errors import Refused
from ecomos.pages import Context, Page
from ecomos.people import roles_of
from ecomos.store import write

EVIL = "<img src=x onerror=alert(1)>"


def today(context: Context, params: dict[str, str]) -> Any:
    from ecomos.pages.parts import Facts, StepForm, TaskList, column, prose, row

    items = [
        {"id": 3, "group": "late", "title": "#1003 wrong size", "chip": "2 h", "detail": "Refund on request"},
        {"id": 1, "group": "soon", "title": "#1001 pack", "chip": "25 min", "detail": "Process an order · step 2 of 5"},
        {"id": 2, "group": "soon", "title": "24 orders to pick", "chip": "1 h", "detail": "Standard, until 16:00"},
        {"id": 4, "group": "later", "title": f"count shelf B {EVIL}", "chip": "today"},
        {"id": 5, "group": "waiting", "title": "#0997 for Ben, refund"},
    ]
    form = StepForm(pinned=True, on_deed=context.guarded(lambda said: deed(said)))

    def select(number: int) -> None:
        tasks.selected = number
        form.step = step(number)

    def deed(said: dict[str, Any]) -> None:
        if said["deed"] == "broken":
            raise RuntimeError("a surprise")
        if "picker" not in roles_of(context.db, context.person.id, context.now().date()):
            raise Refused("Only a picker may do this.")
        if said["deed"] == "done" and not said["answers"]["weight"]:
            form.update(error="weight: what does the parcel weigh?", wrong=["weight"])
        else:
            form.update(error="", wrong=[], told=repr(said))

    def step(number: int) -> dict[str, Any]:
        return {
            "key": f"task:{number}",
            "title": f"Pack order #100{number}",
            "where": "step 2 of 5 · Process an order",
            "state": {"text": "soon", "kind": "soon"},
            "sub": "in 25 min, else Olga is told at 16:00",
            "prose": prose(f"Check every line against **the list**. {EVIL}\n\n- heavy at the bottom\n- glass in paper"),
            "checks": ["item, size, colour match", "clean, undamaged"],
            "fields": [
                {"name": "weight", "label": "Weight", "kind": "number", "unit": "kg"},
                {"name": "postage", "label": "Postage", "kind": "money", "currency": "EUR", "optional": True},
                {"name": "gift", "label": "Gift wrap", "kind": "yes or no"},
                {"name": "box", "label": "Box", "kind": "one of", "choices": ["S", "M", "L"]},
                {"name": "photo", "label": "Photo", "kind": "file", "optional": True},
                {"name": "remark", "label": "Remark", "kind": "text", "long": True, "optional": True},
            ],
            "buttons": [
                {"deed": "done", "label": "Done, on to shipping", "primary": True},
                {"deed": "not-sure", "label": "Not sure", "note": "What is unclear?"},
                {"deed": "broken", "label": "Hand over", "confirm": "Hand it over?"},
                {"deed": "later", "label": "Later", "ask": [{"name": "day", "label": "When", "kind": "day"}]},
            ],
            "next": "next: Ben, ship by 17:00",
        }

    def people() -> str:
        return str(context.db.execute("select count(*) from people").fetchone()[0])

    tasks = TaskList(items=items, selected=1, on_select=context.guarded(select))
    facts = Facts(
        title="#1001 · paid 84.00 EUR",
        state={"text": "paid", "kind": "fine"},
        rows=[
            ("Customer", f"Maria L. {EVIL}, Wien"),
            ("People", people()),
            ("Order", "#1001", "?page=order&order=1001"),
        ],
    )
    form.step = step(1)

    def again() -> None:
        facts.rows = [facts.rows[0], ("People", people()), facts.rows[2]]

    context.on_change(again)
    return row(tasks, column(row(form, facts, shares=(2, 1))), shares=(1, 3))


def orders(context: Context, params: dict[str, str]) -> Any:
    from ecomos.pages.parts import Banner, Table, column

    rows = [
        {
            "id": n,
            "number": f"#{1000 + n}",
            "customer": EVIL if n == 2 else f"=cmd|{n}" if n == 3 else f"Customer {n % 977}",
            "total": [f"{n * 1.1:,.2f} EUR", n * 110],
            "lines": n % 7,
            "state": ["late", "late"] if n % 5 == 0 else ["paid", "fine"],
            **({"href": f"?page=order&order={1000 + n}"} if n != 2 else {}),
        }
        for n in range(1, 10_001)
    ]
    columns = [
        {"key": "number", "label": "Order", "width": 110},
        {"key": "customer", "label": "Customer"},
        {"key": "lines", "label": "Lines", "kind": "number", "width": 90},
        {"key": "total", "label": "Total", "kind": "number", "width": 150},
        {"key": "state", "label": "State", "kind": "state", "width": 120},
    ]
    said = Banner("The last export is two days old.", "soon", link="?page=today", link_text="To Today")
    table = Table(
        title="Orders",
        columns=columns,
        rows=rows,
        selectable=True,
        on_row=lambda number: setattr(said, "message", f"row {number}"),
        on_chosen=lambda ids: setattr(said, "message", f"chosen {ids}"),
    )
    return column(said, table)


def order(context: Context, params: dict[str, str]) -> Any:
    from ecomos.pages.parts import Facts, FileDrop, Timeline, column, row

    entries = [
        {"at": "Mon 23 Nov, 09:12", "what": "Order placed", "who": "import 4", "kind": "import"},
        {
            "at": "Tue 24 Nov, 10:02",
            "what": f"Picked {EVIL}",
            "who": "Ana Pires",
            "version": "process-an-order 3f2a91",
            "kind": "step",
        },
        {"at": "Tue 24 Nov, 10:40", "what": "Parcel shipped", "who": "Ben Ito", "detail": "1Z999\nDHL", "kind": "fine"},
    ]

    def got(name: str, data: bytes) -> str:
        if name.endswith(".exe"):
            raise Refused("That is no export of a shop.")
        return f"{name}: {len(data)} bytes, starts {data[:4]!r}"

    facts = Facts(title=f"Order #{params.get('order', '?')}", rows=[("Paid", "84.00 EUR")])
    return column(facts, row(Timeline(entries=entries), FileDrop(got, limit_mb=5, label="Drop an export here")))


def money(context: Context, params: dict[str, str]) -> Any:
    from ecomos.pages.parts import Facts

    return Facts(title="The founder's figures", rows=[("Net", "1.00 EUR")])


def broken(context: Context, params: dict[str, str]) -> Any:
    raise RuntimeError("this page has a fault")


def add_absence(context: Context) -> None:
    """A write of our own, so that the poll sees it."""
    with write(context.db):
        context.db.execute("insert into absences(person_id, from_on, to_on) values (1, '2026-01-01', '2026-01-02')")


PAGES = (
    Page("today", "Today", None, today, badge=lambda context: 7),
    Page("orders", "Orders", None, orders),
    Page("order", "An order", None, order, in_nav=False),
    Page("money", "Figures", frozenset({"founder"}), money),
    Page("broken", "Broken", None, broken),
    *(Page(f"more{n}", title, None, order) for n, title in enumerate(["Stock", "Customers", "Playbook", "People"])),
)


def search(context: Context, text: str) -> tuple[str, dict[str, str]] | None:
    number = text.removeprefix("#")
    return ("order", {"order": number}) if number.isdigit() and len(number) == 4 else None
