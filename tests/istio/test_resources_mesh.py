"""The mesh's settings, wherever they are written, and what Telemetry does to the log."""

import io
import json

import pytest

from egresslab.istio import looks_like_resources, read_resources

MESH = {
    "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"},
    "accessLogFile": "/dev/stdout",
    "accessLogEncoding": "JSON",
    "protocolDetectionTimeout": "5s",
    "defaultProviders": {"accessLogging": ["otel", "file"]},
    "defaultConfig": {"proxyMetadata": {"ISTIO_META_DNS_CAPTURE": "true"}},
    "extensionProviders": [
        {"name": "otel", "envoyOtelAls": {"service": "otel.svc", "port": 4317}},
        {"name": "file", "envoyFileAccessLog": {"path": "/dev/stdout", "logFormat": {"labels": {"a": "%X%"}}}},
    ],
}
TEXT = json.dumps(MESH)
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "istio-1-30", "namespace": "istio-system"}, "data": {"mesh": TEXT}}
OPERATOR = {"apiVersion": "install.istio.io/v1alpha1", "kind": "IstioOperator", "spec": {"meshConfig": MESH}}
SAIL = {"apiVersion": "sailoperator.io/v1", "kind": "Istio", "spec": {"values": {"meshConfig": MESH}}}
WAYS = {
    "bare": (MESH, "/0"),
    "values": ({"meshConfig": MESH}, "/0"),
    "config map": (CONFIG_MAP, "/0/data/mesh"),
    "operator": (OPERATOR, "/0/spec/meshConfig"),
    "sail": (SAIL, "/0/spec/values/meshConfig"),
}


def read(text):
    return read_resources(io.StringIO(text))


@pytest.mark.parametrize("way", WAYS)
def test_a_mesh_config_is_found_wherever_it_stands(way):
    written, pointer = WAYS[way]
    assert looks_like_resources(json.dumps(written, indent=1))
    found = read(json.dumps(written))
    columns = ["outbound_traffic_policy", "access_log_file", "access_log_encoding", "access_log_providers", "dns_capture"]
    assert found.mesh[columns].values.tolist() == [["REGISTRY_ONLY", "/dev/stdout", "JSON", "file,otel", True]]
    assert (found.mesh.protocol_detection_timeout_ms.item(), found.mesh.pointer.item()) == (5000, pointer)
    assert found.extension_providers[["name", "provider", "path", "service", "log_format"]].fillna("").values.tolist() == [
        ["otel", "envoyOtelAls", "", "otel.svc", ""],
        ["file", "envoyFileAccessLog", "/dev/stdout", "", "a=%X%"],
    ]


def test_registry_only_is_the_mode_that_json_leaves_out():
    assert read('{"proxyListenPort": 15001, "outboundTrafficPolicy": {}}').mesh.outbound_traffic_policy.tolist() == ["REGISTRY_ONLY"]


def test_a_broken_mesh_in_a_config_map_is_a_problem_of_its_own():
    with pytest.warns(UserWarning, match=r"data\.mesh is wrong at its line 2: it is indented by a tab"):
        found = read('kind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: "a:\\n\\tb: 1"\n')
    assert (found.mesh.empty, found.objects.kind.tolist(), found.problems.line.tolist()) == (True, ["ConfigMap"], [1])


def test_a_config_map_of_something_else_is_no_mesh():
    assert read("apiVersion: v1\nkind: ConfigMap\ndata: {mesh: round}\n").mesh.empty


def test_telemetry_has_a_row_for_each_entry_about_access_logs():
    telemetry = read(
        "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: t, namespace: istio-system}\nspec:\n  accessLogging:\n"
        "  - {match: {mode: SERVER}, providers: [{name: envoy}]}\n"
        "  - {filter: {expression: response.code >= 400}, disabled: false}\n---\n"
        "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: metrics}\nspec: {metrics: []}\n"
    ).telemetry
    assert telemetry.astype("object").where(telemetry.notna(), None)[
        ["name", "entry", "mode", "providers", "disabled", "filter"]
    ].values.tolist() == [
        ["t", 0, "SERVER", "envoy", None, None],
        ["t", 1, None, None, False, "response.code >= 400"],
        ["metrics", None, None, None, None, None],
    ]
