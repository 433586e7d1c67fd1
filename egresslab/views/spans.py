"""Intervals of time that lie within others: what an entry of one proxy and an entry of the next have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# More entries than this that began in reach are a crowd: time does not tell them apart, and their pairs would not fit into memory.
_CROWD = 64
_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Spans:
    """Intervals [ms], each with the key that both sides must share."""

    key: Ints
    start: Ints
    end: Ints

    def rows(self, rows: Ints) -> Spans:
        """Give some of them."""
        return Spans(self.key[rows], self.start[rows], self.end[rows])


@dataclass(frozen=True, slots=True)
class Fits:
    """Which outer interval spans which inner one: pairs of positions."""

    inner: Ints
    outer: Ints
    candidates: Ints  # of each inner interval
    crowd: npt.NDArray[np.bool_]  # outer intervals that are in no pair because too many are alike

    def among(self, rows: Ints, inners: int) -> Fits:
        """Give the same for all inner intervals, of which these were ``rows``."""
        candidates = np.zeros(inners, dtype="int64")
        candidates[rows] = self.candidates
        return Fits(rows[self.inner], self.outer, candidates, self.crowd)


def fits(outer: Spans, inner: Spans, *, slack: int) -> Fits:
    """Find for each inner interval the outer ones of its key that span it, give or take ``slack`` [ms].

    Outer intervals are searched by octaves of their length, so that one long interval does not make all others candidates.
    """
    octave = np.frexp((outer.end - outer.start).astype("float64"))[1].astype("int64")
    moments, rank = np.unique(outer.start, return_inverse=True)
    width = len(moments) + 1
    reached = []
    for length in np.unique(octave):
        rows = np.flatnonzero(octave == length)
        at = outer.key[rows] * width + rank[rows]
        order = np.argsort(at, kind="stable")
        earliest = np.searchsorted(moments, inner.end - slack - 2**length)
        latest = np.searchsorted(moments, inner.start + slack, side="right")
        low, high = (np.searchsorted(at[order], inner.key * width + moment) for moment in (earliest, latest))
        reached.append((rows[order], low, np.maximum(low, high)))
    return _spanning(outer, inner, slack, reached)


def _spanning(outer: Spans, inner: Spans, slack: int, reached: list[tuple[Ints, Ints, Ints]]) -> Fits:
    in_reach = np.sum([np.zeros(len(inner.key), dtype="int64"), *(high - low for _, low, high in reached)], axis=0)
    crowded, crowd = in_reach > _CROWD, np.zeros(len(outer.key), dtype="bool")
    pairs = [(np.empty(0, dtype="int64"),) * 2]
    for rows, low, high in reached:
        pairs.append(_pairs(rows, low, np.where(crowded, low, high)))
        edges = np.bincount(low[crowded], minlength=len(rows) + 1) - np.bincount(high[crowded], minlength=len(rows) + 1)
        crowd[rows[np.cumsum(edges)[:-1] > 0]] = True
    one, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    spans = outer.end[other] >= inner.end[one] - slack
    one, other = one[spans], other[spans]
    return Fits(one, other, np.where(crowded, in_reach, np.bincount(one, minlength=len(inner.key))), crowd)


def _pairs(rows: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Write out ranges of rows, from ``low`` to before ``high``, beside the position of the range."""
    owner = np.repeat(np.arange(len(low)), high - low)
    before = np.cumsum(high - low) - (high - low)
    return owner, rows[low[owner] + np.arange(len(owner)) - before[owner]]


def decide(found: Fits, outers: int) -> Ints:
    """Choose the outer interval of each inner one, -1 where that is not certain.

    What fits one only belongs to it; what belongs to another no longer counts among the candidates of the rest.
    """
    inner, outer = found.inner, found.outer
    chosen = np.full(len(found.candidates), -1, dtype="int64")
    for _ in range(_ROUNDS):
        sure = np.bincount(inner, minlength=len(chosen))[inner] == 1
        if not sure.any():
            break
        chosen[inner[sure]] = outer[sure]
        taken = np.zeros(outers, dtype="bool")
        taken[outer[sure]] = True
        open_ = (chosen[inner] < 0) & ~taken[outer]
        inner, outer = inner[open_], outer[open_]
    return chosen
