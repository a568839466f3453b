#!/usr/bin/env python3
"""What fastdeck costs by size: loading, memory, and CPU of counting, on generated logs.

    python3 benches/sizes.py                              100,000, 1 million and 10 million consumers
    python3 benches/sizes.py --consumers 50000 500000     other sizes

Slices are drawn anew for every question; the first question of each kind is not counted. 10 million
consumers need 8 GB of disk (under target/, or in --folder) and 3 GB of memory.
"""

import argparse
import random
import statistics
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is left beside the sources

from peerlib.questions import slices
from peers import Peer, facts, log_of


# Keys in a row.
KEYS = 5


def p95(values):
    return sorted(values)[int(len(values) * 0.95)]


class Picker:
    """A slice on three dimensions that a key changes by one value."""

    def __init__(self, about, rng):
        self.about, self.rng = about["dimensions"], rng
        self.picked = {name: set(rng.sample(self.about[name], 2)) for name in ("crowd", "channel", "category")}

    def key(self):
        name = self.rng.choice(sorted(self.picked))
        self.picked[name] ^= {self.rng.choice(self.about[name])}
        held = [(name, sorted(values)) for name, values in self.picked.items() if values]
        return "; ".join(f"{name}={','.join(values)}" for name, values in held)


def costs(program, folder, rounds, seed):
    """Rows of the table for one log: name and text."""
    ours = Peer("fastdeck", [program, "answer", str(folder)])
    hello, rng = ours.hello, random.Random(seed)
    again = ours.ask({"numbers": False})
    ready = ours.ask({"prepare": True})
    found = {
        "events": f"{hello['about']['events']:,}",
        "loading and ordering, s": f"{hello['wall_ms'] / 1e3:,.1f} ({hello['cpu_ms'] / 1e3:,.1f})",
        "peak memory, MB": f"{hello['peak_mb']:,.0f}",
        "counting everybody again (a changed window), ms": f"{again['wall_ms']:,.0f} ({again['cpu_ms']:,.0f})",
        "summing up by condition, behind the first board, ms": f"{ready['wall_ms']:,.0f} ({ready['cpu_ms']:,.0f})",
    }
    times, picker = {}, Picker(hello["about"], rng)
    for turn in range(rounds + 1):
        some = lambda name, n: f"{name}={','.join(rng.sample(hello['about']['dimensions'][name], n))}"
        where = {
            "crowd, tier": "; ".join([some("crowd", 4), some("city_tier", 2)]),
            **slices(hello["about"], rng),
            "3 touchpoints + 3 categories": "; ".join([some("channel", 3), some("category", 3)]),
        }
        asked = list(where.items()) + [("a key: a value more or less in three dimensions", None)] * KEYS
        for name, text in asked:
            reply = ours.ask({"where": picker.key() if text is None else text, "only": "count"})
            if turn:
                times.setdefault(name, []).append((reply["wall_ms"], reply["cpu_ms"]))
    for name, each in times.items():
        wall, cpu = zip(*each)
        found[f"{name}, ms"] = f"{statistics.median(wall):.2f} ({statistics.median(cpu):.2f}), p95 {p95(wall):.2f}"
    held = ours.ask({"only": "memory"})
    kinds = ("events", "censuses", "touched")
    found[f"bytes per consumer: {', '.join(kinds)}"] = ", ".join(f"{held[k] / held['consumers']:.1f}" for k in kinds)
    ours.end()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--consumers", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--folder", help="where the generated logs are or go (default: under target/)")
    parser.add_argument("--program", metavar="PATH", help="benches/facts.rs, built (default: cargo builds it)")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=2026)
    args = parser.parse_args()
    program = args.program or facts(release=True)
    columns = {}
    for consumers in args.consumers:
        folder = Path(args.folder) / str(consumers) if args.folder else None
        log = log_of(program, consumers, folder)
        columns[f"{consumers:,} consumers"] = costs(program, log, args.rounds, args.seed)
    print("\nwall (CPU)\n")
    print(f"| | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name in next(iter(columns.values())):
        print(f"| {name} | {' | '.join(found[name] for found in columns.values())} |")


if __name__ == "__main__":
    main()
