"""The charts of a report, drawn with matplotlib (without pyplot, which costs most of its start)."""

import io
from collections.abc import Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from ecomos.kpis import Reading
from ecomos.reports.told import Drawn

__all__ = ["bars", "behaviour"]

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
