"""A KPI's card into its record. The SQL is carried, not run."""

from ecomos.playbook.document import Findings, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import Kpi

__all__ = ["parse_kpi"]

KEYS = ("unit", "better", "owner", "range", "target", "benchmark", "on breach", "per", "was")


def parse_kpi(stem: str, text: str, found: Findings) -> Kpi:
    """The record of a KPI card as far as it can be read."""
    document = read_document(text, (), found)
    front = Front(document, KEYS, found)
    fences = [f for s in (document.intro, *document.sections) for f in s.fences if f.language == "sql"]
    if len(fences) != 1:
        found.add(document.title_line, f"a card holds one fenced “sql” block; this one holds {len(fences) or 'none'}")
    if not document.intro.prose:
        found.add(document.title_line, "the formula in words stands below the title")
    return Kpi(
        stem=stem,
        title=document.title,
        source=found.source,
        unit=front.needed("unit", "what it is counted in, as in “per cent”"),
        better=front.one_of("better", ("up", "down"), "") if front.needed("better", "“up” or “down”") else "",
        owner=front.needed("owner", "the role that answers for it"),
        range=front.range("range"),
        target=front.number("target"),
        benchmark=front.text("benchmark"),
        on_breach=front.stem("on breach"),
        per=front.one_of("per", ("day", "period, distinct", "period, median"), "day"),
        formula=document.intro.prose,
        sql=fences[0].text if fences else "",
        line=document.title_line,
        lines=front.lines,
        links=document.links,
        limits=document.limits,
    )
