"""Messages: what is written for a case, and what never is."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ecomos.errors import Refused
from ecomos.messages.render import CannotWrite, as_html, render
from ecomos.playbook import parse_text
from ecomos.playbook.records import Message

VALUES: dict[str, Any] = {
    "order": {
        "number": "#1019",
        "total": Decimal("165.50"),
        "placed_on": date(2025, 5, 4),
        "shipped_at": datetime(2025, 5, 6, 9, 30, tzinfo=UTC),
        "risk": None,
    },
    "answers": {"tracking": "RR123456785AT"},
    "policy": {"shipping": {"transit": timedelta(days=5), "answer_within": "2 working days"}},
    "store": {"name": "Demo", "email": "help@demo.example"},
}


def message(body: str, subject: str = "Order {{ order.number }}", name: str = "shipped") -> Message:
    text = f"---\nabout: order\nsubject: '{subject}'\n---\n\n# Shipped\n\n{body}\n"
    record, problems = parse_text("messages", name, text, f"messages/{name}.md")
    assert problems == []
    assert isinstance(record, Message)
    return record


def test_subject_and_body_are_filled_in() -> None:
    """Numbers, days and lengths of time as people write them."""
    body = (
        "Sent on {{ order.shipped_at }} with {{ answers.tracking }}, {{ policy.shipping.transit }}: {{ order.total }}."
    )
    assert render(message(body), VALUES) == (
        "Order #1019",
        "Sent on 6 May 2025 with RR123456785AT, 5 days: 165.50.\n",
    )


def test_german_writes_days_and_numbers_its_own_way() -> None:
    """The file's language decides."""
    body = "Am {{ order.placed_on }}, {{ policy.shipping.transit }}, {{ order.total }}"
    assert render(message(body, name="shipped.de"), VALUES)[1] == "Am 04.05.2025, 5 Tage, 165,50\n"


def test_a_message_knows_every_name_that_it_uses_and_where() -> None:
    """Names, once each, those behind a question marked; a name of the template's own is none."""
    body = "{% if order.risk %}{{ order.risk }}{% endif %}\n{% for x in order.tags %}{{ x }}{% endfor %}"
    used = message(body)
    assert used.used == ("order.number", "order.risk", "order.tags")
    assert used.variables == {"order"}
    assert used.guarded == {"order.risk"}
    assert used.lines["order.tags"] == 9


@pytest.mark.parametrize(
    "body",
    [
        "{{ order.nummer }}",
        "{{ nothing }}",
        "{{ order.risk }}",
        "{{ answers.__class__.__mro__ }}",
        "{{ order.number.format.__globals__ }}",
    ],
)
def test_what_is_not_known_is_never_written(body: str) -> None:
    """An unknown name, a null, a way out of the sandbox: the message stops for a person."""
    with pytest.raises(CannotWrite, match=r"messages/shipped\.md can't be written"):
        render(message(body), VALUES)
    assert issubclass(CannotWrite, Refused)


def test_what_customers_typed_is_data_never_template() -> None:
    """A name that looks like a template stays as typed, and is escaped in the HTML part."""
    evil = "{{ 7*7 }}<script>alert('x')</script>"
    _, body = render(message("Dear {{ order.number }}"), VALUES | {"order": {"number": evil}})
    assert body == f"Dear {evil}\n"
    assert as_html(body) == "<p>Dear {{ 7*7 }}&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;</p>"


@pytest.mark.parametrize("number", ["#1\nBcc: all@example.com", "#1\r\nX: y", "#1\x00", "#1\u2028x"])
def test_a_subject_is_one_line(number: str) -> None:
    """A header can't be smuggled in by a case's values."""
    with pytest.raises(CannotWrite, match="must be one line"):
        render(message("x"), VALUES | {"order": {"number": number}})


def test_the_html_part_has_paragraphs_and_links() -> None:
    """A blank line parts paragraphs; a web address is a link, its full stop is not part of it."""
    body = "Hello,\nyour parcel:\n\nhttps://track.example/?a=1&b=2.\n"
    assert as_html(body) == (
        "<p>Hello,<br>your parcel:</p>\n"
        '<p><a href="https://track.example/?a=1&amp;b=2">https://track.example/?a=1&amp;b=2</a>.</p>'
    )
