"""A KPI's card into its record. The SQL is carried, not run."""

from ecomos.playbook.document import Document, Findings, read_document
from ecomos.playbook.front import Front
from ecomos.playbook.records import ExampleTable, Kpi

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
        example=_example(document, found),
    )


def _example(document: Document, found: Findings) -> tuple[ExampleTable, ...]:
    """The tables below “Worked example”: what is given, by the name of its table, and what is expected."""
    sections = [s for s in document.sections if s.slug == "worked-example"]
    tables = tuple(
        ExampleTable(t.head[0].strip("` "), t.head[1:], tuple(r.cells for r in t.rows), t.line)
        for s in sections
        for t in s.tables
    )
    expected = [t for t in tables if t.name == "expected"]
    if tables and (len(expected) != 1 or len(expected[0].columns) != 1):
        said = "a worked example has one table “expected” with a column for the day and one for the figure"
        found.add(tables[0].line, said)
        return ()
    return tables
