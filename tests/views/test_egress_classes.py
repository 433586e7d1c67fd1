from __future__ import annotations

import pandas as pd
import pytest

from egresslab import envoy
from egresslab.frames import as_log, empty
from egresslab.views import EGRESS_CLASSES, egress_class


def class_of(**entry):
    found = egress_class(as_log(pd.DataFrame([entry])))["egress_class"].iloc[0]
    return None if pd.isna(found) else found


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        ("PassthroughCluster", "PassthroughCluster"),
        ("AllowAnyDynamicDNSCluster", "PassthroughCluster"),
        ("BlackHoleCluster", "BlackHoleCluster"),
        ("outbound|443||api.example.com", "external"),
        ("outbound|443||*.wild.example.com", "external"),
        ("outbound|80||istio-egressgateway.istio-system.svc.cluster.local", "egress_gateway"),
        ("outbound|8080|v1|reviews.shop.svc.cluster.local", "in_mesh"),
        ("inbound|8080||", "inbound"),
        ("InboundPassthroughCluster", "inbound"),
        ("a cluster of an EnvoyFilter", None),
    ],
)
def test_the_cluster_decides(cluster, expected):
    assert class_of(upstream_cluster=cluster, response_flags="UH", route_name="block_all") == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"route_name": "block_all", "response_code_details": "direct_response", "response_code": 502}, "BlackHoleCluster"),
        ({"route_name": "allow_any"}, "PassthroughCluster"),
        ({"response_flags": "NR"}, "answered_by_proxy"),
        ({"response_flags": "NC"}, "answered_by_proxy"),
        ({"response_flags": "DPE"}, "answered_by_proxy"),
        ({"response_code_details": "direct_response"}, "answered_by_proxy"),
        ({"response_code_details": "rbac_access_denied_matched_policy[none]"}, "answered_by_proxy"),
        ({"response_code_details": "via_upstream"}, None),
        ({"response_flags": "NR", "upstream_host": "203.0.113.10:80"}, None),
        ({"response_flags": "UF,URX"}, None),
        ({"response_flags": "-"}, None),
        ({}, None),
    ],
)
def test_without_a_cluster_only_what_the_entry_shows(entry, expected):
    assert class_of(method="GET", **entry) == expected


def test_the_longest_family_decides():
    answered = "upstream_reset_before_response_started{overflow}"
    assert class_of(response_code_details=answered) == "answered_by_proxy"
    assert class_of(response_code_details="upstream_reset_before_response_started{remote_reset}") is None


def test_the_words_are_those_of_the_table():
    used = {row["egress_class"] for row in envoy.rows("known_clusters")} - {""}
    assert used < set(EGRESS_CLASSES)


def test_the_column_is_added_once_and_rows_stay(log):
    out = egress_class(egress_class(log.set_axis(range(10, 17))))
    assert out.index.tolist() == list(range(10, 17))
    assert list(out.columns).count("egress_class") == 1
    assert out["egress_class"].dropna().tolist() == ["external"] * 3 + ["BlackHoleCluster"] * 2 + ["answered_by_proxy"]
    assert egress_class(empty("log"))["egress_class"].dtype == "category"
