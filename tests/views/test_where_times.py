from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from egresslab.errors import FrameError
from egresslab.frames import as_log
from egresslab.views import where

TIMES = [
    "2026-11-22T23:59:59.999Z",  # 0
    "2026-11-23T00:00:00Z",  # 1
    "2026-11-23T10:00:00Z",  # 2
    "2026-11-23T10:05:59.999Z",  # 3
    "2026-11-23T10:06:00Z",  # 4
    "2026-11-24T10:05:00.123Z",  # 5
    None,  # 6
]


@pytest.fixture
def log():
    return as_log(pd.DataFrame({"start_time": TIMES}))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2026", [0, 1, 2, 3, 4, 5]),
        ("2026-11", [0, 1, 2, 3, 4, 5]),
        ("2026-11-23", [1, 2, 3, 4]),
        ("2026-11-23T10", [2, 3, 4]),
        ("2026-11-23T10:05", [3]),
        ("2026-11-23 10:05", [3]),
        ("2026-11-23T10:05:59", [3]),
        ("2026-11-24T10:05:00.123Z", [5]),
        ("2026-11-24T10:05:00.12", [5]),
        ("2026-11-24T10:05:00.124Z", []),
        ("2026-11-23T12:06+02:00", [4]),
        ("2026-11-23T10:00..", [2, 3, 4, 5]),
        ("..2026-11-23", [0, 1, 2, 3, 4]),
        ("2026-11-23..2026-11-23", [1, 2, 3, 4]),
        ("2026-11-23T10:00..2026-11-23T10:05", [2, 3]),
        (">=2026-11-23T10:06", [4, 5]),
        (">2026-11-23", [5]),
        (">2026-11-23T10:05", [4, 5]),
        ("<2026-11-23", [0]),
        ("<=2026-11-23T10:00", [0, 1, 2]),
        ("10:00..10:05", [2, 3, 5]),
        ("10:05", [3, 5]),
        ("10:05:59.999", [3]),
        ("10:06..", [0, 4]),
        ("..00:00", [1]),
        (">10:05", [0, 4]),
        ("<10:00", [1]),
        ("23:59..00:00", [0, 1]),
        ("10:06..10:00", [0, 1, 2, 4]),
        (["2026-11-22", "2026-11-24T10"], [0, 5]),
        ("-", [6]),
        (["-", "10:06"], [4, 6]),
        (dt.datetime(2026, 11, 23, 10, 6), [4]),
        (pd.Timestamp("2026-11-23T11:06", tz="Europe/Berlin"), [4]),
        (pd.Timestamp("2026-11-23T10:06").to_datetime64(), [4]),
        (dt.date(2026, 11, 23), [1, 2, 3, 4]),
    ],
)
def test_partial_times_cover_what_they_name_and_times_of_day_are_meant_on_every_day(log, asked, found):
    assert where(log, start_time=asked).index.tolist() == found


def test_exclude_keeps_entries_without_a_time(log):
    assert where(log, exclude={"start_time": "2026-11-23"}).index.tolist() == [0, 5, 6]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("yesterday", "'yesterday' is not a time; give a time such as '2026-11-23T10:05'"),
        ("2026-13-01", "month must be in 1..12"),
        ("25:00..26:00", "hour must be in 0..23"),
        ("2026-11-23T10:00..10:05", "one end has a date and the other has none"),
        ("2026-11-24..2026-11-23", "ends before it begins"),
        (5, "not a time"),
        (pd.NaT, "not a time"),
        (["10:00..10:05"], "is a comparison, which a list does not take"),
    ],
)
def test_what_is_no_time_says_what_is(log, asked, says):
    with pytest.raises(FrameError, match=says):
        where(log, start_time=asked)
