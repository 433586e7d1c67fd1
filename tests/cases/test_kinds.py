"""What a file is, by its first bytes, whatever it is called."""

from __future__ import annotations

import pytest

import egresslab as eg
from egresslab.cases.files import File
from egresslab.cases.kinds import kind_of

INCIDENT = eg.sample_path("incident")
OWN = "2026-11-23T23:16:18.768000Z\tinfo\tEnvoy proxy is ready\n"
LIST = "apiVersion: v1\nitems:\n- action: Binding\n  apiVersion: v1\n  kind: Event\n" + "- {}\n" * 20_000 + "kind: List\n"


def kind(data, name="x"):
    return kind_of(File(name, head=data.encode() if isinstance(data, str) else data))[0]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("sidecar.log", "access log"),
        ("sidecar_config_dump.json", "config dump"),
        ("sidecar_clusters.txt", "config dump"),
        ("sidecar_stats.txt", "config dump"),
        ("istio.yaml", "resources"),
        ("kube.yaml", "resources"),
        ("proxy_status.txt", "proxy-status"),
        ("analysis.txt", "analysis"),
    ],
)
def test_content_tells_without_a_name(file, expected):
    assert kind((INCIDENT / file).read_bytes()[:65536]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Defaulted container "istio-proxy"\n{"configs": [{"@type": "x"}]}', "config dump"),
        ('[\n {\n  "name": "x",\n  "connectTimeout": "1s"\n }\n]', "config dump"),
        ("- connectTimeout: 10s\n  name: x\n", "config dump"),
        ('{"stats": [{"name": "a", "value": 1}]}', "config dump"),
        ("✔ No validation issues found when analyzing namespace: shop.\n", "analysis"),
        (LIST[:65536], "resources"),
        ("accessLogFile: /dev/stdout\noutboundTrafficPolicy: {mode: ALLOW_ANY}\n", "resources"),
        (OWN, "access log"),
        (f"{OWN}kind: Pod\nconnectTimeout: 1s\n", "access log"),
        (f"{OWN}2026-11-23T23:16:18Z\twarn\tanalysis\tWarning [IST0162] (Gateway a/b) port\n", "access log"),
        ('"- - -" 0 NC - - "-" 0 0 2 - "-" "-" "-" "-" "-" - - 198.51.100.171:443 ... api.example.com -\n', "access log"),
        ('{"response_code": 200, "response_flags": "-"}\n', "access log"),
        ("It began at ten.\n", "other"),
        ('{\n "version": "1.40.0",\n "state": "LIVE"\n}', "other"),
        ("virtualOutbound::0.0.0.0:15001\n", "other"),
        ("\n<html><body>502 Bad Gateway</body></html>", "unreadable"),
    ],
)
def test_each_shape_is_known(text, expected):
    assert kind(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("sidecar.log", "access log"), ("sidecar.log.1", "access log"), ("istio.yaml", "resources"), ("empty", "other")]
)
def test_the_name_tells_what_an_empty_file_is(name, expected):
    assert kind("\n", name) == kind("", f"folder/{name}") == expected


@pytest.mark.parametrize(
    "name", ["NOTES", "client.txt", "labels.csv", "truth.json", "provenance.toml", "a/NOTES", "a.ipynb", "bug-report/bug-report.log"]
)
def test_some_are_never_read(name):
    assert kind((INCIDENT / "sidecar.log").read_bytes(), name) == "other"
