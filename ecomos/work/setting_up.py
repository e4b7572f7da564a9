"""Making the starter playbook one's own: the few limits that every shop sets for itself, and the stages in which its
procedures are switched on. Each is a change of the playbook like any other, with writer, reason and version."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ecomos.errors import Refused, WrongUsage
from ecomos.people import roles_of
from ecomos.playbook import parse_text
from ecomos.playbook.check_others import past_bounds
from ecomos.playbook.procedures import STAGES
from ecomos.playbook.questions import LIMITS, Question, answer_in, answered, said_in, switched
from ecomos.playbook.records import Policy
from ecomos.work.changing import approve_change, propose, text_in_force
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["answer", "answer_file", "leave_on_paper", "limits_said", "switch_on", "text_with"]


def limits_said(shop: Shop, now: datetime) -> dict[str, str]:
    """What is in force for each question, without its unit; empty where the playbook has no such place any more."""
    return {q.key: said_in(q, text_in_force(shop, q.kind, q.name, now)[0]) for q in LIMITS}


def answer(shop: Shop, given: Mapping[str, str], person_id: int, now: datetime) -> list[str]:
    """Put the founder's answers in force, those that changed; gives what changed, in words.

    Raises WrongUsage for an answer that is none, Refused for anybody but a founder and for what the playbook forbids,
    such as a limit below the law's. Answers before the refused one hold.
    """
    _only_founders(shop, person_id, now)
    changed = []
    for question in LIMITS:
        text, sha = text_in_force(shop, question.kind, question.name, now)
        if not given.get(question.key) or not text:
            continue
        new = text_with(question, given[question.key], text)
        if new != text:
            _change(
                shop, question.kind, question.name, new, sha, f"{question.asks} {given[question.key]}", person_id, now
            )
            changed.append(f"{question.asks} {answered(question, given[question.key])}")
    return changed


def switch_on(shop: Shop, number: int | None, person_id: int, now: datetime) -> list[str]:
    """Switch on the procedures of this stage and of those before it (None: all that are written to the mark); gives
    the titles of those that were on paper before.

    Raises WrongUsage for a number that is no stage, Refused for anybody but a founder.
    """
    if number is not None and number not in STAGES:
        raise WrongUsage(f"The stages are {', '.join(map(str, STAGES))} and all, not {number}.")
    _only_founders(shop, person_id, now)
    switched_on = []
    for procedure in in_force(shop, now).procedures.values():
        belongs = number is None or (procedure.stage is not None and procedure.stage <= number)
        if procedure.size != "core" or procedure.state == "on" or not belongs:
            continue
        text, sha = text_in_force(shop, "procedures", procedure.stem, now)
        why = "All procedures are switched on." if number is None else f"The stage of {number} is switched on."
        _change(shop, "procedures", procedure.stem, switched(text, "on"), sha, why, person_id, now)
        switched_on.append(procedure.title)
    return switched_on


def _change(shop: Shop, kind: str, name: str, text: str, sha: str, why: str, person_id: int, now: datetime) -> None:
    number = propose(shop, kind, name, text, sha, why, person_id, now)
    approve_change(shop, number, person_id, now)


def _only_founders(shop: Shop, person_id: int, now: datetime) -> None:
    if "founder" not in roles_of(shop.db, person_id, shop.today(now)):
        raise Refused("This is for a founder to set.")


def answer_file(playbook: Path, question: Question, said: str) -> None:
    """Write an answer into a folder that is not in force yet. Raises WrongUsage as `text_with` does."""
    file = playbook / question.kind / f"{question.name}.md"
    file.write_text(text_with(question, said, file.read_text(encoding="utf-8")), encoding="utf-8")


def text_with(question: Question, said: str, text: str) -> str:
    """The file's text with this answer in it.

    Raises WrongUsage for an answer that is none, or that the file does not allow, such as a limit below the law's.
    """
    new = answer_in(question, text, answered(question, said))
    record, problems = parse_text(question.kind, question.name, new, f"{question.kind}/{question.name}.md")
    wrong = [p.message for p in problems]
    wrong += [message for _, message in past_bounds(record)] if isinstance(record, Policy) else []
    if wrong:
        raise WrongUsage(f"{question.asks} {wrong[0]}.")
    return new


def leave_on_paper(playbook: Path, number: int) -> int:
    """Set every procedure beyond a stage to `paper` in a folder that is not in force yet; gives how many are on."""
    on = 0
    for file in sorted((playbook / "procedures").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        procedure, _ = parse_text("procedures", file.stem, text, f"procedures/{file.name}")
        stage = getattr(procedure, "stage", None)
        if getattr(procedure, "state", "") != "on":
            continue
        if stage is None or stage > number:
            file.write_text(switched(text, "paper"), encoding="utf-8")
        else:
            on += 1
    return on
