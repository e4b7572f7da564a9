"""People: who they are, the roles they hold from a day to a day, when they are away, and how they prove who they are.
Never knows what a role may do: that stands in the playbook."""

from ecomos.people.absence import is_away, set_absence
from ecomos.people.passwords import authenticate, session_stamp, set_password
from ecomos.people.persons import Person, add_person, leave, people, person
from ecomos.people.roles import holders, roles_of, set_roles

__all__ = [
    "Person",
    "add_person",
    "authenticate",
    "holders",
    "is_away",
    "leave",
    "people",
    "person",
    "roles_of",
    "session_stamp",
    "set_absence",
    "set_password",
    "set_roles",
]
