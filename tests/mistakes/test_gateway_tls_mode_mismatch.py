"""What the sidecar sends to the gateway against what the gateway wants: by YAML, by the log, by captured dumps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from asking import ask
from gateway_yaml import GATEWAY, at_gateway, gateway_yaml, http_through, log_of, tls_through

import egresslab as eg
from egresslab.mistakes import gateway_sni_mismatch as names
from egresslab.mistakes import gateway_tls_mode_mismatch as modes
from egresslab.mistakes.gateway_mends import mend_of
from egresslab.mistakes.inputs import Inputs

CASES = Path(__file__).parents[3] / "shared" / "cases"
captured = pytest.mark.skipif(not CASES.is_dir(), reason="NOT TESTED: ../shared is not there")
TLS = ("tls", "tls")


@pytest.mark.parametrize(
    ("server", "more", "sends"),
    [
        (("HTTPS", "ISTIO_MUTUAL"), {"rule": None}, "plain text"),
        (("HTTPS", "ISTIO_MUTUAL"), {"rule_port": 443}, "plain text"),
        (("HTTPS", "ISTIO_MUTUAL"), {"rule": "SIMPLE"}, "SIMPLE"),
        (("HTTPS", "SIMPLE"), {}, "ISTIO_MUTUAL"),
        (("HTTP", None), {}, "ISTIO_MUTUAL"),
        (("TCP", None), {"kinds": ("tcp", "tcp")}, "ISTIO_MUTUAL"),
        (("TLS", "PASSTHROUGH"), {"kinds": TLS}, "ISTIO_MUTUAL"),
        (("TLS", "PASSTHROUGH"), {"kinds": TLS, "sni": None}, "ISTIO_MUTUAL"),
        (("TLS", "ISTIO_MUTUAL"), {"kinds": ("tls", "tcp"), "rule": None}, "the application's own TLS"),
    ],
)
def test_yaml_alone_is_warned_of(server, more, sends):
    found = ask(modes.in_resources, resources=gateway_yaml(*server, **more))
    assert [f.severity for f in found] == ["warning"]
    assert sends in found[0].summary
    assert GATEWAY in found[0].summary


@pytest.mark.parametrize(
    ("server", "more"),
    [
        (("HTTPS", "ISTIO_MUTUAL"), {}),
        (("HTTPS", "ISTIO_MUTUAL"), {"server_host": "*", "sni": None}),
        (("HTTPS", "SIMPLE"), {"rule": "SIMPLE"}),
        (("HTTP", None), {"rule": None}),
        (("HTTP", None), {"rule_port": 443}),
        (("TLS", "PASSTHROUGH"), {"kinds": TLS, "rule": None}),
        (("TLS", "AUTO_PASSTHROUGH"), {"kinds": TLS, "sni": None}),
        (("TLS", "ISTIO_MUTUAL"), {"kinds": ("tls", "tcp")}),
        (("TCP", None), {"kinds": ("tcp", "tcp"), "rule": None}),
    ],
)
def test_what_fits_is_silent(server, more):
    assert not ask(modes.in_resources, resources=gateway_yaml(*server, **more))
    assert not ask(names.in_resources, resources=gateway_yaml(*server, **more))


def test_entries_that_take_it_are_an_error_with_the_gateways_line_beside_them():
    log = log_of(http_through(), at_gateway())
    found = ask(modes.in_log, log=log, resources=gateway_yaml(rule=None))
    assert [(f.subject, f.severity, f.count, len(f.shapes)) for f in found] == [("partner.example.net:80", None, 1, 2)]
    assert "edge.log:2" in found[0].places


def test_entries_that_get_through_prove_that_the_yaml_is_not_what_runs():
    log = log_of(http_through(response_code=200, response_flags="-", response_code_details="via_upstream"))
    assert not ask(modes.in_log, log=log, resources=gateway_yaml(rule=None))


@pytest.mark.parametrize(
    ("entry", "severity"), [({}, "warning"), ({"authority": "partner.example.net", "method": "GET", "response_code": 200}, "info")]
)
def test_a_log_where_nothing_takes_it(entry, severity):
    found = ask(modes.in_log, log=log_of({"upstream_cluster": "outbound|80||x.example", **entry}), resources=gateway_yaml(rule=None))
    assert [f.severity for f in found] == [severity]


@pytest.mark.parametrize(
    ("entries", "stem"),
    [
        ((http_through(), at_gateway()), modes),
        ((tls_through(response_flags="UF,URX"), at_gateway(requested_server_name="outbound_.8443_._.way-out.edge.svc.cluster.local")), modes),
        ((http_through(), at_gateway(requested_server_name="outbound_.8443_._.way-out.edge.svc.cluster.local")), names),
        ((http_through(), at_gateway(requested_server_name="other.example.net")), names),
        ((http_through(), at_gateway("http1.codec_error", "DPE", protocol="HTTP/1.1", response_code=400)), modes),
    ],
)
def test_the_log_alone_tells_one_of_both(entries, stem):
    log = log_of(*entries)
    other = names if stem is modes else modes
    assert [f.sure for f in ask(stem.in_log, log=log)] == [False]
    assert not ask(other.in_log, log=log)


def test_tls_that_was_handed_on_is_no_mismatch():
    log = log_of(tls_through(response_flags="UR"), at_gateway(requested_server_name="partner.example.net"))
    assert not [*ask(modes.in_log, log=log), *ask(names.in_log, log=log)]


def test_a_codec_error_of_a_proxy_that_is_no_gateway_says_nothing():
    assert not ask(modes.in_log, log=log_of(at_gateway("http1.codec_error", "DPE", protocol="HTTP/1.1", response_code=400)))


def test_the_gateways_line_and_yaml_name_the_host():
    found = ask(modes.in_log, log=log_of(at_gateway()), resources=gateway_yaml(rule=None))
    assert (found[0].subject, found[0].sure, found[0].severity) == ("partner.example.net:80", True, None)


def test_the_mend_is_yaml_that_mends_it():
    found = ask(modes.in_resources, resources=gateway_yaml(rule=None))[0]
    spec = yaml.safe_load(found.mend.partition("\n")[2])["spec"]
    assert spec["host"] == GATEWAY
    assert spec["trafficPolicy"]["portLevelSettings"] == [{"port": {"number": 8443}, "tls": {"mode": "ISTIO_MUTUAL", "sni": "partner.example.net"}}]


@captured
@pytest.mark.parametrize("case", ["e03_sidecar_mutual_to_passthrough_gw", "e04_plain_to_istio_mutual_gw", "e16_gw_pod_tlsmode_label"])
def test_captured_dumps_alone(case):
    config = eg.read_case(CASES / case).config
    assert [(f.severity, len(f.places) > 2) for f in ask(modes.in_config, config=config)] == [("warning", True)]


@pytest.mark.parametrize("sni", [None, "shop.front.example"])
def test_the_same_line_of_an_ingress_gateway_or_of_the_inbound_side_tells_nothing(sni):
    log = log_of(at_gateway(proxy="way-in.edge", requested_server_name=sni))
    assert not [*ask(modes.in_log, log=log), *ask(names.in_log, log=log)]


def test_the_sni_of_a_sidecar_tells_of_egress_whatever_the_gateway_is_called():
    log = log_of(at_gateway(proxy="way-out.edge", requested_server_name="outbound_.8443_._.way-out.edge.svc.cluster.local"))
    assert [f.subject for f in ask(names.in_log, log=log)] == ["10.9.0.7:8443"]


def test_the_mend_of_a_subset_is_written_in_the_subset():
    (hop,) = (hop for hop in Inputs(resources=gateway_yaml(rule=None))["hops"])
    subset = replace(hop, sender=replace(hop.sender, cluster=hop.sender.cluster.replace("||", "|partner|")))
    written = yaml.safe_load(mend_of(subset).partition("\n")[2])
    assert [one["name"] for one in written["spec"]["subsets"]] == ["partner"]
    assert written["spec"]["subsets"][0]["trafficPolicy"]["portLevelSettings"][0]["tls"]["mode"] == "ISTIO_MUTUAL"
