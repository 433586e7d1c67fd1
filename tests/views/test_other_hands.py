"""Views give the same answer for frames that went through concat, object columns and Parquet."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from egresslab import views

VIEWS = {
    "lines": views.lines,
    "split_cluster": views.split_cluster,
    "explode_flags": views.explode_flags,
    "egress_class": views.egress_class,
    "flag_counts": views.flag_counts,
    "cluster_counts": views.cluster_counts,
    "timeline": lambda log: views.timeline(log, by="host", per=["proxy", "egress_class"], time="end"),
    "latency": lambda log: views.latency(log, by="response_code"),
    "hosts": views.hosts,
    "compare": lambda log: views.compare(log, log),
}


def through_parquet(log):
    file = io.BytesIO()
    log.to_parquet(file)
    return pd.read_parquet(file)


HANDS = {
    "object": lambda log: log.astype("object"),
    "concat": lambda log: pd.concat([log.iloc[:3].astype("object"), log.iloc[3:]]),
    "parquet": through_parquet,
    "floats": lambda log: log.astype({"response_code": "float64", "duration_ms": "float64", "bytes_sent": "float64"}),
    "unused": lambda log: pd.concat([log, log]).iloc[: len(log)].assign(proxy=lambda f: f.proxy.cat.add_categories("nobody")),
}


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_gives_the_same_answer(log, view, hand):
    expected, found = VIEWS[view](log), VIEWS[view](HANDS[hand](log))
    assert found.astype("object").equals(expected.astype("object"))
    counted = set(found.columns) - set(log.columns)
    assert found[sorted(counted)].dtypes.astype("str").equals(expected[sorted(counted)].dtypes.astype("str"))
