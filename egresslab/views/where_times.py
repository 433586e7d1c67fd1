"""What `where` takes on a time: partial times cover all they name, a time without a date is meant on every day."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd

from egresslab.views.where_numbers import Mask, Predicate, bounds

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?)?)?)?)?(Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?Z?", re.ASCII)
_WIDTHS: tuple[Any, ...] = (
    pd.DateOffset(years=1),
    pd.DateOffset(months=1),
    dt.timedelta(days=1),
    dt.timedelta(hours=1),
    dt.timedelta(minutes=1),
    dt.timedelta(seconds=1),
)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_DAY = dt.timedelta(days=1) // _MICROSECOND

Span = tuple[int, int]


def time_test(value: object) -> Predicate:
    """Make the test of a time column for one value; ValueError when the value is no time."""
    asked = bounds(as_text(value))
    clocks = {_CLOCK.fullmatch(word) is not None for _, word in asked}
    if len(clocks) == 2:
        raise ValueError("one end has a date and the other has none")
    on_every_day = clocks == {True}
    low, high = _span(asked, _clock if on_every_day else _period)
    if low is not None and high is not None and low >= high and not on_every_day:
        raise ValueError("the range ends before it begins")

    def passes(column: pd.Series[Any]) -> Mask:
        at = column.dt.tz_localize(None).to_numpy().astype("int64")
        return column.notna().to_numpy() & _within(at % _DAY if on_every_day else at, low, high)

    return passes


def _within(at: np.ndarray[Any, Any], low: int | None, high: int | None) -> Mask:
    after = np.ones(len(at), dtype=bool) if low is None else at >= low
    before = np.ones(len(at), dtype=bool) if high is None else at < high
    over_midnight = low is not None and high is not None and low >= high
    return after | before if over_midnight else after & before


def _span(asked: list[tuple[str, str]], read: Any) -> tuple[int | None, int | None]:
    low = high = None
    for sign, word in asked:
        start, end = read(word)
        if sign.startswith(">"):
            low = start if sign == ">=" else end
        else:
            high = end if sign == "<=" else start
    return low, high


def _period(word: str) -> Span:
    match = _DATE.fullmatch(word)
    if match is None:
        raise ValueError(f"{word!r} is not a time")
    *parts, fraction, zone = match.groups()
    given = [int(part) for part in parts if part is not None]
    year, month, day, hour, minute, second = [*given, *(1, 1, 1, 0, 0, 0)[len(given) :]]
    start = pd.Timestamp(dt.datetime(year, month, day, hour, minute, second, int((fraction or "").ljust(6, "0")), tzinfo=dt.UTC))
    width = _fraction(fraction) if fraction else _WIDTHS[len(given) - 1]
    shift = _offset(zone)
    return (start - shift - _EPOCH) // _MICROSECOND, (start + width - shift - _EPOCH) // _MICROSECOND


def _clock(word: str) -> Span:
    return _period(f"1970-01-01T{word}")


def _fraction(digits: str) -> dt.timedelta:
    return dt.timedelta(microseconds=10 ** (6 - len(digits)))


def _offset(zone: str | None) -> dt.timedelta:
    if zone in (None, "Z"):
        return dt.timedelta(0)
    return dt.datetime.strptime(str(zone), "%z").utcoffset() or dt.timedelta(0)


def as_text(value: object) -> str:
    """Write a time as the text that asks for this very moment, a date as the text that asks for the day; ValueError when it is neither."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, dt.datetime) and value == value:
        at = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    raise ValueError("not a time")
