"""TCP entries whose addresses are not those that are called."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from asking import ask

import egresslab as eg
from egresslab.frames import Config, typed
from egresslab.mistakes import tcp_address_mismatch

ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.org]
  addresses: [203.0.113.41, 198.51.100.0/24]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 203.0.113.42}]
"""


@pytest.fixture
def resources(tmp_path: Path):
    (tmp_path / "entry.yaml").write_text(ENTRY, encoding="utf-8")
    return eg.read_resources(tmp_path / "entry.yaml")


def found(address, config=None, resources=None):
    entry = {"proxy": "app.shop", "upstream_cluster": "PassthroughCluster", "downstream_local_address": address}
    return ask(tcp_address_mismatch.in_log, log=eg.as_log(pd.DataFrame([entry])), config=config, resources=resources)


def test_another_address_on_the_port_of_the_entry(resources):
    (one,) = found("203.0.113.40:5432", resources=resources)
    assert "takes port 5432 of 198.51.100.0/24, 203.0.113.41 only" in one.summary
    assert not one.sure


def test_an_address_among_the_endpoints_makes_it_sure(resources):
    (one,) = found("203.0.113.42:5432", resources=resources)
    assert one.sure
    assert one.rivals == ("not host_not_in_registry: ServiceEntry shop/db declares it",)


@pytest.mark.parametrize("address", ["203.0.113.41:5432", "198.51.100.7:5432", "203.0.113.40:6379"])
def test_a_listed_address_a_range_and_another_port_are_none(resources, address):
    assert found(address, resources=resources) == []


def test_the_listener_of_the_proxy_tells_it_without_yaml():
    cluster = "outbound|5432||db.example.org"
    clusters = {"name": [cluster], "direction": ["outbound"], "host": ["db.example.org"], "port": [5432], "proxy": ["app.shop"]}
    chains = {
        "listener": ["203.0.113.41_5432"],
        "address": ["203.0.113.41"],
        "port": [5432],
        "cluster": [cluster],
        "type": ["TCP"],
        "proxy": ["app.shop"],
    }
    config = Config(clusters=typed(filled("clusters", clusters), "clusters"), filter_chains=typed(filled("filter_chains", chains), "filter_chains"))
    (one,) = found("203.0.113.40:5432", config=config)
    assert "of 203.0.113.41 only" in one.summary


def filled(frame, columns):
    return {name: columns.get(name, [None]) for name in eg.fields(frame)["column"]}
