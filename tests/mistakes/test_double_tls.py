"""TLS in TLS: who steps into the trap, who could, and who is unwrapped in time."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from asking import ask
from gateway_yaml import at_gateway, gateway_yaml, log_of, tls_through

import egresslab as eg
from egresslab.mistakes.double_tls import in_config, in_log, in_resources

CASES = Path(__file__).parents[3] / "shared" / "cases"
captured = pytest.mark.skipif(not CASES.is_dir(), reason="NOT TESTED: ../shared is not there")
HOST, CLUSTER = "pay.example.net", "outbound|8443||pay.example.net"
ROUTE = f"""
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: pay, namespace: orders}}
spec:
  hosts: [{HOST}]
  http:
  - route: [{{destination: {{host: {HOST}, port: {{number: 8443}}}}}}]
"""


def yaml_of(protocol="HTTPS", tls="mode: SIMPLE", more=""):
    return eg.read_resources(
        io.StringIO(f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: pay, namespace: orders}}
spec:
  hosts: [{HOST}]
  resolution: DNS
  ports:
  - {{number: 80, name: http, protocol: HTTP}}
  - {{number: 8443, name: secure, protocol: {protocol}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: pay, namespace: orders}}
spec:
  host: {HOST}
  trafficPolicy:
    portLevelSettings:
    - {{port: {{number: 8443}}, tls: {{{tls}}}}}{more}
""")
    )


def entry(**more):
    known = {"requested_server_name": HOST, "upstream_cluster": CLUSTER, "upstream_host": "198.51.100.4:8443"}
    return {**known, "downstream_local_address": "198.51.100.4:8443", **more}


@pytest.mark.parametrize(
    ("given", "severities"),
    [
        ({}, ["warning"]),
        ({"tls": "mode: MUTUAL, clientCertificate: /c, privateKey: /k"}, ["warning"]),
        ({"protocol": "TLS"}, ["warning"]),
        ({"more": ROUTE}, ["info"]),
        ({"protocol": "HTTP"}, []),
        ({"tls": "mode: DISABLE"}, []),
        ({"tls": "mode: ISTIO_MUTUAL"}, []),
        ({"tls": "mode: SIMPLE, credentialName: pay"}, []),
    ],
)
def test_yaml_alone(given, severities):
    assert [f.severity for f in ask(in_resources, resources=yaml_of(**given))] == severities


def test_a_short_connection_that_took_it_is_an_error():
    found = ask(in_log, log=log_of(entry()), resources=yaml_of(more=ROUTE))
    assert [(f.subject, f.severity, f.count, f.of, f.sure) for f in found] == [(f"{HOST}:8443", None, 1, 1, True)]


@pytest.mark.parametrize(
    "more",
    [{"bytes_sent": 90_000}, {"response_flags": "UF,URX", "bytes_sent": 0}, {"response_flags": "UH", "bytes_sent": 0}],
)
def test_a_connection_that_carried_data_or_was_never_made_is_not(more):
    assert not ask(in_log, log=log_of(entry(**more)), resources=yaml_of())


@pytest.mark.parametrize(("host", "severity"), [(HOST, "info"), ("other.example", "warning")])
def test_a_trap_that_nobody_stepped_into(host, severity):
    plain = {"method": "GET", "response_code": 200, "authority": host, "upstream_cluster": f"outbound|80||{host}"}
    assert [f.severity for f in ask(in_log, log=log_of(plain), resources=yaml_of())] == [severity]


def test_a_gateway_that_reads_http_does_not_unwrap_it_but_tcp_does():
    assert [f.severity for f in ask(in_resources, resources=gateway_yaml(kinds=("tls", "tls")))] == ["warning"]
    assert not ask(in_resources, resources=gateway_yaml("TLS", "ISTIO_MUTUAL", kinds=("tls", "tcp")))


def test_both_lines_of_the_hop_tell_it_alone():
    refused = at_gateway("http1.codec_error", "DPE", protocol="HTTP/1.1", response_code=400, requested_server_name="partner.example.net")
    found = ask(in_log, log=log_of(tls_through(), refused))
    assert [(f.subject, f.sure, len(f.shapes)) for f in found] == [("partner.example.net:443", False, 2)]


@captured
@pytest.mark.parametrize(
    ("case", "severities"),
    [
        ("e01_double_tls_sidecar", [None]),
        ("e05c_app_tls_into_https_istio_mutual_gw", [None]),
        ("a07_egressgw_istio_mutual_origination_good", ["info"]),
        ("n02_tls_inside_mtls_good", []),
        ("e11_meshwide_mtls_dr_hits_external", []),
    ],
)
def test_captured(case, severities):
    read = eg.read_case(CASES / case)
    assert [f.severity for f in ask(in_log, log=read.log, config=read.config)] == severities


@captured
def test_a_dump_alone_is_warned_of_where_no_http_route_is_meant():
    assert [f.severity for f in ask(in_config, config=eg.read_case(CASES / "e01_double_tls_sidecar").config)] == ["warning"]


def test_a_gateway_that_hands_tls_on_to_a_cluster_with_tls_is_found_by_its_line_alone():
    led = ROUTE.replace("http:", "tls:").replace("- route: [{destination: {host: pay.example.net", "- route: [{destination: {host: way-out.edge.svc")
    assert not ask(in_resources, resources=yaml_of(more=led))
    found = ask(in_log, log=log_of(entry(proxy="way-out.edge", downstream_local_address="10.9.0.7:8443")), resources=yaml_of(more=led))
    assert [(f.subject, f.severity) for f in found] == [(f"{HOST}:8443", None)]
