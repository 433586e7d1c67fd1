"""A connection without SNI to a port whose hosts are told by their SNI."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import egresslab as eg

SHARED = Path(__file__).parents[3] / "shared"
STEM = "no_sni_on_tls_port"
ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: vault, namespace: bank}
spec:
  hosts: [vault.bank.example]
  resolution: DNS
  ports: [{number: 9000, name: web, protocol: HTTPS}]
"""


def log(*rows):
    columns = ["requested_server_name", "downstream_local_address", "upstream_cluster", "bytes_received", "proxy"]
    return eg.as_log(pd.DataFrame(rows, columns=columns))


def found(case):
    findings = eg.diagnose(case)
    return findings[findings["mistake"] == STEM]


SILENT = (None, "192.0.2.9:9000", "PassthroughCluster", 90, "app.bank")


def test_others_with_sni_to_the_same_address_prove_it():
    named = ("vault.bank.example", "192.0.2.9:9000", "outbound|9000||vault.bank.example", 517, "app.bank")
    finding = found(eg.Case(log=log(named, SILENT))).iloc[0]
    assert (finding["severity"], finding["subject"], finding["count"], finding["of"]) == ("warning", "vault.bank.example:9000", 1, 2)
    assert found(eg.Case(log=log(SILENT))).empty


def test_blocked_is_an_error_and_a_silent_probe_nothing():
    named = ("vault.bank.example", "192.0.2.9:9000", "outbound|9000||vault.bank.example", 517, "app.bank")
    blocked = (None, "192.0.2.9:9000", "BlackHoleCluster", 0, "app.bank")
    probe = (None, "192.0.2.9:9000", "PassthroughCluster", 0, "app.bank")
    assert found(eg.Case(log=log(named, blocked)))["severity"].tolist() == ["error"]
    assert found(eg.Case(log=log(named, probe))).empty


def test_three_lines_and_a_service_entry(tmp_path):
    (tmp_path / "entry.yaml").write_text(ENTRY)
    resources = eg.read_resources(tmp_path / "entry.yaml")
    assert found(eg.Case(log=log(SILENT), resources=resources))["severity"].tolist() == ["warning"]
    assert found(eg.Case(log=log((None, "192.0.2.9:9001", *SILENT[2:])), resources=resources)).empty


@pytest.mark.skipif(not SHARED.is_dir(), reason="NOT TESTED: ../shared is not there")
@pytest.mark.parametrize("name", ["c05_https_protocol_but_plain_http", "f01_plain_http_to_443", "h02_no_sni", "f03_gw_plain_http_to_443"])
def test_captured_cases(name):
    whole = eg.read_case(SHARED / "cases" / name)
    assert len(found(whole)) == len(found(eg.Case(log=whole.log, config=whole.config))) == 1
    assert len(found(eg.Case(log=whole.log, resources=whole.resources))) == 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="NOT TESTED: ../shared is not there")
@pytest.mark.parametrize(
    "name", ["d01_sidecar_scope_hides_allow_any", "b06_blackhole_tls_no_listener", "g08_tcp_probe", "n14_mtls_strict_dr_sni_missing_tcp"]
)
def test_a_missing_sni_that_means_something_else(name):
    assert found(eg.read_case(SHARED / "cases" / name)).empty
