"""The SNI that goes to the gateway against the hosts of its server."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from asking import ask
from gateway_yaml import at_gateway, gateway_yaml, http_through, log_of

import egresslab as eg
from egresslab.mistakes.gateway_sni_mismatch import in_config, in_log, in_resources

CASES = Path(__file__).parents[3] / "shared" / "cases"


@pytest.mark.parametrize(
    ("sni", "server_host", "fits"),
    [
        (None, "partner.example.net", False),
        ("other.example.net", "partner.example.net", False),
        ("partner.example.net", "*.example.net", True),
        ("PARTNER.example.net", "partner.example.net", True),
        ("example.net", "*.example.net", False),
        ("other.example.net", "*", True),
    ],
)
@pytest.mark.parametrize("server", [("HTTPS", "ISTIO_MUTUAL", ("http", "http")), ("TLS", "ISTIO_MUTUAL", ("tls", "tcp"))])
def test_yaml_alone(server, sni, server_host, fits):
    found = ask(in_resources, resources=gateway_yaml(*server[:2], kinds=server[2], sni=sni, server_host=server_host))
    assert [f.severity for f in found] == ([] if fits else ["warning"])


def test_without_sni_the_default_of_istio_is_named():
    found = ask(in_resources, resources=gateway_yaml(sni=None))[0]
    assert "outbound_.8443_._.way-out.edge.svc.cluster.local" in found.summary
    assert yaml.safe_load(found.mend.partition("\n")[2])["spec"]["trafficPolicy"]["portLevelSettings"][0]["tls"]["sni"] == "partner.example.net"


def test_entries_that_take_it_are_an_error():
    log = log_of(http_through(response_flags="UF,URX"), http_through(authority="second.example.net", response_flags="UF,URX"))
    found = ask(in_log, log=log, resources=gateway_yaml(sni="other.example.net"))
    assert [(f.subject, f.severity, f.count, f.sure) for f in found] == [
        ("partner.example.net:80", None, 1, True),
        ("second.example.net:80", None, 1, True),
    ]


def test_the_gateways_line_alone_is_unsure_and_names_its_rival():
    found = ask(in_log, log=log_of(at_gateway(requested_server_name="other.example.net")))
    assert [(f.subject, f.sure, len(f.rivals)) for f in found] == [("10.9.0.7:8443", False, 1)]
    assert "other.example.net" in found[0].summary


@pytest.mark.skipif(not CASES.is_dir(), reason="NOT TESTED: ../shared is not there")
def test_captured_dumps():
    case = eg.read_case(CASES / "e15_wrong_sni_to_istio_mutual_gw")
    assert [f.subject for f in ask(in_config, config=case.config)] == ["api.example.com:80"]
    hidden = eg.read_case(CASES / "n01_talk_double_encryption")
    found = ask(in_log, log=hidden.log, config=hidden.config, resources=hidden.resources)
    assert [(f.subject, f.sure) for f in found] == [("my.secure.hostname:443", False)]
