"""Many dumps at once: decoding holds Python's lock, so that only more processes are faster."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from egresslab.config_dump.file import read_part
from egresslab.config_dump.part import Part
from egresslab.errors import EgresslabError
from egresslab.sources import Source

_WORTH_IT = 48 << 20  # bytes; starting a process and sending rows costs as much as reading some 20 MB
_RUN = "from egresslab.config_dump.parallel import work; work()"


def read_parts(sources: Sequence[Source]) -> list[Part | EgresslabError] | None:
    """Read files by several processes; None when they are too few or too small to gain by it."""
    paths = [Path(s) for s in sources if isinstance(s, str | os.PathLike) and s != "-"]
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, len(paths))
    if workers < 2 or len(paths) < len(sources) or sum(p.stat().st_size for p in paths) < _WORTH_IT:
        return None
    shares = _shares(paths, workers)
    running = [_start([paths[n] for n in share]) for share in shares]
    outcomes = [part for process, share in zip(running, shares, strict=True) for part in _finish(process, [paths[n] for n in share])]
    found = dict(zip([n for share in shares for n in share], outcomes, strict=True))
    return [found[n] for n in range(len(paths))]


def _shares(paths: list[Path], workers: int) -> list[list[int]]:
    """Deal the files out, the largest first, so that the workers end together."""
    shares: list[list[int]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for n in sorted(range(len(paths)), key=lambda n: -paths[n].stat().st_size):
        least = loads.index(min(loads))
        shares[least].append(n)
        loads[least] += paths[n].stat().st_size
    return shares


def _start(paths: list[Path]) -> subprocess.Popen[bytes]:
    # Not multiprocessing: that runs the caller's own script again in each process.
    process = subprocess.Popen([sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(pickle.dumps([str(p) for p in paths]))
    process.stdin.close()
    return process


def _finish(process: subprocess.Popen[bytes], paths: list[Path]) -> list[Part | EgresslabError]:
    assert process.stdout
    try:
        found: list[Part | EgresslabError] = pickle.load(process.stdout)
    except (EOFError, pickle.UnpicklingError):  # it was killed, by want of memory or by hand
        found = [read_part(p) for p in paths]
    process.stdout.close()
    process.wait()
    return found


def work() -> None:
    """Read the files that standard input names, and write their rows to standard output."""
    paths: list[str] = pickle.load(sys.stdin.buffer)
    pickle.dump([read_part(p) for p in paths], sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
