"""People: who they are, the roles they hold from a day to a day, when they are away, and how they prove who they are.
Never knows what a role may do: that stands in the playbook."""

from ecomos.people.absence import absences_ahead, is_away, set_absence
from ecomos.people.passwords import authenticate, session_stamp, set_password
from ecomos.people.persons import Person, add_person, leave, people, person
from ecomos.people.roles import holders, roles_of, set_roles
from ecomos.people.shifts import end_shift, hours_of, is_on_shift, read_days, read_hours, set_hours, shift_words

__all__ = [
    "Person",
    "absences_ahead",
    "add_person",
    "authenticate",
    "end_shift",
    "holders",
    "hours_of",
    "is_away",
    "is_on_shift",
    "leave",
    "people",
    "person",
    "read_days",
    "read_hours",
    "roles_of",
    "session_stamp",
    "set_absence",
    "set_hours",
    "set_password",
    "set_roles",
    "shift_words",
]
