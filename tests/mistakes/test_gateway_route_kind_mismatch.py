"""The kind of the gateway's rules against its server."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from asking import ask
from gateway_yaml import gateway_yaml, http_through, log_of, tls_through

import egresslab as eg
from egresslab.mistakes.gateway_route_kind_mismatch import in_resources

CASES = Path(__file__).parents[3] / "shared" / "cases"
SERVERS = [
    ("HTTP", None, "http"),
    ("HTTP2", None, "http"),
    ("HTTPS", "SIMPLE", "http"),
    ("HTTPS", "ISTIO_MUTUAL", "http"),
    ("HTTPS", "PASSTHROUGH", "tls"),
    ("TLS", "PASSTHROUGH", "tls"),
    ("TLS", "ISTIO_MUTUAL", "tcp"),
    ("TLS", "SIMPLE", "tcp"),
    ("TCP", None, "tcp"),
]
TWO_SERVERS = """
kind: Gateway
apiVersion: networking.istio.io/v1
metadata: {name: g, namespace: edge}
spec:
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [p.example.net]}
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [p.example.net], tls: {mode: PASSTHROUGH}}
---
kind: VirtualService
apiVersion: networking.istio.io/v1
metadata: {name: v, namespace: edge}
spec:
  hosts: [p.example.net]
  gateways: [mesh, g]
  http:
  - match: [{gateways: [mesh], port: 80}]
    route: [{destination: {host: out, port: {number: 443}}}]
  - match: [{gateways: [g]}]
    route: [{destination: {host: p.example.net, port: {number: 80}}}]
"""


@pytest.mark.parametrize("kind", ["http", "tls", "tcp"])
@pytest.mark.parametrize(("protocol", "mode", "fitting"), SERVERS)
def test_every_server_takes_one_kind(protocol, mode, fitting, kind):
    found = ask(in_resources, resources=gateway_yaml(protocol, mode, kinds=(kind, kind)))
    assert [f.severity for f in found] == ([] if kind == fitting else ["warning"])
    assert all(f"takes {fitting} routes" in f.summary and f"gives it {kind}" in f.summary for f in found)


def test_a_rule_for_the_mesh_alone_does_not_count_at_the_gateway():
    assert not ask(in_resources, resources=gateway_yaml("TLS", "ISTIO_MUTUAL", kinds=("tls", "tcp")))


def test_a_rule_that_another_server_of_the_gateway_uses_is_no_mismatch():
    assert not ask(in_resources, resources=eg.read_resources(io.StringIO(TWO_SERVERS)))
    only = TWO_SERVERS.replace("  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [p.example.net]}\n", "")
    assert [f.subject for f in ask(in_resources, resources=eg.read_resources(io.StringIO(only)))] == ["p.example.net:80"]


@pytest.mark.parametrize(
    ("kinds", "entry"),
    [
        (("http", "tcp"), http_through(response_flags="UF,URX")),
        (("http", "tls"), http_through(response_code=404, response_flags="-", response_code_details="via_upstream")),
        (("tls", "tls"), tls_through(response_flags="UF,URX")),
    ],
)
def test_entries_that_take_it_are_an_error(kinds, entry):
    found = ask(in_resources, log=log_of(entry), resources=gateway_yaml(kinds=kinds))
    assert [(f.severity, f.count) for f in found] == [(None, 1)]


@pytest.mark.skipif(not CASES.is_dir(), reason="NOT TESTED: ../shared is not there")
@pytest.mark.parametrize("case", ["e05_gw_tls_protocol_http_route", "n01_talk_double_encryption", "n02_tls_inside_mtls_good", "e08_gw_no_route_404"])
def test_captured(case):
    read = eg.read_case(CASES / case)
    found = ask(in_resources, log=read.log, resources=read.resources, config=read.config)
    assert [f.severity for f in found] == ([None] if case in ("e05_gw_tls_protocol_http_route", "n01_talk_double_encryption") else [])
