"""Improve: what the record of the work says about the work. Founder-free score, figures of procedures, replay of a
change over past cases, the audit of what was required against what happened. Reads everything, writes nothing but the
founder's own answers."""

from ecomos.improve.audit import KINDS, audit, nightly_audit
from ecomos.improve.audit_look import Finding
from ecomos.improve.audit_outside import Outside, outside
from ecomos.improve.away import Gap, away_drill
from ecomos.improve.founder_free import Score, answer_outside, founder_free
from ecomos.improve.procedure_figures import ProcedureFigures, StepFigures, procedure_figures
from ecomos.improve.replay import LimitReplay, replay_limit
from ecomos.improve.replay_text import TextReplay, replay_policy, replay_text, replays_of

__all__ = [
    "KINDS",
    "Finding",
    "Gap",
    "LimitReplay",
    "Outside",
    "ProcedureFigures",
    "Score",
    "StepFigures",
    "TextReplay",
    "answer_outside",
    "audit",
    "away_drill",
    "founder_free",
    "nightly_audit",
    "outside",
    "procedure_figures",
    "replay_limit",
    "replay_policy",
    "replay_text",
    "replays_of",
]
