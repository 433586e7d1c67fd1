from __future__ import annotations

import pandas as pd
import pytest

from egresslab.errors import FrameError
from egresslab.frames import as_log, empty
from egresslab.views import timeline


def test_entries_are_counted_by_bucket_and_value(log):
    out = timeline(log, bucket="1min")
    assert out[["time", "value", "count", "failed"]].astype({"time": "str"}).values.tolist() == [
        ["2026-11-23 10:00:00+00:00", "-", 1, 0],
        ["2026-11-23 10:00:00+00:00", "UF,URX", 1, 1],
        ["2026-11-23 10:01:00+00:00", "-", 1, 0],
        ["2026-11-23 10:01:00+00:00", "UH", 1, 1],
        ["2026-11-23 10:02:00+00:00", "-", 1, 1],
        ["2026-11-23 10:02:00+00:00", "NR", 1, 1],
    ]
    assert set(out["bucket_s"]) == {60}
    assert set(out["by"]) == {"response_flags"}
    assert out["per"].isna().all()


def test_entries_without_a_time_are_left_out(log):
    assert timeline(log)["count"].sum() == len(log) - 1
    assert timeline(log, time="end")["count"].sum() == len(log) - 1


@pytest.mark.parametrize(
    ("span", "width"), [("0s", 1), ("119s", 1), ("120s", 2), ("215s", 2), ("1h", 60), ("3h", 120), ("1D", 900), ("400D", 345600)]
)
def test_at_most_120_buckets_span_the_log(span, width):
    times = pd.to_datetime(["2026-11-23T00:00:00Z"] * 2) + pd.to_timedelta(["0s", span])
    assert set(timeline(as_log(pd.DataFrame({"start_time": times})))["bucket_s"]) == {width}


def test_the_end_of_an_entry_is_its_start_and_duration():
    start = "2026-11-23T10:00:00Z"
    log = as_log(pd.DataFrame({"start_time": start, "duration_ms": [0, 61_000, None, -1, 10**18]}))
    assert timeline(log, time="end", bucket="1min")["time"].dt.minute.tolist() == [0, 1]
    assert timeline(log, time="start", bucket="1min")["count"].tolist() == [5]


@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("response_code", {"200": 1, "503": 1, "0": 2, "502": 1, "404": 1}),
        ("egress_class", {"external": 3, "BlackHoleCluster": 2, "answered_by_proxy": 1}),
        ("host", {"api.example.com": 3, "b.wild.example.com": 1, "198.51.100.7": 1, "unknown.example": 1}),
        ("route_name", {"-": 5, "block_all": 1}),
        (["method", "response_flags"], {"GET · -": 2, "GET · UF,URX": 1, "- · -": 1, "- · UH": 1, "POST · NR": 1}),
    ],
)
def test_what_entries_can_be_counted_by(log, by, values):
    out = timeline(log, by=by, bucket="1h")
    assert dict(zip(out["value"], out["count"], strict=True)) == values


def test_bands_cross_with_values(log):
    out = timeline(log, by="response_flags", per=["proxy", "method"], bucket="1h")
    assert dict(zip(zip(out["per"], out["value"], strict=True), out["count"], strict=True))["app.shop · GET", "-"] == 2


def test_flags_that_a_line_lost_are_counted_as_missing():
    log = as_log(pd.DataFrame({"start_time": "2026-11-23T10:00:00Z", "response_flags": ["-", None]}))
    assert timeline(log)[["value", "count"]].values.tolist() == [["-", 2]]


def test_no_entries_give_an_empty_timeline_of_the_contract():
    assert timeline(empty("log"), per="proxy").dtypes.astype("str").equals(empty("timeline").dtypes.astype("str"))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"bucket": "half an hour"}, "give one such as '10s'"),
        ({"bucket": "10ms"}, "whole seconds"),
        ({"bucket": "-10s"}, "whole seconds"),
        ({"time": "middle"}, "near it|known: end, start"),
        ({"by": "path"}, "cannot be counted by 'path'"),
        ({"by": "response_flag"}, "near it: .*response_flags"),
        ({"by": []}, "nothing is named to count by"),
    ],
)
def test_a_wrong_word_says_the_way_out(log, query, says):
    with pytest.raises(FrameError, match=says):
        timeline(log, **query)
