"""Hosts whose owner keeps them from the caller's namespace."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from asking import ask

import egresslab as eg
from egresslab.mistakes import host_hidden_by_export_to

ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: platform}
spec:
  hosts: [api.example.com]
  exportTo: WORDS
  ports: [{number: 443, name: tls, protocol: TLS}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{hosts: ["./*", "platform/api.example.com"]}]
"""
ROUTE = """
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: gateways, annotations: {networking.istio.io/exportTo: "WORDS"}}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: via, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [mesh, gateways/egress]
  http: [{route: [{destination: {host: egress.gateways.svc.cluster.local}}]}]
"""


def read(tmp_path: Path, text, words):
    (tmp_path / "a.yaml").write_text(text.replace("WORDS", words), encoding="utf-8")
    return eg.read_resources(tmp_path / "a.yaml")


def found(resources, proxy="checkout.shop", **entry):
    columns = {"proxy": proxy, "upstream_cluster": "PassthroughCluster", "requested_server_name": "api.example.com"}
    log = eg.as_log(pd.DataFrame([columns | {"downstream_local_address": "203.0.113.9:443"} | entry]))
    return ask(host_hidden_by_export_to.in_log, log=log, resources=resources)


@pytest.mark.parametrize(("words", "hidden"), [('["."]', True), ("[other]", True), ('["~"]', True), ('["*"]', False), ("[other, shop]", False)])
def test_the_words_decide(tmp_path, words, hidden):
    findings = found(read(tmp_path, ENTRY, words))
    assert [(one.subject, one.severity) for one in findings] == ([("api.example.com:443", "warning")] if hidden else [])


def test_a_caller_without_namespace_is_not_sure(tmp_path):
    (one,) = found(read(tmp_path, ENTRY, '["."]'), proxy="sidecar")
    assert not one.sure


@pytest.mark.parametrize(("words", "hidden"), [(".", True), ("*", False), ("gateways,shop", False)])
def test_a_route_to_a_service_that_is_kept_ends_without_cluster(tmp_path, words, hidden):
    call = {"method": "GET", "authority": "api.example.com", "response_flags": "NC", "upstream_cluster": None, "requested_server_name": None}
    findings = found(read(tmp_path, ROUTE, words), downstream_local_address="203.0.113.9:80", **call)
    assert [one.severity for one in findings] == (["error"] if hidden else [])
    assert not hidden or "Service gateways/egress" in findings[0].summary


def test_a_sidecar_that_names_it_shows_it_without_log(tmp_path):
    (one,) = ask(host_hidden_by_export_to.in_resources, resources=read(tmp_path, ENTRY, '["."]'))
    assert (one.subject, one.severity) == ("api.example.com:443", "warning")
    assert ask(host_hidden_by_export_to.in_resources, resources=read(tmp_path, ENTRY, "[shop]")) == []


def test_with_a_log_in_which_nobody_calls_it_it_is_an_info(tmp_path):
    log = eg.as_log(pd.DataFrame([{"upstream_cluster": "outbound|80||x.example"}]))
    (one,) = ask(host_hidden_by_export_to.in_resources, resources=read(tmp_path, ENTRY, '["."]'), log=log)
    assert one.severity == "info"
