"""What the people room announces."""

from ecomos.playbook.catalogue import EventKind, FactField

__all__ = ["EVENTS"]

_ROLES = {"roles": FactField("roles", "list of text", doc="The roles held on that day.")}

EVENTS = (
    EventKind("person.joined", "person", "A person was added to the team.", _ROLES, ("page", "hand")),
    EventKind("person.left", "person", "A person left the team, or was shut out of it.", _ROLES, ("page", "hand")),
)
