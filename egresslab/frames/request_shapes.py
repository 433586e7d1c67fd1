"""The distinct shapes of the entries in each time bucket: the unit in which diagnosis works."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from egresslab.errors import FrameError
from egresslab.frames.groups import number_groups
from egresslab.frames.log import join, log_of
from egresslab.frames.places import place, split_places
from egresslab.frames.schema import empty, labels, require, schema, typed

Ints = npt.NDArray[np.int64]

_BUCKET_S, _LONG_BUCKET_S, _LONG = 10, 60, pd.Timedelta(hours=1)
_SUMS = ("count", "bytes_received", "bytes_sent", "duration_ms")
_KEYS = [name for name, field in schema("request_shapes").items() if field.type == "label" or name in {"response_code", "failed"}]
_MOST_PLACES = 3


def request_shapes(log: Any, *, bucket: int | None = None) -> pd.DataFrame:
    """Which distinct kinds of entries does this log hold, and when?

    Parameters
    ----------
    log
        A Case or a ``log`` frame.
    bucket
        Width of the time buckets [s]; without it 10, or 60 for a log longer than an hour.

    Returns
    -------
    pandas.DataFrame
        A ``request_shapes`` frame by time, however many entries the log has.

    Raises
    ------
    FrameError
        When there is no log, or the bucket is not at least a second.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"authority": ["api.example.com"] * 3, "response_code": [200, 200, 503]}))
    >>> eg.request_shapes(log)[["authority", "response_code", "count"]].values.tolist()
    [['api.example.com', 200, 2], ['api.example.com', 503, 1]]
    """
    entries = log_of(log)
    start = entries["start_time"]
    shapes = entries.assign(time=start, first_seen=start, last_seen=start, count=1)
    places = pd.DataFrame({"row": np.arange(len(entries)), "source": entries["source"].array, "line": entries["line"].array})
    return _added(shapes, places, _width(shapes, bucket, 0))


def merge_shapes(parts: Iterable[pd.DataFrame], *, bucket: int | None = None) -> pd.DataFrame:
    """Which distinct kinds of entries do several logs hold together?

    Parameters
    ----------
    parts
        ``request_shapes`` frames, in any order; the coarsest time bucket is taken.
    bucket
        Width of the time buckets [s] if it shall be another; a multiple of those of the parts.

    Returns
    -------
    pandas.DataFrame
        A ``request_shapes`` frame, the same as that of the logs put together.

    Raises
    ------
    FrameError
        When a part is no such frame, or the bucket is finer than one of the parts'.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> from egresslab.frames.request_shapes import merge_shapes
    >>> shapes = eg.request_shapes(eg.as_log(pd.DataFrame({"authority": ["api.example.com"]})))
    >>> merge_shapes([shapes, shapes])["count"].tolist()
    [2]
    """
    frames = [require(part, "request_shapes") for part in parts]
    if not frames:
        return empty("request_shapes")
    shapes = join(frames)
    coarsest = int(shapes["bucket_s"].max()) if len(shapes) else 0
    if bucket is not None and bucket < coarsest:
        raise FrameError(f"bucket={bucket} is finer than the {coarsest} s of a part; count its log anew: eg.request_shapes(log, bucket={bucket})")
    return _added(shapes, _opened(shapes["places"]), _width(shapes, bucket, coarsest))


def _width(shapes: pd.DataFrame, bucket: int | None, coarsest: int) -> int:
    if bucket is not None and bucket < 1:
        raise FrameError(f"bucket={bucket} is no width of a time bucket; give whole seconds from 1, such as bucket=10")
    span = shapes["last_seen"].max() - shapes["first_seen"].min()
    return bucket or max(coarsest, _LONG_BUCKET_S if span > _LONG else _BUCKET_S)


def _added(shapes: pd.DataFrame, places: pd.DataFrame, width: int) -> pd.DataFrame:
    """Add up the rows that are of one shape in one time bucket; ``places`` says by position which row is seen where."""
    if shapes.empty:
        return empty("request_shapes")
    time = shapes["time"].dt.floor(f"{width}s")
    group = number_groups([time, *(shapes[name] for name in _KEYS)])
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    first = order[starts]
    out: dict[str, Any] = {"time": time.take(first), "bucket_s": np.full(len(first), width)}
    out |= {name: _without_unused(shapes[name].take(first)) for name in _KEYS}
    out |= {name: np.add.reduceat(shapes[name].fillna(0).to_numpy("int64")[order], starts) for name in _SUMS}
    for name, edge in (("first_seen", np.fmin), ("last_seen", np.fmax)):
        out[name] = edge.reduceat(shapes[name].dt.tz_localize(None).to_numpy()[order], starts)
    out["places"] = _first_places(places, group[places["row"]], len(first))
    return typed(out, "request_shapes").sort_values(["time", *_KEYS], ignore_index=True)


def _without_unused(column: pd.Series[Any]) -> pd.Series[Any]:
    """Give a label column only the categories it uses, sorted, so that equal shapes are equal frames."""
    return labels(column.cat.remove_unused_categories(), str) if isinstance(column.dtype, pd.CategoricalDtype) else column


def _opened(places: pd.Series[Any]) -> pd.DataFrame:
    """Open joined places into one row each: ``row, source, line``."""
    split = [
        (row, source, line)
        for row, text in enumerate(places)
        if isinstance(text, str)
        for source, line in split_places(text)
        if isinstance(line, int)
    ]
    rows, sources, lines = zip(*split, strict=True) if split else ((), (), ())
    return pd.DataFrame({"row": np.array(rows, dtype="int64"), "source": pd.Categorical(sources), "line": np.array(lines, dtype="int64")})


def _first_places(places: pd.DataFrame, group: Ints, groups: int) -> npt.NDArray[Any]:
    """Join the first places of each group by source and line, which no order of the parts changes."""
    seen = (places["source"].notna() & places["line"].notna()).to_numpy()
    sources = labels(places["source"][seen], str).cat
    lines, group = places["line"][seen].to_numpy("int64"), group[seen]
    order = np.lexsort((lines, sources.codes, group))
    nth = np.arange(len(order)) - np.searchsorted(group[order], group[order])
    prefixes = np.array([place(str(source), 0)[:-1] for source in sources.categories], dtype="object")
    out = np.full(groups, None, dtype="object")
    for n in range(_MOST_PLACES):
        at = order[nth == n]
        text = prefixes[sources.codes.to_numpy()[at]] + lines[at].astype("str").astype("object")
        out[group[at]] = text if n == 0 else out[group[at]] + " " + text
    return out
