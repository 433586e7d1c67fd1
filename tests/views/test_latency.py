from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egresslab.errors import FrameError
from egresslab.frames import as_log, empty
from egresslab.views import duration_counts, latency, percentile_of

durations = st.lists(st.one_of(st.integers(0, 5000), st.integers(0, 2**40)), min_size=1, max_size=40)


def nearest_rank(values, quantile):
    return sorted(values)[max(1, math.ceil(round(quantile * len(values), 6))) - 1]


def close(found, true):
    return found == true if true < 4096 else abs(found - true) <= 0.003 * true


@given(durations, st.sampled_from([0.5, 0.9, 0.95, 0.99, 1.0]))
def test_percentiles_are_exact_below_4096_ms_and_near_above(values, quantile):
    counts = duration_counts(pd.Series(values, dtype="Int64"))
    assert counts.sum() == len(values)
    assert close(percentile_of(counts, quantile), nearest_rank(values, quantile))


@given(durations, durations)
def test_counts_of_parts_add_up_to_those_of_the_whole(a, b):
    parts = [duration_counts(pd.Series(part, dtype="Int64")) for part in (a, b)]
    assert (sum(parts) == duration_counts(pd.Series(a + b, dtype="Int64"))).all()


def test_every_power_of_two_keeps_its_order():
    edges = sorted({2**n + d for n in range(43) for d in (-1, 0, 1)})
    bins = [int(np.flatnonzero(duration_counts(pd.Series([edge])))[0]) for edge in edges]
    assert bins == sorted(bins)


def test_no_durations_have_no_percentile():
    assert percentile_of(duration_counts(pd.Series([None, -1], dtype="Int64")), 0.5) is None


def test_all_entries_are_one_row():
    log = as_log(pd.DataFrame({"duration_ms": [*range(1, 101), None, -1]}))
    out = latency(log)
    assert out.drop(columns=["by", "value"]).values.tolist() == [[100, 50, 90, 95, 99, 100]]
    assert out[["by", "value"]].isna().all(axis=None)


def test_groups_are_told_apart_and_sorted_by_count():
    log = as_log(
        pd.DataFrame(
            {
                "upstream_cluster": ["a", "b", "b", "b", None, "c"],
                "response_code": [200, 200, 503, 503, 0, 200],
                "duration_ms": [7, 1, 2, 100_000, 5, None],
            }
        )
    )
    out = latency(log, by="upstream_cluster")
    assert out["value"].astype("object").where(out["value"].notna(), None).tolist() == ["b", "a", None, "c"]
    assert out["count"].tolist() == [3, 1, 1, 0]
    assert out["p50_ms"].tolist()[:3] == [2, 7, 5]
    assert out["p50_ms"].isna().tolist() == [False, False, False, True]
    assert out["max_ms"].tolist()[:3] == [100_000, 7, 5]
    assert out["p99_ms"].iloc[0] == pytest.approx(100_000, rel=0.003)
    assert latency(log, by=["upstream_cluster", "response_code"])["value"].tolist()[0] == "b · 503"


def test_a_thousand_groups_are_measured_as_one_is():
    groups = [f"c{n:04}" for n in range(1000)]
    log = as_log(pd.DataFrame({"upstream_cluster": groups * 3, "duration_ms": [*range(1000), *range(1000, 2000), *range(8000, 9000)]}))
    out = latency(log, by="upstream_cluster")
    assert out["value"].tolist() == groups
    assert out["p50_ms"].tolist() == list(range(1000, 2000))
    assert out["max_ms"].tolist() == list(range(8000, 9000))


def test_no_percentile_is_above_the_longest():
    assert latency(as_log(pd.DataFrame({"duration_ms": [4096]})))[["p50_ms", "max_ms"]].values.tolist() == [[4096, 4096]]


def test_no_entries_give_an_empty_frame_of_the_contract():
    for by in (None, "host", ["host", "response_code"]):
        assert latency(empty("log"), by=by).dtypes.astype("str").equals(empty("latency").dtypes.astype("str"))


def test_an_unknown_column_names_the_near_ones(log):
    with pytest.raises(FrameError, match=r"near it: .*upstream_cluster"):
        latency(log, by="upstream_clusters")
