"""Declared hosts, called on another port or in another scheme."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml
from asking import ask

import egresslab as eg
from egresslab.mistakes import port_not_in_service_entry

ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  addresses: [240.240.0.1]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
"""
CALL = {"proxy": "checkout.shop", "method": "GET", "authority": "api.example.com", "route_name": "block_all", "response_code": 502}


def found(entries, resources=None):
    return ask(port_not_in_service_entry.in_log, log=eg.as_log(pd.DataFrame(entries)), resources=resources)


@pytest.fixture
def resources(tmp_path: Path):
    (tmp_path / "entry.yaml").write_text(ENTRY, encoding="utf-8")
    return eg.read_resources(tmp_path / "entry.yaml")


def test_the_missing_port_is_named_and_mended(resources):
    (one,) = found([CALL | {"downstream_local_address": "203.0.113.1:80"}], resources)
    assert (one.subject, one.severity) == ("api.example.com:80", "error")
    assert "ServiceEntry shop/api has port 443 and not 80" in one.summary
    assert "number: 80" in one.mend
    assert "protocol: HTTP" in one.mend
    assert "entry.yaml#/0/spec/ports/0" in one.places[-1]


def test_the_scheme_can_be_the_missing_one(resources):
    (one,) = found([CALL | {"downstream_local_address": "240.240.0.1:443"}], resources)
    assert "has port 443 for TLS, not for HTTP" in one.summary


def test_an_address_of_the_entry_tells_the_host(resources):
    entry = {"proxy": "checkout.shop", "upstream_cluster": "PassthroughCluster", "downstream_local_address": "240.240.0.1:9187"}
    (one,) = found([entry], resources)
    assert (one.subject, one.severity, one.sure) == ("240.240.0.1:9187", "warning", True)


def test_the_log_alone_tells_it_where_another_port_works():
    good = {"proxy": "checkout.shop", "upstream_cluster": "outbound|443||api.example.com", "downstream_local_address": "203.0.113.1:443"}
    (one,) = found([good, CALL | {"downstream_local_address": "203.0.113.1:80"}])
    assert one.subject == "api.example.com:80"


def test_a_host_that_nothing_declares_is_not_its_matter(resources):
    assert found([CALL | {"authority": "www.example.net", "downstream_local_address": "203.0.113.1:80"}], resources) == []


@pytest.mark.parametrize(("port", "protocol", "addresses"), [(8443, "TLS", None), (9092, "TCP", ["203.0.113.1"])])
def test_the_mend_makes_no_port_that_takes_everything(tmp_path, port, protocol, addresses):
    entry = ENTRY.replace("  addresses: [240.240.0.1]\n", "").replace(
        "  resolution: DNS", "  resolution: STATIC\n  endpoints: [{address: 203.0.113.1}]"
    )
    (tmp_path / "entry.yaml").write_text(entry, encoding="utf-8")
    call = {"proxy": "checkout.shop", "upstream_cluster": "BlackHoleCluster", "downstream_local_address": f"203.0.113.1:{port}"}
    (one,) = found([call], eg.read_resources(tmp_path / "entry.yaml"))
    spec = yaml.safe_load(one.mend)["spec"]
    assert (spec["ports"][0]["protocol"], spec.get("addresses")) == (protocol, addresses)
