"""What the people room announces."""

from ecomos.playbook.catalogue import EventKind, FactField

__all__ = ["EVENTS"]

_ROLES = {"roles": FactField("roles", "list of text", doc="The roles held on that day.")}
_KIND = {"kind": FactField("kind", "text", doc="What may be decided: refund, purchase …")}
_LENT = _KIND | {
    "each": FactField("each", "money", doc="Up to how much for a case."),
    "to_on": FactField("to_on", "text", doc="The last day."),
}

EVENTS = (
    EventKind("person.joined", "person", "A person was added to the team.", _ROLES, ("page", "hand")),
    EventKind("person.left", "person", "A person left the team, or was shut out of it.", _ROLES, ("page", "hand")),
    EventKind(
        "shift.ended",
        "person",
        "A person left a note for the next shift.",
        _ROLES | {"open": FactField("open", "number", doc="How much was open then.")},
        ("page",),
        False,
    ),
    EventKind("authority.lent", "person", "A person was lent authority for some days.", _LENT, ("page", "hand"), False),
    EventKind("authority.taken_back", "person", "Lent authority was taken back early.", _KIND, ("page", "hand"), False),
)
