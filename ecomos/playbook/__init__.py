"""The playbook: Markdown files into records, and the checker that proves them before anything runs. Pure: it never
sees the store."""

from ecomos.playbook.check import check, check_sources, field_lines, path_lines
from ecomos.playbook.conditions import CannotTell, Condition, Value, compile_condition, compile_value
from ecomos.playbook.folder import KINDS, Record, parse_text, playbook_of, read_folder
from ecomos.playbook.limits import limit_named, limit_text, policy_texts, policy_types, policy_values
from ecomos.playbook.prose import render_prose, to_html
from ecomos.playbook.ways import outcomes, paths

__all__ = [
    "KINDS",
    "CannotTell",
    "Condition",
    "Record",
    "Value",
    "check",
    "check_sources",
    "compile_condition",
    "compile_value",
    "field_lines",
    "limit_named",
    "limit_text",
    "outcomes",
    "parse_text",
    "path_lines",
    "paths",
    "playbook_of",
    "policy_texts",
    "policy_types",
    "policy_values",
    "read_folder",
    "render_prose",
    "to_html",
]
