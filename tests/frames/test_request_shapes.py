from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egresslab.errors import FrameError
from egresslab.frames import as_log, empty, merge_shapes, request_shapes, split_places

START = pd.Timestamp("2026-11-23T10:00:00Z")


def log_of_entries(entries):
    frame = pd.DataFrame(entries, columns=["second", "authority", "response_code", "response_flags", "duration_ms", "source"])
    return as_log(frame.assign(start_time=START + pd.to_timedelta(frame["second"], unit="s"), line=range(1, len(frame) + 1)).drop(columns="second"))


ENTRIES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([0, 3, 9.999, 10, 25, 61, 3599, 3700])),
        st.sampled_from(["a", "b", None]),
        st.sampled_from([0, 200, 503, None]),
        st.sampled_from(["-", "UF,URX", None]),
        st.sampled_from([1, 70, None]),
        st.sampled_from(["a.log", "b c.log"]),
    ),
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(ENTRIES, st.data())
def test_shapes_of_a_whole_are_the_merged_shapes_of_its_parts(entries, data):
    log = log_of_entries(entries)
    part = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(log), max_size=len(log))), dtype="int64")
    parts = [request_shapes(log[part == number]) for number in range(3)]
    pd.testing.assert_frame_equal(merge_shapes(parts), request_shapes(log))
    pd.testing.assert_frame_equal(merge_shapes([merge_shapes(parts[1:]), parts[0]]), request_shapes(log))


def test_entries_are_counted_and_summed_by_shape_and_bucket():
    shapes = request_shapes(
        log_of_entries([(1, "a", 200, "-", 5, "x"), (2, "a", 200, "-", 7, "x"), (12, "a", 200, "-", 1, "x"), (1, "a", 503, "UF", 9, "x")])
    )
    assert shapes[["response_code", "count", "duration_ms", "failed"]].to_numpy().tolist() == [
        [200, 2, 12, False],
        [503, 1, 9, True],
        [200, 1, 1, False],
    ]
    assert shapes["time"].tolist() == [START, START, START + pd.Timedelta(10, "s")]
    assert shapes["last_seen"].iloc[0] == START + pd.Timedelta(2, "s")
    assert shapes["bucket_s"].unique().tolist() == [10]


def test_missing_values_are_shapes_of_their_own():
    shapes = request_shapes(log_of_entries([(None, None, None, None, None, "x"), (0, None, 0, "-", None, "x")]))
    assert shapes["count"].tolist() == [1, 1]
    assert shapes["time"].isna().tolist() == [False, True]
    assert shapes["first_seen"].isna().tolist() == [False, True]
    assert shapes["duration_ms"].tolist() == [0, 0]


def test_places_are_the_first_three_by_file_and_line():
    log = log_of_entries([(0, "a", 200, "-", 1, "b c.log")] * 4 + [(0, "a", 200, "-", 1, "a.log")])
    assert split_places(request_shapes(log)["places"].item()) == [("a.log", 5), ("b c.log", 1), ("b c.log", 2)]


def test_a_log_longer_than_an_hour_has_buckets_of_a_minute():
    short, long = ([(0, "a", 200, "-", 1, "x"), (end, "a", 200, "-", 1, "x")] for end in (3600, 3601))
    assert request_shapes(log_of_entries(short))["bucket_s"].tolist() == [10, 10]
    assert request_shapes(log_of_entries(long))["bucket_s"].tolist() == [60, 60]
    assert request_shapes(log_of_entries(long), bucket=3600)["bucket_s"].tolist() == [3600, 3600]


def test_the_coarser_bucket_is_taken():
    log = log_of_entries([(5, "a", 200, "-", 1, "x"), (55, "a", 200, "-", 1, "x")])
    merged = merge_shapes([request_shapes(log), request_shapes(log, bucket=60)])
    assert merged[["bucket_s", "count"]].to_numpy().tolist() == [[60, 4]]


def test_a_finer_bucket_than_a_part_has_is_an_error():
    shapes = request_shapes(log_of_entries([(0, "a", 200, "-", 1, "x")]))
    with pytest.raises(FrameError, match="finer than the 10 s"):
        merge_shapes([shapes], bucket=5)
    with pytest.raises(FrameError, match="whole seconds from 1"):
        request_shapes(as_log(pd.DataFrame({"method": ["GET"]})), bucket=0)


def test_nothing_is_an_empty_frame_of_the_contract():
    for found in (request_shapes(empty("log")), merge_shapes([]), merge_shapes([request_shapes(empty("log"))])):
        pd.testing.assert_frame_equal(found, empty("request_shapes"))


def test_frames_from_other_hands_give_the_same_shapes():
    log = log_of_entries([(0, "a", 200, "-", 1, "x"), (1, "b", 503, "UF", None, "x"), (None, None, None, None, 3, "y")])
    file = io.BytesIO()
    log.to_parquet(file)
    many = pd.concat([log.iloc[:1].astype("object"), log.iloc[1:]])
    for other in (log.astype("object"), many, pd.read_parquet(file), log.assign(proxy=pd.Categorical([None] * 3, categories=["unused"]))):
        pd.testing.assert_frame_equal(request_shapes(other), request_shapes(log))


def test_more_combinations_than_64_bits_hold_are_told_apart():
    names = [f"n{n}" for n in range(300)]
    wide = dict.fromkeys(
        ["authority", "upstream_host", "upstream_cluster", "downstream_local_address", "requested_server_name", "route_name", "method"]
    )
    log = as_log(pd.DataFrame(dict.fromkeys(wide, names) | {"protocol": names, "response_code_details": names, "proxy": names}))
    assert request_shapes(pd.concat([log, log]))["count"].tolist() == [2] * 300
