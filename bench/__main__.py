"""Run every pair (bench/pair_*.py: a function `pairs()`, which may also give a reason why it can't run) and print a
table of ratios. Exit 1 where a limit is broken."""

import importlib
import pkgutil
import sys

import bench
from bench.pair import Pair, Result, measure


def _pairs() -> list[Pair | str]:
    names = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name.startswith("pair_"))
    wanted = [n for n in names if not sys.argv[1:] or any(word in n for word in sys.argv[1:])]
    return [pair for name in wanted for pair in importlib.import_module(f"bench.{name}").pairs()]


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
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
