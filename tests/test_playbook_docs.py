"""docs/playbook.md: every word is in it with an example, and every example is read without a problem."""

import re
from pathlib import Path

import pytest

from ecomos.playbook import (
    check,
    kpis,
    messages,
    parse_text,
    playbook_of,
    policies,
    procedures,
    read_folder,
    reports,
    roles,
    steps,
)
from ecomos.work.catalogue import catalogue

REPO = Path(__file__).resolve().parent.parent
DOCS = (REPO / "docs" / "playbook.md").read_text(encoding="utf-8")
FILES = re.findall(r"````markdown (\w+)/([\w.-]+)\.md\n(.*?)````", DOCS, re.DOTALL)
STEPS = re.findall(r"^```markdown\n(.*?)```", DOCS, re.DOTALL | re.MULTILINE)
HEAD = "---\narea: a\nowner: founder\nperformer: founder\nabout: order\n---\n\n# Title\n\n## Step\n\n"


@pytest.mark.parametrize(("kind", "name", "text"), FILES, ids=[f"{k}/{n}" for k, n, _ in FILES])
def test_every_file_in_the_docs_is_read(kind: str, name: str, text: str) -> None:
    """An example that does not parse would teach a mistake."""
    assert parse_text(kind, name, text, name)[1] == []


@pytest.mark.parametrize("text", STEPS)
def test_every_word_in_the_docs_is_read(text: str) -> None:
    """Each list of words makes a step."""
    assert parse_text("procedures", "example", HEAD + text, "example.md")[1] == []


def test_every_kind_of_file_has_its_example() -> None:
    """One whole file each."""
    assert sorted(kind for kind, _, _ in FILES) == ["kpis", "messages", "policies", "procedures", "reports", "roles"]


def test_every_word_and_every_key_is_in_the_docs() -> None:
    """A word without an example is not documented."""
    words = [f"- **{word}:**" for word in (*steps.WORDS, *policies.WORDS)]
    keys = {key for kind in (procedures, roles, policies, kpis, messages, reports) for key in kind.KEYS}
    assert [word for word in words if word not in DOCS] == []
    assert sorted(key for key in keys if f"{key}:" not in DOCS and f"`{key}`" not in DOCS) == []


def test_the_docs_procedure_is_proved_with_the_files_beside_it() -> None:
    """The examples are a small playbook; with the starter's roles and deeds the checker has nothing to say."""
    starter, _, texts = read_folder(REPO / "ecomos" / "starter" / "playbook")
    replaced = [f"policy.{name.replace('-', '_')}." for kind, name, _ in FILES if kind == "policies"]
    apart = {key for key, text in texts.items() if any(name in text for name in replaced)}
    records = {("roles", stem): role for stem, role in starter.roles.items()}
    records |= {("kpis", stem): kpi for stem, kpi in starter.kpis.items()}
    records |= {("procedures", stem): one for stem, one in starter.procedures.items()}
    records |= {("policies", stem): one for stem, one in starter.policies.items()}
    records |= {("messages", ".".join(x for x in key if x)): one for key, one in starter.messages.items()}
    gone = {name for kind, name in apart if kind == "procedures"}
    records = {
        key: one
        for key, one in records.items()
        if key not in apart and not (key[0] == "procedures" and any(f"({stem}.md)" in texts[key] for stem in gone))
    }
    records |= {(kind, name): parse_text(kind, name, text, f"{kind}/{name}.md")[0] for kind, name, text in FILES}
    assert [str(p) for p in check(playbook_of(records), catalogue())] == []  # type: ignore[arg-type]
