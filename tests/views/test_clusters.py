from __future__ import annotations

import pandas as pd
import pytest

from egresslab.frames import as_log, empty, schema
from egresslab.views import split_cluster

PARTS = ["direction", "port", "subset", "host"]


@pytest.mark.parametrize(
    ("cluster", "parts"),
    [
        ("outbound|443||api.example.com", ["outbound", 443, None, "api.example.com"]),
        ("outbound|443|v1|*.wild.example.com", ["outbound", 443, "v1", "*.wild.example.com"]),
        ("outbound_.443_._.api.example.com", ["outbound", 443, None, "api.example.com"]),
        ("outbound_.15443_.v1_.a.b.svc.cluster.local", ["outbound", 15443, "v1", "a.b.svc.cluster.local"]),
        ("inbound|8080||", ["inbound", 8080, None, None]),
        ("inbound|8080|http|a.b.svc.cluster.local", ["inbound", 8080, None, "a.b.svc.cluster.local"]),
        ("inbound-vip|8081|http|a.b.svc.cluster.local", ["inbound-vip", 8081, None, "a.b.svc.cluster.local"]),
        ("inbound-vip|8081|http/v2|a.b.svc.cluster.local", ["inbound-vip", 8081, "v2", "a.b.svc.cluster.local"]),
        ("PassthroughCluster", [None] * 4),
        ("outbound|99999999999999999999||a.example", [None] * 4),
        (None, [None] * 4),
    ],
)
def test_a_cluster_name_says_direction_port_subset_and_host(cluster, parts):
    found = split_cluster(as_log(pd.DataFrame({"upstream_cluster": [cluster]})))[PARTS].iloc[0]
    assert [None if pd.isna(value) else value for value in found] == parts


def test_columns_stand_before_the_place_with_their_types(log):
    out = split_cluster(log.set_axis(range(10, 17)))
    assert out.index.tolist() == list(range(10, 17))
    assert list(out.columns[-6:]) == ["failed", "proxy", "pod", "container", "source", "line"]
    for frame in (out, split_cluster(empty("log"))):
        assert frame[PARTS].dtypes.astype("str").tolist() == ["category", "Int64", "category", "category"]
    assert list(schema("split_cluster")) == PARTS
