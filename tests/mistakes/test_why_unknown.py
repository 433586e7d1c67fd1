"""Why a destination is unknown: what proxies, Sidecars of certain workloads and forward proxies tell."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from asking import ask

import egresslab as eg
from egresslab.frames import Config, typed
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.sight import Caller, Sight
from egresslab.mistakes.unknown_traffic import unknown_traffic

SIDECARS = """
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: workload, namespace: shop}
spec:
  workloadSelector: {labels: {app: checkout}}
  egress: [{hosts: ["./*"]}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{port: {number: 9000, protocol: TCP, name: tcp}, hosts: ["./*"]}, {hosts: ["*/*"]}]
"""
CALL = {
    "proxy": "app.shop",
    "upstream_cluster": "BlackHoleCluster",
    "requested_server_name": "a.example.org",
    "downstream_local_address": "1.2.3.4:443",
}


def one_row(frame, values):
    return typed({name: [values.get(name)] for name in eg.fields(frame)["column"]}, frame)


def config_of(proxy, services, **more):
    columns = {
        "name": "outbound|443||a.example.org",
        "direction": "outbound",
        "host": "a.example.org",
        "port": 443,
        "services": services,
        "proxy": proxy,
    }
    return Config(clusters=one_row("clusters", columns), **more)


def reasons(entries, config=None, resources=None):
    log = eg.as_log(pd.DataFrame(entries))
    return {one.subject: (one.because, one.reason.sure) for one in ask(unknown_traffic, log=log, config=config, resources=resources)}


def test_the_sidecar_of_the_workload_goes_before_the_default_and_a_listener_of_the_port_before_the_rest(tmp_path: Path):
    (tmp_path / "a.yaml").write_text(SIDECARS, encoding="utf-8")
    sight = Sight(resources=eg.read_resources(tmp_path / "a.yaml"))
    entry, other = (Declared("a.example.org", port, "ServiceEntry", "a", namespace="platform") for port in (443, 9000))
    checkout, cart = (Caller(name, "shop", frozenset({f"app={name}"})) for name in ("checkout", "cart"))
    assert [sight.hidden_by(entry, checkout), sight.hidden_by(entry, cart), sight.hidden_by(other, cart)] == ["sidecar", None, "sidecar"]
    assert sight.hidden_by(entry, Caller("gateway", "shop", is_gateway=True)) is None


def test_what_only_a_gateway_has_is_hidden_by_a_sidecar_as_it_seems():
    assert reasons([CALL], config_of("gateway.istio-system", "platform/a.example.org")) == {"a.example.org:443": ("sidecar", False)}


def test_what_only_its_own_namespace_has_is_not_exported_as_it_seems():
    assert reasons([CALL], config_of("api.platform", "platform/a.example.org")) == {"a.example.org:443": ("export_to", False)}


def test_a_proxy_that_refused_config_may_lack_anything():
    refused = one_row("rejected", {"proxy": "app.shop"})
    config = config_of("gateway.istio-system", "platform/a.example.org", rejected=refused)
    assert reasons([CALL], config) == {"a.example.org:443": ("declared", False)}


def test_what_the_caller_has_is_unknown_for_another_reason():
    assert reasons([CALL], config_of("app.shop", "platform/a.example.org")) == {"a.example.org:443": ("declared", True)}


def test_a_host_that_is_asked_through_a_declared_proxy_is_not_undeclared():
    asked = {"proxy": "app.shop", "method": "GET", "authority": "a.example.org", "upstream_cluster": "PassthroughCluster"}
    connect = {"proxy": "app.shop", "method": "CONNECT", "authority": "b.example.org:443", "response_flags": "NR"}
    there = {"downstream_local_address": "10.0.0.9:3128"}
    assert reasons([asked | there])["a.example.org:3128"][0] == "undeclared"
    assert reasons([asked | there, connect | there])["a.example.org:3128"][0] == "declared"


def test_frames_that_were_parquet_tell_the_same(tmp_path: Path):
    eg.as_log(pd.DataFrame([CALL, CALL | {"requested_server_name": None}])).to_parquet(tmp_path / "log.parquet")
    log = pd.concat([pd.read_parquet(tmp_path / "log.parquet")] * 2)
    found = {one.subject: one.of for one in ask(unknown_traffic, log=log)}
    assert found == {"a.example.org:443": 2, "1.2.3.4:443": 2}


ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: other}
spec:
  hosts: [a.example.org]
  ports: [{number: 8443, name: tls, protocol: TLS}]
  resolution: DNS
---
"""


@pytest.mark.parametrize(("port", "reason"), [(443, ("port", True)), (8443, ("sidecar", False))])
def test_a_port_that_nobody_declares_is_missing_whoever_sees_the_host(tmp_path: Path, port, reason):
    (tmp_path / "a.yaml").write_text(ENTRY + SIDECARS.split("---")[0], encoding="utf-8")
    entries = [CALL | {"downstream_local_address": f"1.2.3.4:{port}"}]
    assert reasons(entries, resources=eg.read_resources(tmp_path / "a.yaml")) == {f"a.example.org:{port}": reason}


def test_the_mesh_is_where_its_config_map_stands(tmp_path: Path):
    mesh = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: control}\ndata: {mesh: 'accessLogFile: /dev/stdout'}\n"
    sidecar = SIDECARS.split("---")[0].replace("namespace: shop", "namespace: control").replace("  workloadSelector: {labels: {app: checkout}}\n", "")
    (tmp_path / "a.yaml").write_text(ENTRY.replace("8443", "443") + sidecar + mesh + APP, encoding="utf-8")
    assert reasons([CALL], resources=eg.read_resources(tmp_path / "a.yaml")) == {"a.example.org:443": ("sidecar", True)}


APP = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: app, namespace: shop, labels: {app: x}}\nspec: {containers: [{name: app, image: app}]}\n"
