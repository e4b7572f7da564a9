"""Run every pair (bench/pair_*.py: a function `pairs()`, which may also give a reason why it can't run) and print a
table of ratios; then the figures of those that have `figures()`, and lines that they print as they stand. Exit 1 where
a limit is broken."""

import importlib
import pkgutil
import sys
from typing import Any

import bench
from bench.pair import Figure, Pair, Result, measure


def _modules() -> list[Any]:
    names = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name.startswith("pair_"))
    wanted = [n for n in names if not sys.argv[1:] or any(word in n for word in sys.argv[1:])]
    return [importlib.import_module(f"bench.{name}") for name in wanted]


def _pairs() -> list[Pair | str]:
    return [pair for module in _modules() for pair in module.pairs()]


def _figure(figure: Figure) -> str:
    word, sign = "holds" if figure.holds else "BROKEN", "≥" if figure.at_least else "≤"
    said = f"{figure.ours:,.4g}" if abs(figure.ours) < 1000 else f"{figure.ours:,.0f}"
    return f"{figure.name:<44} {said:>12} {figure.unit:<5} {sign} {figure.limit:,g}  {word}  {figure.note}"


def _row(result: Result) -> str:
    pair = result.pair
    word = "holds" if result.holds else "BROKEN"
    extra = f" + {pair.extra * 1000:.0f} ms" if pair.extra else ""
    return (
        f"{pair.name:<44} {result.ours:>9.3f} s {result.bare:>9.3f} s {result.ratio:>7.2f} "
        f"{'≤ ' + format(pair.limit, 'g') + extra:>14}  {word}  {pair.note}"
    )


def main() -> int:
    print(f"{'pair':<44} {'ours':>11} {'bare':>11} {'ratio':>7} {'limit':>14}")
    broken = 0
    for pair in _pairs():
        if isinstance(pair, str):
            print(f"{pair} (not measured)")
            continue
        result = measure(pair)
        broken += not result.holds
        print(_row(result), flush=True)
    for figure in (f for module in _modules() if hasattr(module, "figures") for f in module.figures()):
        print(_figure(figure) if isinstance(figure, Figure) else figure, flush=True)
        broken += isinstance(figure, Figure) and not figure.holds
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
