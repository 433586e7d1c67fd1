"""How long entries took: percentiles out of histograms that add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from egresslab.frames import coerce, log_of, typed
from egresslab.views.values import name_of, values_of
from egresslab.views.where_numbers import Mask

Counts = np.ndarray[Any, np.dtype[np.int64]]

# Each millisecond below 4096 has its own bin; above, each power of two is cut into 256, so the middle of a bin is at most 0.2 % off.
_EXACT, _PARTS, _OCTAVES = 12, 8, 32
_LONGEST = 2 ** (_EXACT + _OCTAVES) - 1
BINS = 2**_EXACT + _OCTAVES * 2**_PARTS
_DENSE = 2**23
_QUANTILES = {"p50_ms": 0.5, "p90_ms": 0.9, "p95_ms": 0.95, "p99_ms": 0.99}


def latency(log: Any, /, *, by: str | Sequence[str] | None = None) -> pd.DataFrame:
    """How long did the entries take?

    Parameters
    ----------
    log
        A Case or a log frame.
    by
        Label column to compare by, ``egress_class``, ``host``, ``response_code``, or a list of them; without it one row for all.

    Returns
    -------
    pandas.DataFrame
        A ``latency`` frame, most entries first; percentiles [ms] by nearest rank, exact below 4096 ms and at most 0.3 % off above.

    Raises
    ------
    FrameError
        When there is no such column.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"duration_ms": [1, 2, 3, 4000], "upstream_cluster": ["a", "a", "b", "b"]}))
    >>> eg.latency(log, by="upstream_cluster")[["value", "p50_ms", "max_ms"]].values.tolist()
    [['a', 1, 2], ['b', 3, 4000]]
    """
    frame = log_of(log)
    values = values_of(frame, by) if by else coerce(pd.Series([None] * len(frame), dtype="object"), "label", "value")
    words = [None, *values.cat.categories]
    groups = values.cat.codes.to_numpy().astype("int64") + 1
    known = _known(frame["duration_ms"])
    measured = _measured(groups[known], frame["duration_ms"][known].to_numpy(dtype="int64"), len(words))
    seen = np.flatnonzero(np.bincount(groups, minlength=len(words)))
    named = {"by": [name_of(by) if by else None] * len(seen), "value": [words[i] for i in seen]}
    out = typed({**named, **{name: values[seen] for name, values in measured.items()}}, "latency")
    return out.sort_values(["count", "value"], ascending=[False, True], kind="stable", ignore_index=True)


def duration_counts(durations: pd.Series[Any]) -> Counts:
    """Count durations [ms] in log2-spaced bins; counts of parts add up to those of the whole.

    >>> counts = duration_counts(pd.Series([1, 1, 7], dtype="Int64"))
    >>> percentile_of(counts, 0.5), percentile_of(counts + counts, 0.99)
    (1, 7)
    """
    return np.bincount(_bins(durations[_known(durations)].to_numpy(dtype="int64")), minlength=BINS)


def percentile_of(counts: Counts, quantile: float) -> int | None:
    """Read a percentile [ms] by nearest rank: exact below 4096 ms, at most 0.3 % off above; None when nothing was counted."""
    cells = np.flatnonzero(counts)
    return int(_at_rank(cells, counts[cells], np.array([counts.sum()]), quantile)[0]) if len(cells) else None


def _known(durations: pd.Series[Any]) -> Mask:
    """Tell which entries have a duration; Envoy writes -1 for one that it never measured."""
    return (durations >= 0).fillna(False).to_numpy(dtype=bool)


def _measured(groups: Counts, durations: Counts, number: int) -> dict[str, Any]:
    total = np.bincount(groups, minlength=number)
    longest = np.zeros(number, dtype="int64")
    np.maximum.at(longest, groups, durations)
    cells, counts = _cells(groups * BINS + _bins(durations), number * BINS)
    found = {name: np.minimum(_at_rank(cells, counts, total, q), longest) for name, q in _QUANTILES.items()}
    known = {name: pd.Series(values, dtype="Int64").where(total > 0).array for name, values in {**found, "max_ms": longest}.items()}
    return {"count": total, **known}


def _cells(positions: Counts, size: int) -> tuple[Counts, Counts]:
    """Count positions of the histograms of all groups laid side by side; only those that are taken."""
    if size > _DENSE:
        return np.unique(positions, return_counts=True)
    counts = np.bincount(positions, minlength=size)
    cells = np.flatnonzero(counts)
    return cells, counts[cells]


def _at_rank(cells: Counts, counts: Counts, total: Counts, quantile: float) -> Counts:
    if not len(cells):
        return np.zeros(len(total), dtype="int64")
    rank = np.maximum(1, np.ceil(np.round(quantile * total, 6))).astype("int64")
    at = np.searchsorted(counts.cumsum(), total.cumsum() - total + rank)
    return _middles(cells[np.minimum(at, len(cells) - 1)] % BINS)


def _bins(durations: Counts) -> Counts:
    clipped: Counts = np.minimum(durations, _LONGEST)
    octave = np.maximum(np.frexp(clipped.astype("float64"))[1] - 1, _EXACT)
    part = (clipped >> (octave - _PARTS)) - 2**_PARTS
    return np.asarray(np.where(clipped < 2**_EXACT, clipped, 2**_EXACT + ((octave - _EXACT) << _PARTS) + part))


def _middles(bins: Counts) -> Counts:
    octave, part = np.divmod(np.maximum(bins - 2**_EXACT, 0), 2**_PARTS)
    width = np.left_shift(1, octave + _EXACT - _PARTS)
    return np.where(bins < 2**_EXACT, bins, (part + 2**_PARTS) * width + (width - 1) // 2)
