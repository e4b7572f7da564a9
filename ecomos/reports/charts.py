"""The charts of a report, drawn with matplotlib (without pyplot, which costs most of its start)."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from ecomos.kpis import Reading
from ecomos.reports.told import Drawn

__all__ = ["bars", "behaviour", "columns", "grid", "lines"]

INK, LINE, ACCENT, LATE, GREY = "#1b2730", "#0f766e", "#d5ebe8", "#b42318", "#51626d"
WIDE = (8.2, 2.9)


def behaviour(readings: Sequence[Reading], words: str, unit: str) -> Drawn:
    """A figure by day with the limits that its own ups and downs set; days beyond them are marked with a shape."""
    figure, axes = _canvas(WIDE)
    limited = [r for r in readings if r.limits is not None]
    if limited:
        days = [r.day_on for r in limited]
        low, high = [r.limits.low for r in limited if r.limits], [r.limits.high for r in limited if r.limits]
        axes.fill_between(days, low, high, color=ACCENT, linewidth=0, step="mid", label="what is usual")
        centre = [r.limits.centre for r in limited if r.limits]
        axes.plot(days, centre, color=GREY, linewidth=0.8, drawstyle="steps-mid")
    valued = [r for r in readings if r.value is not None]
    axes.plot(
        [r.day_on for r in valued], [r.value for r in valued], color=LINE, linewidth=1.4, marker=".", markersize=4
    )
    beyond = [r for r in valued if r.signal in ("above", "below")]
    if beyond:
        at = [r.day_on for r in beyond], [r.value for r in beyond]
        axes.plot(*at, color=LATE, marker="D", linestyle="", markersize=6, label="beyond it")
    top = max((r.value for r in valued if r.value is not None), default=0)
    axes.set_ylim(0, 1.3 * top or 1)  # limits may lie far above what ever happened; the days are what is looked at
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    dates = AutoDateLocator(maxticks=7)
    axes.xaxis.set_major_locator(dates)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(dates))
    axes.set_ylabel(unit)
    if limited:
        axes.legend(loc="upper left", frameon=False, fontsize=8, ncols=2)
    return _drawn(figure, words)


def bars(counts: Sequence[tuple[str, int]], words: str) -> Drawn:
    """Counts by name, the largest on top, each with its number."""
    shown = list(reversed(counts))
    figure, axes = _canvas((8.2, 0.7 + 0.32 * len(shown)))
    drawn = axes.barh([_plain(name) for name, _ in shown], [n for _, n in shown], color=LINE, height=0.65)
    axes.bar_label(drawn, padding=4, fontsize=9, color=INK)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.1)
    return _drawn(figure, words)


def _plain(name: str) -> str:
    """A name in a chart: matplotlib reads what stands between dollar signs as a formula."""
    return name.replace("$", r"\$")


def _canvas(size: tuple[float, float]) -> tuple[Figure, Any]:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.tick_params(labelsize=9, labelcolor=INK, color="#c9d5db")
    axes.yaxis.label.set_color(GREY)
    axes.yaxis.label.set_fontsize(9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#c9d5db")
    return figure, axes


def _drawn(figure: Figure, words: str) -> Drawn:
    from matplotlib import rc_context

    svg, png = io.StringIO(), io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "ecomos", "font.family": "sans-serif"}):
        FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None})
    FigureCanvasAgg(figure).print_png(png)
    text = svg.getvalue()
    return Drawn(words, text[text.index("<svg") :], png.getvalue())


def columns(values: Sequence[tuple[str, float, bool]], words: str, unit: str) -> Drawn:
    """A column for each (name, value, is it only a part); parts are hatched and paler, and the legend says so."""
    figure, axes = _canvas(WIDE)
    for part, label in ((False, None), (True, "only a part of the month")):
        at = [n for n, v in enumerate(values) if v[2] == part]
        style = {"color": ACCENT, "edgecolor": LINE, "hatch": "///", "linewidth": 0.6} if part else {"color": LINE}
        if at:
            axes.bar(at, [values[n][1] for n in at], width=0.7, label=label, **style)
    every = max(1, -(-len(values) // 13))
    axes.set_xticks(
        range(0, len(values), every), [values[n][0].replace(" ", "\n") for n in range(0, len(values), every)]
    )
    axes.tick_params(axis="x", labelsize=8)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylabel(unit)
    axes.margins(y=0.18)
    if any(v[2] for v in values):
        axes.legend(loc="upper left", frameon=False, fontsize=8)
    return _drawn(figure, words)


DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), ":", "-.", (0, (3, 3)), (0, (1, 3)))


def lines(days: Sequence[date], named: Sequence[tuple[str, Sequence[float], bool]], words: str, unit: str) -> Drawn:
    """A line for each (name, a value a day, is it ours), told apart by dash as well as by weight."""
    figure, axes = _canvas((8.2, 3.3))
    for number, (name, values, ours) in enumerate(named):
        colour, width = (LINE, 2.2) if ours else (INK, 1.1)
        style = {"color": colour, "linewidth": width, "linestyle": DASHES[number % len(DASHES)]}
        axes.plot(days, values, label=_plain(name), **style)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    dates = AutoDateLocator(maxticks=7)
    axes.xaxis.set_major_locator(dates)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(dates))
    axes.set_ylabel(unit)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), frameon=False, fontsize=8, ncols=3)
    return _drawn(figure, words)


def grid(rows: Sequence[tuple[str, Sequence[float | None]]], marked: Sequence[Sequence[bool]], words: str) -> Drawn:
    """Shares in per cent, a row each: the darker the more, each with its number; marked cells are hatched."""
    width = max(len(cells) for _, cells in rows)
    figure, axes = _canvas((8.2, 0.9 + 0.26 * len(rows)))
    top = max((x for _, cells in rows for x in cells if x is not None), default=0) or 1
    for y, (_, cells) in enumerate(rows):
        for x, share in enumerate(cells):
            if share is not None:
                _grid_cell(axes, x, y, share, share / top, marked[y][x])
    axes.set_xlim(-0.5, width - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(width), [str(n + 1) for n in range(width)])
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    hatched = "; hatched: a month that is not whole" if any(map(any, marked)) else ""
    axes.set_xlabel(f"months after the first order; per cent who bought again{hatched}", fontsize=9, color=GREY)
    return _drawn(figure, words)


def _grid_cell(axes: Any, x: int, y: int, share: float, depth: float, is_marked: bool) -> None:
    from matplotlib.patches import Rectangle

    colour = tuple(1 - (1 - c) * depth for c in (0.06, 0.46, 0.43))
    hatch, edge = ("////", "#c9d5db") if is_marked else (None, "white")
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, linewidth=0.5, hatch=hatch, edgecolor=edge))
    axes.text(x, y, f"{share:.0f}", ha="center", va="center", fontsize=8, color="white" if depth > 0.7 else INK)
