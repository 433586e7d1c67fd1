"""Drafted YAML: it reads back, declares what was called, and nothing hostile gets into it."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
import yaml

import egresslab as eg

CASES = Path(__file__).parents[3] / "shared" / "cases"


def log_of(*entries):
    known = {"upstream_cluster": "PassthroughCluster", "response_flags": "-", "response_code": 0, "proxy": "shop", "source": "shop.log"}
    return eg.as_log(pd.DataFrame([{**known, "line": n, **entry} for n, entry in enumerate(entries, 1)]))


def http(host, address="203.0.113.10:80", **more):
    return {"method": "GET", "protocol": "HTTP/1.1", "response_code": 200, "authority": host, "downstream_local_address": address, **more}


def tls(host, address="203.0.113.10:443", **more):
    return {"requested_server_name": host, "downstream_local_address": address, **more}


def entries(*rows):
    text = eg.draft_service_entry(log_of(*rows))
    return text, eg.read_resources(io.StringIO(text)).service_entries


def test_a_host_is_declared_once_with_all_its_ports():
    _, found = entries(http("b.example"), tls("a.example"), http("a.example:8080", "203.0.113.10:8080"), http("A.example."), http("a.example"))
    assert found[["host", "port", "protocol", "resolution"]].values.tolist() == [
        ["a.example", 80, "HTTP", "DNS"],
        ["a.example", 443, "TLS", "DNS"],
        ["a.example", 8080, "HTTP", "DNS"],
        ["b.example", 80, "HTTP", "DNS"],
    ]
    assert found["name"].drop_duplicates().tolist() == ["a.example", "b.example"]
    assert set(found["location"]) == {"MESH_EXTERNAL"}


def test_only_what_the_mesh_did_not_know_is_declared():
    _, found = entries(
        http("known.example", upstream_cluster="outbound|80||known.example"),
        http("blocked.example", upstream_cluster=None, route_name="block_all", response_code=502),
        tls("hole.example", upstream_cluster="BlackHoleCluster"),
        http("inside.example", upstream_cluster="InboundPassthroughCluster"),
    )
    assert sorted(found["host"]) == ["blocked.example", "hole.example"]


@pytest.mark.parametrize(
    ("address", "name"),
    [("203.0.113.30", "ip-203-0-113-30"), ("2001:db8::7", "ip-2001-0db8-0000-0000-0000-0000-0000-0007")],
)
def test_what_has_no_name_is_tcp_by_its_address_and_a_comment_says_so(address, name):
    local = f"[{address}]:9000" if ":" in address else f"{address}:9000"
    text, found = entries({"downstream_local_address": local}, http(local, local))
    assert found[["host", "address", "port", "protocol", "resolution"]].values.tolist() == [[f"{name}.invalid", address, 9000, "TCP", "NONE"]]
    assert text.startswith("# not nameable")


def test_a_named_host_at_the_same_address_and_port_is_warned_of():
    text, _ = entries(http("a.example", "203.0.113.30:80"), {"downstream_local_address": "203.0.113.30:80"})
    assert "# It also takes a.example at this address" in text


def test_a_port_is_declared_in_the_protocol_that_most_entries_speak():
    _, found = entries(http("a.example"), tls("a.example", "203.0.113.10:80"), tls("a.example", "203.0.113.10:80"))
    assert found[["port", "protocol"]].values.tolist() == [[80, "TLS"]]


def test_a_port_that_was_not_logged_is_the_one_of_the_host_or_the_usual_one():
    _, found = entries(http("a.example:8080", None), http("b.example", None), tls("c.example", None))
    assert found[["host", "port"]].values.tolist() == [["a.example", 8080], ["b.example", 80], ["c.example", 443]]


HOSTILE = [
    "*",
    "*.example.com",
    "a_b.example.com",
    "-a.example.com",
    "a..example.com",
    "x" * 64 + ".example.com",
    ".".join(["a" * 60] * 5),
    "1.2.3.4.5",
    "a.example\nkind: Secret",
    "a.example\r\n---\nkind: Secret",
    'a.example"\n  exportTo: ["*"]',
    "\u2028kind: Secret",
    "пример.рф",
    "\uff41.example",
    "a b",
    "\x1b[2J",
    "{{ x }}",
]


@pytest.mark.parametrize("host", HOSTILE)
def test_what_is_no_name_is_refused_in_a_comment_that_nothing_ends(host):
    text, found = entries(http(host), http("good.example"))
    assert found["host"].unique().tolist() == ["good.example"]
    first, *rest = text.splitlines()
    assert first.startswith("# not declared")
    assert len(first) < 250
    assert [line for line in rest if "Secret" in line or "exportTo" in line] == []
    assert [one["kind"] for one in yaml.safe_load_all(text)] == ["ServiceEntry"]


@pytest.mark.parametrize("host", ["null", "true", "no", "0x1f.e1", "1e5.x", "xn--e1afmkfd.xn--p1ai"])
def test_names_that_yaml_would_take_for_something_else_stay_text(host):
    text, _ = entries(http(host))
    (one,) = yaml.safe_load_all(text)
    assert (one["metadata"]["name"], one["spec"]["hosts"]) == (host, [host])


@pytest.mark.parametrize("log", [log_of(http("a.example", upstream_cluster="outbound|80||a.example")), eg.Case().log])
def test_nothing_to_declare_is_said(log):
    text = eg.draft_service_entry(log)
    assert text.startswith("# nothing to declare")
    assert list(yaml.safe_load_all(text)) in ([], [None])


def test_what_is_no_log_is_refused():
    with pytest.raises(eg.FrameError, match="log"):
        eg.draft_service_entry("sidecar.log")


@pytest.mark.parametrize(
    "case", ["b01_passthrough_http", "b03_passthrough_tcp", "b04_blackhole_http", "b06_blackhole_tls_no_listener", "b08_passthrough_refused"]
)
def test_a_diagnosis_of_the_log_and_the_draft_no_longer_names_these_hosts(case):
    if not CASES.is_dir():
        pytest.skip(f"the captured cases are not at {CASES}")
    log = eg.read_case(CASES / case).log
    before = eg.diagnose(eg.Case(log=log))
    draft = eg.read_resources(io.StringIO(eg.draft_service_entry(log)))
    after = eg.diagnose(eg.Case(log=log, resources=draft))
    assert (before["mistake"] == "host_not_in_registry").any()
    assert after.loc[after["mistake"] == "host_not_in_registry", "subject"].tolist() == []
