"""What customers write to the demo shop and what its people answer: the words only, English and German."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["AGAIN", "MOVED", "QUESTIONS", "THANKS", "WISHES", "Wish", "answer_to", "is_thanks"]


@dataclass(frozen=True)
class Wish:
    """Something that customers write about an order; `{number}` and `{name}` are filled in."""

    kind: str
    """where, return, damaged."""
    subject: str
    body: str
    is_german: bool = False


class Talk(NamedTuple):
    """What somebody asks and what we say to it."""

    subject: str
    body: str
    answer: str


WISHES: Sequence[Wish] = (
    Wish("where", "Where is my order {number}?", "Hello,\n\nI ordered last week and have heard nothing since. Where is "
         "my order {number}? It is a present.\n\nThank you\n{name}"),
    Wish("where", "Order {number}", "Hi there, when will my parcel come? The tracking number does not say anything.\n\n"
         "Best wishes, {name}"),
    Wish("where", "Wo bleibt meine Bestellung {number}?", "Guten Tag,\n\nwo ist meine Bestellung {number}? Ich bin ab "
         "Freitag verreist.\n\nMit freundlichen Grüßen\n{name}", True),
    Wish("where", "Sendungsnummer?", "Hallo, ich habe noch keine Sendungsnummer zu {number} bekommen. Ist das Paket "
         "schon unterwegs?\n\nDanke, {name}", True),
    Wish("return", "Return of order {number}", "Hello,\n\nthe colour is not what I had expected. I would like to send "
         "it back and get a refund for {number}.\n\nKind regards\n{name}"),
    Wish("return", "Too small", "Hi, the size does not fit me, sorry. How do I return my order {number}?\n\n{name}"),
    Wish("return", "Widerruf {number}", "Sehr geehrte Damen und Herren,\n\nhiermit widerrufe ich die Bestellung "
         "{number}. Wohin schicke ich die Ware?\n\n{name}", True),
    Wish("damaged", "Arrived broken ({number})", "Hello,\n\nmy order {number} came today and one piece is broken: the "
         "box had a dent on one side. Pictures on request.\n\n{name}"),
    Wish("damaged", "Beschädigt angekommen", "Guten Tag, in der Lieferung {number} war leider ein Teil kaputt. Was "
         "machen wir?\n\nViele Grüße\n{name}", True),
)  # fmt: skip
QUESTIONS: Sequence[Talk] = (
    Talk("Does the day pack hold a laptop?", "Hello, does the Harbour day pack hold a 15 inch laptop? And is it proof "
         "against rain?", "It holds laptops up to 15.6 inches in a padded pocket. The cloth is waxed: a shower is "
         "fine, an hour of rain is not."),
    Talk("Dishwasher?", "Hi, may the speckled mugs go into the dishwasher?", "Yes, all our mugs may, up to 65 degrees. "
         "The enamel ones keep their shine longer when washed by hand."),
    Talk("Pick up in the shop", "Can I order today and pick it up on Saturday?", "You can: choose “Store pick-up” when "
         "you pay. We write as soon as it lies ready, usually on the next working day; the counter is open until 17:00 "
         "from Monday to Friday."),
    Talk("Frage zur Größe", "Guten Tag, wie fällt der Alpine sweater aus? Ich trage sonst M und bin 1,80.", "Er fällt "
         "normal aus; bei 1,80 passt M gut. Wenn Sie ihn gern weiter tragen, nehmen Sie L."),
    Talk("Invoice with company name", "Could you put our company's name on the invoices from now on? Atelier Nantes, "
         "VAT FR40303265045.", "Done: from your next order on the invoice bears the name and the VAT number."),
    Talk("Geschenkverpackung", "Hallo, packen Sie auch als Geschenk ein, und kann ich eine Karte beilegen lassen?",
         "Gern: legen Sie das „Gift wrapping kit“ in den Korb und schreiben Sie den Text der Karte in die Notiz."),
    Talk("Back in stock?", "When will the Fig candle be back? It has been sold out for a while.", "The next ones leave "
         "the workshop in about ten days. I have put you on the list and write on the day they are here."),
    Talk("Wool and moths", "Do the blankets need anything against moths?", "Air them twice a year and keep them with a "
         "piece of cedar; our Cedar candle smells of it but does not help."),
)  # fmt: skip
THANKS = (
    "Thank you, that helps!",
    "Perfect, thanks a lot for the quick answer.",
    "Vielen Dank, alles klar!",
)
AGAIN: Sequence[Talk] = (
    Talk("", "Thanks. And what does delivery to Switzerland cost? Our daughter lives in Bern.", "Delivery to "
         "Switzerland costs 9.90, duty is paid at the door where the goods are worth more than 62 francs."),
    Talk("", "Good to know. One more thing: can I change the address to my office?", "I have noted the office address. "
         "If the parcel has left already, the carrier's page lets you move it by one tap."),
    Talk("", "I see. And if it does not fit me after all?", "Then you have thirty days to send it back; the label is "
         "on us, and the money is with you within five days after it is here."),
)  # fmt: skip
MOVED = "Hello, I ordered with my work address but I am at home now. Where is my order {number}?\n\n{name}"


def is_thanks(body: str) -> bool:
    """Whether it only says thank you."""
    return body.strip() in THANKS


def answer_to(body: str, subject: str, name: str) -> str:
    """What the demo's people write to that, with greeting and a name below."""
    talks = [t for t in AGAIN if t.body in body] or [t for t in QUESTIONS if t.subject in subject]
    if talks:
        return _letter(name, talks[0].answer)
    return _letter(name, "Thank you for writing. I have looked into it and come back to you by tomorrow at noon.")


def _letter(name: str, text: str) -> str:
    return f"Dear {name},\n\n{text}\n\nBest wishes\nSue from Northside Goods"
