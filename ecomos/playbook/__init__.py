"""The playbook: Markdown files into records, and the checker that proves them before anything runs. Pure: it never
sees the store."""

from ecomos.playbook.conditions import CannotTell, Condition, Value, compile_condition, compile_value
from ecomos.playbook.folder import KINDS, Record, parse_text, playbook_of, read_folder
from ecomos.playbook.limits import limit_named, limit_text, policy_texts, policy_types, policy_values
from ecomos.playbook.prose import render_prose, to_html

__all__ = [
    "KINDS",
    "CannotTell",
    "Condition",
    "Record",
    "Value",
    "compile_condition",
    "compile_value",
    "limit_named",
    "limit_text",
    "parse_text",
    "playbook_of",
    "policy_texts",
    "policy_types",
    "policy_values",
    "read_folder",
    "render_prose",
    "to_html",
]
