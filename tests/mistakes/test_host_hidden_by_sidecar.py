"""Hosts that are declared where the Sidecar of the caller does not look."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from asking import ask

import egresslab as eg
from egresslab.mistakes import host_hidden_by_sidecar

ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reports, namespace: platform}
spec:
  hosts: [reports.example.net]
  addresses: [10.22.0.10]
  ports: [{number: 443, name: tls, protocol: TLS}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: NAMESPACE}
spec:
  egress: [{hosts: HOSTS}]
"""


def found(tmp_path: Path, hosts, namespace="shop", proxy="checkout.shop", **entry):
    (tmp_path / "a.yaml").write_text(ENTRY.replace("HOSTS", hosts).replace("NAMESPACE", namespace), encoding="utf-8")
    columns = {"proxy": proxy, "upstream_cluster": "BlackHoleCluster", "requested_server_name": "reports.example.net"}
    log = eg.as_log(pd.DataFrame([columns | {"downstream_local_address": "203.0.113.9:443"} | entry]))
    return ask(host_hidden_by_sidecar.in_log, log=log, resources=eg.read_resources(tmp_path / "a.yaml"))


@pytest.mark.parametrize("hosts", ['["./*", "istio-system/*"]', '["~/*"]', '["platform/other.example.net"]', '["*/*", "~platform/*.example.net"]'])
def test_a_namespace_that_is_left_out(tmp_path, hosts):
    (one,) = found(tmp_path, hosts)
    assert (one.subject, one.severity, one.sure) == ("reports.example.net:443", "error", True)
    assert one.summary.startswith("Sidecar shop/default leaves out ServiceEntry platform/reports")
    assert '"platform/reports.example.net"' in one.mend
    assert sum("#" in place for place in one.places) == 2


@pytest.mark.parametrize("hosts", ['["*/*"]', '["platform/*"]', '["./*", "platform/*.example.net"]', '["*/reports.example.net"]'])
def test_a_namespace_that_is_listed(tmp_path, hosts):
    assert found(tmp_path, hosts) == []


def test_the_default_of_the_root_namespace_is_for_all(tmp_path):
    assert len(found(tmp_path, '["./*"]', "istio-system")) == 1
    assert found(tmp_path, '["./*"]', "other", proxy="app.platform") == []


def test_the_address_of_the_entry_is_enough_and_a_caller_without_namespace_is_not_sure(tmp_path):
    (one,) = found(tmp_path, '["./*"]', proxy="sidecar", requested_server_name=None, downstream_local_address="10.22.0.10:443")
    assert (one.subject, one.sure) == ("10.22.0.10:443", False)


def test_what_the_proxy_of_the_caller_has_is_not_hidden(tmp_path):
    assert found(tmp_path, '["./*"]', upstream_cluster="outbound|443||reports.example.net") == []
