"""Entries counted over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from egresslab.errors import FrameError, near
from egresslab.frames import log_of
from egresslab.views.tally import framed, tally, tally_again
from egresslab.views.values import DASH, name_of, values_of

_WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_DAY = 86400
_BUCKETS = 120
# Envoy counts durations in 64 bits; what is longer than a century is no duration, and would leave the calendar.
_CENTURY_MS = 100 * 366 * _DAY * 1000


def timeline(
    log: Any,
    /,
    *,
    by: str | Sequence[str] = "response_flags",
    per: str | Sequence[str] | None = None,
    bucket: str | None = None,
    time: str = "start",
) -> pd.DataFrame:
    """When did what happen?

    Parameters
    ----------
    log
        A Case or a log frame.
    by
        What is counted: a label column, ``egress_class``, ``host``, ``response_code``, or a list of them. Flags count as the set they are.
    per
        The same, for bands such as one for each proxy.
    bucket
        Width of the time buckets, such as ``"10s"`` or ``"5min"``; without it at most 120 buckets span the log.
    time
        ``"start"``, or ``"end"`` to count at start + duration, when the entry was written; where that is not known, at the logged ``emit_time``.

    Returns
    -------
    pandas.DataFrame
        A ``timeline`` frame in the order of time; only what occurs has a row. Entries without a time are left out, and with ``time="end"``
        those without a duration: the sum of ``count`` against ``len(log)`` says how many.

    Raises
    ------
    FrameError
        When entries cannot be counted by a column, or ``bucket`` or ``time`` is none of these.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"start_time": ["2026-11-23T10:00:01Z", "2026-11-23T10:00:09Z"], "response_flags": ["UF", "UF"]}))
    >>> eg.timeline(log, bucket="10s")[["bucket_s", "value", "count"]].values.tolist()
    [[10, 'UF', 2]]
    """
    frame = log_of(log)
    at = _times(frame, time)
    width = _seconds(bucket) if bucket is not None else _width(at)
    keys = {"time": at.dt.floor(f"{width}s"), **({"per": values_of(frame, per)} if per else {}), "value": values_of(frame, by)}
    counted = tally(frame, keys).dropna(subset="time")
    counted = tally_again(counted.fillna({"per": DASH, "value": DASH}), list(keys)).sort_values(list(keys))
    return framed(counted.assign(bucket_s=width, by=name_of(by)), "timeline")


def _times(frame: pd.DataFrame, time: str) -> pd.Series[Any]:
    if time not in ("start", "end"):
        raise FrameError(f"entries cannot be counted at time={time!r}; {near(time, ('start', 'end'))}")
    if time == "start":
        return frame["start_time"]
    duration = frame["duration_ms"].where(frame["duration_ms"].between(0, _CENTURY_MS))
    end = frame["start_time"] + pd.to_timedelta(duration, unit="ms").astype("timedelta64[us]")
    return end.fillna(frame["emit_time"]) if "emit_time" in frame else end


def _seconds(bucket: str) -> int:
    try:
        width = pd.Timedelta(bucket).total_seconds()
    except (ValueError, TypeError):
        width = 0.0
    if not (width >= 1 and width.is_integer()):
        raise FrameError(f"bucket={bucket!r} is no width in whole seconds; give one such as '10s', '5min' or '1h'")
    return int(width)


def _width(at: pd.Series[Any]) -> int:
    if not at.notna().any():
        return _WIDTHS[0]
    first, last = int(at.min().timestamp()), int(at.max().timestamp())
    fitting = (width for width in _WIDTHS if last // width - first // width < _BUCKETS)
    return next(fitting, _DAY * -(-(last - first) // (_DAY * (_BUCKETS - 1)) or 1))
