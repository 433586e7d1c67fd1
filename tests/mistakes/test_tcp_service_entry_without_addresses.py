"""A TCP port without addresses takes what is meant for others; alone on its port it is only worth an info."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import egresslab as eg
from egresslab.frames import Config

SHARED = Path(__file__).parents[3] / "shared"
STEM = "tcp_service_entry_without_addresses"
ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: bank}
spec:
  hosts: [ledger.bank.example]
  resolution: STATIC
  ports: [{number: 443, name: any, protocol: TCP}]
  endpoints: [{address: 198.51.100.4}]
"""


def log(*rows):
    columns = ["requested_server_name", "downstream_local_address", "upstream_host", "upstream_cluster"]
    return eg.as_log(pd.DataFrame(rows, columns=columns).assign(proxy="app.bank"))


def resources(tmp_path, text=ENTRY):
    path = tmp_path / "entries.yaml"
    path.write_text(text)
    return eg.read_resources(path)


def found(case):
    findings = eg.diagnose(case)
    return findings[findings["mistake"] == STEM]


def test_a_foreign_sni_under_its_cluster_is_an_error(tmp_path):
    stolen = log(("shop.example", "192.0.2.9:443", "198.51.100.4:443", "outbound|443||ledger.bank.example"))
    finding = found(eg.Case(log=stolen, resources=resources(tmp_path))).iloc[0]
    assert (finding["severity"], finding["subject"], finding["count"]) == ("error", "ledger.bank.example:443", 1)
    assert "shop.example:443" in finding["summary"]


def test_its_own_traffic_is_worth_an_info(tmp_path):
    own = log((None, "198.51.100.4:443", "198.51.100.4:443", "outbound|443||ledger.bank.example"))
    assert found(eg.Case(log=own, resources=resources(tmp_path)))["severity"].tolist() == ["info"]


def test_what_keeps_its_destination_passes(tmp_path):
    kept = log(("shop.example", "192.0.2.9:443", "192.0.2.9:443", "outbound|443||ledger.bank.example"))
    assert found(eg.Case(log=kept, resources=resources(tmp_path)))["severity"].tolist() == ["warning"]


@pytest.mark.parametrize("change", [("protocol: TCP", "protocol: TLS"), ("  resolution", "  addresses: [198.51.100.4]\n  resolution")])
def test_another_protocol_or_an_address_mends_it(tmp_path, change):
    assert len(found(eg.Case(resources=resources(tmp_path))) == 1)
    assert found(eg.Case(resources=resources(tmp_path, ENTRY.replace(*change)))).empty


def test_a_log_alone_is_only_a_question():
    names = log(
        ("shop.example", "192.0.2.9:443", "198.51.100.4:443", "outbound|443||ledger.bank.example"),
        ("mail.example", "192.0.2.10:443", "198.51.100.4:443", "outbound|443||ledger.bank.example"),
    )
    assert found(eg.Case(log=names))["severity"].tolist() == ["warning"]
    assert found(eg.Case(log=names.iloc[:1])).empty


@pytest.mark.skipif(not SHARED.is_dir(), reason="NOT TESTED: ../shared is not there")
@pytest.mark.parametrize("case", ["c01_tcp443_no_addresses_steals", "c03_two_tcp_same_port", "c07_tcp_on_80_and_http"])
def test_captured_cases_by_config_and_by_yaml(case):
    whole = eg.read_case(SHARED / "cases" / case)
    by_yaml = eg.Case(log=whole.log, resources=whole.resources)
    assert "error" in found(eg.Case(log=whole.log, config=whole.config))["severity"].tolist()
    assert "error" in found(by_yaml)["severity"].tolist()
    assert found(eg.Case(config=whole.config, resources=whole.resources))["severity"].tolist() == ["warning"]
    assert found(eg.Case(config=Config())).empty
