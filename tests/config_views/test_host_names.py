"""Names fit as in Envoy: exactly, by the longest suffix, by the longest prefix, or as any host."""

from __future__ import annotations

import pandas as pd
import pytest

from egresslab.config_views.host_names import fit, fits, host_of, names, plain_host

HOST = "pre.api.example.com"
CLOSEST_FIRST = [HOST, "*.api.example.com", "*.example.com", "pre.api.*", "pre.*", "*"]


def test_the_closest_pattern_wins():
    found = sorted(CLOSEST_FIRST, key=lambda pattern: fit(pattern, HOST), reverse=True)
    assert found == CLOSEST_FIRST


@pytest.mark.parametrize("pattern", ["example.com", "*.pre.api.example.com", "*pre.api.example.com", "pre.api.example.com*", "api", ""])
def test_what_does_not_fit(pattern):
    assert fit(pattern, HOST) is None


def test_a_port_a_dot_and_upper_case_make_no_difference():
    assert {plain_host(text) for text in ("API.example.com", "api.example.com.", "api.example.com:8443", " api.example.com.:80 ")} == {
        "api.example.com"
    }
    assert plain_host("2001:db8::1") == "2001:db8::1"
    assert fit("api.example.com:80", "api.example.com").because() == "api.example.com is exact"


def test_comma_text_gives_its_closest_and_a_star_names_nobody():
    column = pd.Series(["*.example.com,api.example.com", "*", None, "other"])
    assert [found and found.pattern for found in fits(column, "api.example.com")] == ["api.example.com", "*", None, None]
    assert names(column, "api.example.com").tolist() == [True, False, False, False]
    assert names(column[:0], "api.example.com").tolist() == []


def test_hosts_of_clusters():
    assert host_of(pd.Series(["outbound|443|v1|*.example.com", "PassthroughCluster"])).tolist() == ["*.example.com", "PassthroughCluster"]
