"""Several ways of doing one thing, timed in turn, each in a process of its own."""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Way = Callable[[], Any]


def asked(doc: str) -> argparse.Namespace:
    """Read from the command line how much to read, and how often; the first line of a text says what for."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--mb", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def in_turn(ways: dict[str, Way], runs: int, megabytes: float) -> None:
    """Print a table of the ways, the first of them ours, and the ratio of each other one to it."""
    context = multiprocessing.get_context("spawn")
    pools = {name: context.Pool(1) for name in ways}
    rows = {name: pool.apply(_timed, (ways[name],))[2] for name, pool in pools.items()}  # a warm-up
    timed: dict[str, list[tuple[float, float, int]]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, pool in pools.items():
            timed[name].append(pool.apply(_timed, (ways[name],)))
    print("| way | s, least | median | CPU s, least | median | MB/s | rows | peak MB |\n|---|---|---|---|---|---|---|---|")
    for name, pool in pools.items():
        wall, processor, _ = zip(*timed[name], strict=True)
        figures = [min(wall), statistics.median(wall), min(processor), statistics.median(processor)]
        print(
            f"| {name} | {' | '.join(f'{f:.2f}' for f in figures)} | {megabytes / min(wall):.0f} | {rows[name]:,} | {pool.apply(_peak) / 1000:.0f} |"
        )
        pool.terminate()
    first, *others = ways
    for name in others:
        ratios = [min(t[n] for t in timed[name]) / min(t[n] for t in timed[first]) for n in (0, 1)]
        print(f"\nratio of {name}: {ratios[0]:.2f} by the clock, {ratios[1]:.2f} by the processor (above 1: {first} is faster)", flush=True)


def _timed(way: Way) -> tuple[float, float, int]:
    start, used = time.perf_counter(), time.process_time()
    rows = len(way())
    return time.perf_counter() - start, time.process_time() - used, rows


def _peak() -> int:
    """Give the most memory that this process had [kB]."""
    return int(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
