"""Hosts that nothing declares, and lines that only look so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from asking import ask

import egresslab as eg
from egresslab.mistakes import host_not_in_registry

ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com, "*.wild.example"]
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}]
  resolution: NONE
"""


@pytest.fixture
def resources(tmp_path: Path):
    (tmp_path / "entry.yaml").write_text(ENTRY, encoding="utf-8")
    return eg.read_resources(tmp_path / "entry.yaml")


def found(entries, resources=None):
    columns = {"proxy": "checkout.shop", "downstream_local_address": "203.0.113.9:443"}
    log = eg.as_log(pd.DataFrame([columns | entry for entry in entries]))
    return {one.subject: one for one in ask(host_not_in_registry.in_log, log=log, resources=resources)}


def test_blocked_is_an_error_and_passed_a_warning(resources):
    blocked = {"upstream_cluster": "BlackHoleCluster", "requested_server_name": "a.example.org", "response_flags": "UH"}
    passed = {"upstream_cluster": "PassthroughCluster", "requested_server_name": "b.example.org"}
    seen = found([blocked, blocked, passed], resources)
    assert {name: (one.severity, one.count, one.of) for name, one in seen.items()} == {
        "a.example.org:443": ("error", 2, 2),
        "b.example.org:443": ("warning", 1, 1),
    }


@pytest.mark.parametrize("host", ["api.example.com", "any.wild.example", "API.example.com"])
def test_what_is_declared_is_not_claimed(resources, host):
    assert found([{"upstream_cluster": "PassthroughCluster", "requested_server_name": host}], resources) == {}


def test_without_yaml_it_is_neither_sure_nor_an_error():
    (one,) = found([{"upstream_cluster": "BlackHoleCluster", "requested_server_name": "a.example.org"}]).values()
    assert (one.severity, one.sure) == ("warning", False)
    assert "host_hidden_by_sidecar" in one.rivals[0]


def test_a_connection_without_name_on_a_declared_port_is_not_sure(resources):
    (one,) = found([{"upstream_cluster": "PassthroughCluster"}], resources).values()
    assert not one.sure
    assert "http_declared_on_tls_port" in one.rivals[0]


def test_a_connection_without_name_to_a_known_address_is_another_mistake(resources):
    good = {"upstream_cluster": "outbound|443||api.example.com", "requested_server_name": "api.example.com"}
    assert found([good, {"upstream_cluster": "PassthroughCluster"}], resources) == {}


def test_what_is_no_http_on_an_http_port_is_worth_an_info(resources):
    here = {"downstream_local_address": "203.0.113.9:80"}
    good = {"method": "GET", "authority": "api.example.com", "upstream_cluster": "outbound|80||api.example.com", "response_code": 200}
    odd = {"upstream_cluster": "PassthroughCluster", "downstream_local_address": "203.0.113.7:80"}
    assert found([here | good, odd], resources)["203.0.113.7:80"].severity == "info"


def test_a_mesh_that_lets_unknown_hosts_go_by_name_means_it(resources):
    named = {"method": "GET", "authority": "x.example.org", "upstream_cluster": "AllowAnyDynamicDNSCluster", "downstream_local_address": "1.2.3.4:80"}
    assert found([named], resources)["x.example.org:80"].severity == "info"


def test_a_blackhole_of_envoy_before_1_18_has_no_cluster(resources):
    old = {"response_flags": "UH", "downstream_local_address": "198.51.100.4:8443"}
    assert found([old], resources)["198.51.100.4:8443"].severity == "error"


def test_a_log_without_unknown_traffic_has_none():
    assert found([{"upstream_cluster": "outbound|443||api.example.com"}]) == {}


def test_what_was_blocked_in_part_says_so(resources):
    entry = {"requested_server_name": "a.example.org"}
    seen = found([entry | {"upstream_cluster": "BlackHoleCluster"}, *[entry | {"upstream_cluster": "PassthroughCluster"}] * 2], resources)
    assert "is blocked in part (1 of 3)" in seen["a.example.org:443"].summary


def test_what_was_let_through_and_did_not_arrive_has_another_fault(resources):
    seen = found([{"upstream_cluster": "PassthroughCluster", "response_flags": "UF,URX", "requested_server_name": "a.example.org"}], resources)
    assert seen["a.example.org:443"].severity == "info"
    assert "does not arrive" in seen["a.example.org:443"].summary


def test_an_address_that_istio_gave_out_is_of_a_host_that_it_knows(resources):
    assert not found([{"upstream_cluster": "BlackHoleCluster", "response_flags": "UH", "downstream_local_address": "240.240.7.9:9092"}], resources)


def test_a_line_that_names_neither_host_nor_address_may_mean_any(resources):
    seen = found([{"upstream_cluster": "BlackHoleCluster", "response_flags": "UH", "downstream_local_address": None}], resources)
    (one,) = seen.values()
    assert (one.severity, one.sure) == ("warning", False)
    assert "does not know" in one.summary
