"""Which entries of a sidecar and a gateway may be one request: on one connection, alike, one within the other in time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from egresslab.frames import number_groups
from egresslab.views.hop_sides import HopSides
from egresslab.views.spans import Fits, Spans, decide, fits

Ints = npt.NDArray[np.int64]

_LONGEST_MS = 2**40


class Likeness(NamedTuple):
    """What entries of both sides must have in common besides connection and time, in words and as columns."""

    words: str
    columns: tuple[str, ...]
    sidecar_http: tuple[bool, ...]
    gateway_http: tuple[bool, ...]


# The first that gives a gateway entry any candidate counts. A gateway may rewrite the host; without a method it saw TCP or no valid HTTP.
LIKENESSES = (
    Likeness(" with this method, path and host", ("method", "path", "authority"), (True,), (True,)),
    Likeness(" with this method and path but another host", ("method", "path"), (True,), (True,)),
    Likeness(", which carries TCP or TLS,", (), (False,), (True,)),
    Likeness(", whatever it asked for,", (), (True, False), (False,)),
)


@dataclass(frozen=True, slots=True)
class HopPairs:
    """For each gateway entry the sidecar entry that it belongs to (-1: not certain), how many could be it, and by which likeness."""

    chosen: Ints
    candidates: Ints
    likeness: Ints
    in_doubt: npt.NDArray[np.bool_]  # of the sidecar's entries: candidates of a gateway entry that is not certain


def hop_pairs(log: pd.DataFrame, sides: HopSides, *, slack_ms: int) -> HopPairs:
    """Pair the entries of both sides, whose clocks may differ by ``slack_ms`` at most.

    How far they do differ is learned from the pairs that are certain; it tells apart what lies closer together than the slack.
    """
    both = _spans(log, sides)
    rough = _paired(both, [slack_ms])
    apart = _apart(*both[0], rough.chosen)
    return _paired(both, [apart, slack_ms]) if apart < slack_ms else rough


def _spans(log: pd.DataFrame, sides: HopSides) -> list[tuple[Spans, Spans]]:
    """Give the intervals of both sides for each likeness; those that it does not concern have keys that never meet."""
    rows = log.iloc[np.concatenate([sides.sidecar, sides.gateway])].reset_index(drop=True)
    connection = pd.Series(np.concatenate([sides.sidecar_connection, sides.gateway_connection]))
    known = ((connection >= 0) & rows["start_time"].notna()).to_numpy()
    http, (start, end), split = rows["method"].notna().to_numpy(), _times(rows), len(sides.sidecar)
    both = []
    for alike in LIKENESSES:
        key = number_groups([connection, *(rows[name] for name in alike.columns)])
        outer = np.where(known & np.isin(http, alike.sidecar_http), key, -1)[:split]
        inner = np.where(known & np.isin(http, alike.gateway_http), key, -2)[split:]
        both.append((Spans(outer, start[:split], end[:split]), Spans(inner, start[split:], end[split:])))
    return both


def _times(entries: pd.DataFrame) -> tuple[Ints, Ints]:
    start = entries["start_time"].dt.tz_localize(None).to_numpy().astype("datetime64[ms]").astype("int64")
    return start, start + entries["duration_ms"].fillna(0).clip(0, _LONGEST_MS).to_numpy("int64")


def _paired(both: list[tuple[Spans, Spans]], slacks: list[int]) -> HopPairs:
    outers, inners = len(both[0][0].key), len(both[0][1].key)
    found, likeness = [], np.full(inners, -1)
    for (number, (outer, inner)), slack in product(enumerate(both), slacks):
        rows = np.flatnonzero((likeness < 0) & (inner.key >= 0))
        found.append(fits(outer, inner.rows(rows), slack=slack).among(rows, inners))
        likeness[found[-1].candidates > 0] = number
    every = _together(found)
    chosen = decide(every, outers)
    in_doubt = every.crowd.copy()
    in_doubt[every.outer[chosen[every.inner] < 0]] = True
    return HopPairs(chosen, every.candidates, likeness, in_doubt)


def _apart(sidecar: Spans, gateway: Spans, chosen: Ints) -> int:
    """Say how far the clocks are apart by certain pairs [ms]; one is the rounding of start and duration."""
    pair = np.flatnonzero(chosen >= 0)
    early, late = sidecar.start[chosen[pair]] - gateway.start[pair], gateway.end[pair] - sidecar.end[chosen[pair]]
    return int(max(1, early.max(initial=0), late.max(initial=0)))


def _together(found: list[Fits]) -> Fits:
    return Fits(
        inner=np.concatenate([f.inner for f in found]),
        outer=np.concatenate([f.outer for f in found]),
        candidates=np.sum([f.candidates for f in found], axis=0),
        crowd=np.any([f.crowd for f in found], axis=0),
    )
