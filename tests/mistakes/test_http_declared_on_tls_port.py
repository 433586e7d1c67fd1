"""TLS to a port that is declared HTTP; HTTP/1.0, probes and TLS ports are something else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import egresslab as eg
from egresslab.mistakes.tls_signs import is_tls_port

SHARED = Path(__file__).parents[3] / "shared"
STEM = "http_declared_on_tls_port"
ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: quotes, namespace: bank}
spec:
  hosts: [quotes.bank.example]
  resolution: DNS
  ports: [{number: PORT, name: web, protocol: HTTP}]
"""
ORIGINATION = """
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: quotes, namespace: bank}
spec:
  host: quotes.bank.example
  trafficPolicy: {tls: {mode: SIMPLE}}
"""


def case(tmp_path, port, received, sent, cluster="PassthroughCluster", sni=None):
    (tmp_path / "entry.yaml").write_text(ENTRY.replace("PORT", str(port)))
    row = {"downstream_local_address": f"192.0.2.9:{port}", "upstream_cluster": cluster, "bytes_received": received, "bytes_sent": sent}
    log = eg.as_log(pd.DataFrame([{**row, "requested_server_name": sni, "proxy": "app.bank"}]))
    return eg.Case(log=log, resources=eg.read_resources(tmp_path / "entry.yaml"))


def severities(case):
    findings = eg.diagnose(case)
    return findings.loc[findings["mistake"] == STEM, "severity"].tolist()


@pytest.mark.parametrize(
    ("port", "received", "sent", "cluster"),
    [(443, 560, 3900, "PassthroughCluster"), (9000, 560, 3900, "PassthroughCluster"), (8443, 0, 0, "BlackHoleCluster")],
)
def test_tls_is_told_by_its_weight_or_its_port_and_is_a_warning_where_the_address_may_be_anybodys(tmp_path, port, received, sent, cluster):
    assert severities(case(tmp_path, port, received, sent, cluster)) == ["warning"]


@pytest.mark.parametrize(("port", "received", "sent"), [(9000, 81, 111), (80, 560, 3900), (9000, 560, 200), (9000, 0, 0)])
def test_what_need_not_be_tls_is_not_called_so(tmp_path, port, received, sent):
    assert severities(case(tmp_path, port, received, sent)) == []


def test_an_sni_names_the_host_whatever_it_weighs(tmp_path):
    assert severities(case(tmp_path, 9000, 1, 1, sni="quotes.bank.example")) == ["error"]
    assert severities(case(tmp_path, 9000, 560, 3900, sni="other.example")) == []


def test_yaml_alone_is_a_warning_unless_something_begins_tls(tmp_path):
    (tmp_path / "entry.yaml").write_text(ENTRY.replace("PORT", "443"))
    assert severities(eg.Case(resources=eg.read_resources(tmp_path / "entry.yaml"))) == ["warning"]
    (tmp_path / "entry.yaml").write_text(ENTRY.replace("PORT", "443") + ORIGINATION)
    assert severities(eg.Case(resources=eg.read_resources(tmp_path / "entry.yaml"))) == []


def test_ports_of_tls():
    assert [is_tls_port(port) for port in (443, 8443, 10443, 993, 80, 8080, 5432)] == [True, True, True, True, False, False, False]


@pytest.mark.skipif(not SHARED.is_dir(), reason="NOT TESTED: ../shared is not there")
@pytest.mark.parametrize("name", ["c04_http_protocol_on_443", "n11_conflicting_service_entries"])
def test_captured_cases_whole_and_by_their_log_alone(name):
    whole = eg.read_case(SHARED / "cases" / name)
    assert severities(whole) == severities(eg.Case(log=whole.log)) == ["error"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="NOT TESTED: ../shared is not there")
@pytest.mark.parametrize("name", ["g06_http10", "g08_tcp_probe", "l01_corp_proxy_http_protocol", "g02_server_first_on_http_port"])
def test_captured_cases_that_look_like_it(name):
    assert severities(eg.read_case(SHARED / "cases" / name)) == []


@pytest.mark.parametrize(("port", "expected"), [(443, ["warning"]), (8443, [])])
def test_yaml_alone_warns_only_of_the_port_that_never_speaks_plain_text(tmp_path, port, expected):
    (tmp_path / "entry.yaml").write_text(ENTRY.split("---")[0].replace("PORT", str(port)))
    assert severities(eg.Case(resources=eg.read_resources(tmp_path / "entry.yaml"))) == expected
