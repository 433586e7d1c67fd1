"""ztunnel's connection lines, as people posted them; the reference behind each is the thread or file that it stands in."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import egresslab as eg
from egresslab.access_log import read_logs
from egresslab.access_log.ztunnel import entries_of
from egresslab.frames import schema
from egresslab.sources import sources_of

TIMED_OUT = (  # istio/ztunnel#1229, its tabs made blanks
    '2024-07-26T17:18:00.953004Z     error   access  connection complete     src.addr=10.244.0.9:58592 src.workload="shell-56bd5dbdbf-gz6cq" '
    'src.namespace="default" src.identity="spiffe://cluster.local/ns/default/sa/default" dst.addr=10.244.0.10:15008 '
    'dst.hbone_addr=10.244.0.10:80 dst.service="echo.default.svc.cluster.local" dst.workload="echo-66d88ff694-pnk6h" dst.namespace="default" '
    'dst.identity="spiffe://cluster.local/ns/default/sa/default" direction="outbound" bytes_sent=0 bytes_recv=0 duration="10002ms" '
    'error="connection timed out, maybe a NetworkPolicy is blocking HBONE port 15008: deadline has elapsed"'
)
REFUSED = (  # istio/istio#52216
    "2024-07-22T07:42:09.312508Z\twarn\taccess\tconnection failed\tsrc.addr=10.100.4.18:32818 dst.addr=10.100.97.189:8200 "
    'direction="outbound" error="no healthy upstream: 10.100.97.189:8200"'
)
PASSED = (  # istio/istio#58786
    '{"level":"info","time":"2025-11-13T17:22:58.026256Z","scope":"access","message":"connection complete","src.addr":"10.1.0.8:46322",'
    '"src.workload":"istio-debug","src.namespace":"istio-addons-ingress","dst.addr":"142.250.191.142:443","direction":"outbound",'
    '"bytes_sent":800,"bytes_recv":8468,"duration":"73ms"}'
)
INBOUND = (  # istio.io, "Troubleshoot connectivity issues with ztunnel": Istio 1.22
    "2024-05-04T09:59:05.028709Z info    access  connection complete src.addr=10.244.1.12:60059 "
    'src.workload="sleep-7656cf8794-r7zb9" src.namespace="default" src.identity="spiffe://cluster.local/ns/default/sa/sleep" '
    'dst.addr=10.244.1.10:9080 dst.hbone_addr="10.244.1.10:9080" dst.service="productpage.default.svc.cluster.local" '
    'dst.workload="productpage-v1-87d54dd59-fn6vw" dst.namespace="productpage" '
    'dst.identity="spiffe://cluster.local/ns/default/sa/bookinfo-productpage" direction="inbound" bytes_sent=175 bytes_recv=80 duration="1ms"'
)
WRAPPED = """2024-08-21T15:32:05.754291Z info access connection complete src.addr=10.42.0.9:33772 src.workload="sleep-7656cf8794-6lsm4"
src.identity="spiffe://cluster.local/ns/default/sa/sleep" dst.addr=10.42.0.5:15008 dst.hbone_addr=10.42.0.5:9080
  dst.workload="details-v1-857849f66-ft8wx" dst.namespace="default" dst.identity="spiffe://cluster.local/ns/default/sa/bookinfo-details" \\
direction="outbound" bytes_sent=84 bytes_recv=358 duration="15ms"
"""  # istio.io, "Verify mutual TLS is enabled"
ACROSS_NETWORKS = (  # istio/istio#60294
    "2026-06-08T08:52:53.326278Z\terror\taccess\tconnection complete\tsrc.addr=10.244.0.9:51948 dst.addr=172.18.0.5:15008 "
    'dst.hbone_addr=helloworld.sample.svc.cluster.local:5000 dst.workload="NetworkGateway/network-b/172.18.0.5/0" direction="outbound" '
    'bytes_sent=0 bytes_recv=0 duration="4ms" error="io error: invalid peer certificate: Other(OtherError(identity verification error: peer did '
    'not present the expected SAN (spiffe://cluster.local/ns/sample/sa/default), got spiffe://cluster.local/ns/sample/sa/waypoint))"'
)
REQUEST = (  # kgateway's documentation: Solo's ztunnel
    "2025-03-19T17:32:42.762545Z\tinfo\thttp access\trequest complete\tsrc.addr=10.0.71.117:42468 "
    'src.identity="spiffe://cluster.local/ns/kgateway/sa/http" dst.addr=10.0.65.144:15008 dst.hbone_addr=10.0.65.144:8080 direction="inbound" '
    'method=GET path="/headers" protocol=HTTP1 response_code=200 host="www.example.com:8080" user_agent="curl/8.7.1" '
    'request_id="4c5fc679-c5cd-4721-8735-51bcdbea6e0f" duration="0ms"'
)
UNQUOTED = (  # a build of July 2024
    "2024-07-23T14:21:03.450051Z\tinfo\taccess\tconnection complete\tsrc.addr=10.12.0.8:37522 src.workload=sleep-bc9998558-bhv5z "
    'src.namespace=my-ambient dst.addr=10.12.0.9:15008 dst.service=helloworld.my-ambient.svc.cluster.local direction="outbound" '
    'bytes_sent=84 bytes_recv=158 duration="118ms"'
)
POLICY = (  # istio/ztunnel#1273: no time
    'error   access  connection complete     src.addr=10.244.1.6:42020 dst.addr=10.244.1.9:15008 direction="inbound" bytes_sent=0 bytes_recv=0 '
    'duration="0ms" error="connection closed due to policy rejection: allow policies exist, but none allowed"'
)


def test_a_connection_at_the_client_s_node(row):
    assert row(TIMED_OUT) == {
        "start_time": pd.Timestamp("2024-07-26T17:17:50.951004Z"),
        "emit_time": pd.Timestamp("2024-07-26T17:18:00.953004Z"),
        "traffic_direction": "outbound",
        "downstream_remote_address": "10.244.0.9:58592",
        "source_workload": "shell-56bd5dbdbf-gz6cq",
        "source_workload_namespace": "default",
        "source_principal": "spiffe://cluster.local/ns/default/sa/default",
        "upstream_host": "10.244.0.10:15008",
        "hbone_address": "10.244.0.10:80",
        "destination_service": "echo.default.svc.cluster.local",
        "destination_workload": "echo-66d88ff694-pnk6h",
        "destination_workload_namespace": "default",
        "destination_principal": "spiffe://cluster.local/ns/default/sa/default",
        "response_code": 0,
        "bytes_received": 0,
        "bytes_sent": 0,
        "duration_ms": 10002,
        "connection_termination_details": "connection timed out, maybe a NetworkPolicy is blocking HBONE port 15008: deadline has elapsed",
        "failed": True,
    }


def test_a_connection_at_the_server_s_node(row):
    found = row(INBOUND)
    assert (found["bytes_received"], found["bytes_sent"]) == (80, 175)
    assert found["upstream_host"] == "10.244.1.10:9080"
    assert "downstream_local_address" not in found  # Istio 1.22 wrote the target twice
    later = row(INBOUND.replace("dst.addr=10.244.1.10:9080", "dst.addr=10.244.1.10:15008"))
    assert (later["downstream_local_address"], later["upstream_host"]) == ("10.244.1.10:15008", "10.244.1.10:9080")


def test_bytes_are_counted_from_the_client_s_side_whoever_writes(row):
    outbound = row(INBOUND.replace('"inbound" bytes_sent=175 bytes_recv=80', '"outbound" bytes_sent=80 bytes_recv=175'))
    assert (outbound["bytes_received"], outbound["bytes_sent"]) == (80, 175)
    nobody = row(INBOUND.replace(' direction="inbound"', ""))
    assert {"bytes_received", "bytes_sent", "upstream_host", "response_code", "failed"}.isdisjoint(nobody)


def test_a_sandwiched_waypoint_is_not_what_its_tunnel_names(row):
    found = row(INBOUND.replace('hbone_addr="10.244.1.10:9080"', "hbone_addr=10.96.113.62:3000"))
    assert found["hbone_address"] == "10.96.113.62:3000"
    assert "upstream_host" not in found


def test_a_refused_connection_has_an_end_and_no_start(row):
    found = row(REFUSED)
    assert (found["downstream_local_address"], found["failed"], found["response_code"]) == ("10.100.97.189:8200", True, 0)
    assert found["emit_time"] == pd.Timestamp("2024-07-22T07:42:09.312508Z")
    assert {"start_time", "duration_ms", "upstream_host"}.isdisjoint(found)


def test_what_ztunnel_passed_through_went_where_the_client_called(row):
    found = row(PASSED)
    assert found["upstream_host"] == found["downstream_local_address"] == "142.250.191.142:443"
    assert (found["bytes_received"], found["bytes_sent"], found["failed"]) == (800, 8468, False)
    for known in ('"dst.workload":"a"', '"dst.service":"b.example.com"'):
        assert "downstream_local_address" not in row(PASSED.replace('"bytes_sent"', f'{known},"bytes_sent"'))
    elided = 'info access connection complete src.addr=10.1.0.8:4 dst.addr=203.0.113.9:443 ... direction="outbound" bytes_sent=1 duration="1ms"'
    assert "downstream_local_address" not in row(elided)


def test_an_entry_over_several_lines_is_one(read):
    parts = read(f"{WRAPPED}{REFUSED}\n{WRAPPED}")
    assert parts.log.line.tolist() == [1, 5, 6]
    first = parts.log.iloc[0].dropna()
    assert (first["downstream_remote_address"], first["bytes_received"], first["bytes_sent"]) == ("10.42.0.9:33772", 84, 358)
    assert first["destination_principal"] == "spiffe://cluster.local/ns/default/sa/bookinfo-details"


def test_an_error_with_parentheses_and_a_tunnel_to_a_name(row):
    found = row(ACROSS_NETWORKS)
    assert found["hbone_address"] == "helloworld.sample.svc.cluster.local:5000"
    assert found["connection_termination_details"].endswith("got spiffe://cluster.local/ns/sample/sa/waypoint))")


def test_a_request_of_solo_s(row):
    found = row(REQUEST)
    wanted = {"method": "GET", "path": "/headers", "protocol": "HTTP1", "response_code": 200, "authority": "www.example.com:8080"}
    assert wanted.items() <= found.items()
    assert (found["user_agent"], found["duration_ms"], found["failed"]) == ("curl/8.7.1", 0, False)
    assert row(REQUEST.replace("=200", "=503"))["failed"]


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (UNQUOTED, "source_workload", "sleep-bc9998558-bhv5z"),
        (POLICY, "connection_termination_details", "connection closed due to policy rejection: allow policies exist, but none allowed"),
        (f"2024-10-29T17:39:45.936Z | {TIMED_OUT}", "duration_ms", 10002),  # istio/istio#53696: a log viewer's time
        (f"**_{TIMED_OUT}_**", "duration_ms", 10002),  # istio/istio#55937
        (TIMED_OUT.replace("error   access ", "DEBUG access: ").replace("  connection", "connection"), "duration_ms", 10002),
        (TIMED_OUT.replace(": deadline", r": \"a\" \u{e9} \\ deadline"), "connection_termination_details", None),
        (PASSED.replace('"dst.addr"', '"src.cluster":"Kubernetes","dst.addr"'), "source_cluster", "Kubernetes"),
        (PASSED.replace('"dst.addr"', '"dst.zone":"b","dst.addr"'), "ztunnel_dst_zone", "b"),
        (PASSED.replace('"src.workload":"istio-debug"', '"src.workload":"\\ud800"'), "source_workload", "\\ud800"),
    ],
)
def test_other_shapes(line, column, value, row):
    found = row(line)[column]
    assert found == value if value else found.endswith('port 15008: "a" é \\ deadline has elapsed')


def test_an_object_over_many_lines_is_one_entry(read):
    """As jq prints it, in istio/ztunnel#2055."""
    printed = json.dumps(json.loads(PASSED), indent=2)
    parts = read("\n".join([REFUSED, printed, '{\n "level": "info"\n}', PASSED, "{", REFUSED]) + "\n")
    assert parts.log.line.tolist() == [1, 2, 19, 21]
    assert parts.log.iloc[1].drop(["line"]).equals(parts.log.iloc[2].drop(["line"]))


@pytest.mark.parametrize("quotes", ["“”", "&quot;", "&#34;", '\\"'])
def test_quotes_that_were_changed(quotes, row):
    first, last = quotes if len(quotes) == 2 and quotes[0] != "\\" else (quotes, quotes)
    halves = TIMED_OUT.split('"')
    bent = "".join(half + (first if n % 2 == 0 else last) for n, half in enumerate(halves[:-1]))
    assert row(bent + halves[-1]) == row(TIMED_OUT)


def test_quotes_inside_an_error_that_nobody_escaped(row):
    said = row(TIMED_OUT.replace("deadline has", 'the "deadline" has'))["connection_termination_details"]
    assert said.endswith('15008: the "deadline" has elapsed')


def test_a_line_that_is_cut_says_what_it_says_whole(row):
    torn = row(TIMED_OUT[: TIMED_OUT.index("deadline")])
    assert torn["failed"]
    assert torn["connection_termination_details"].endswith("HBONE port 15008:…")
    ended = row(TIMED_OUT[: TIMED_OUT.index(" error=")])
    assert {"failed", "response_code"}.isdisjoint(ended)  # its level says that there was an error
    cut = row(TIMED_OUT[: TIMED_OUT.index("recv=0") + 6])
    assert ("bytes_received" in cut, "bytes_sent" in cut) == (True, False)  # there may be more digits
    elided = row(TIMED_OUT.replace("shell-56bd5dbdbf-gz6cq", "shell-..."))
    assert "source_workload" not in elided


def test_look_alikes_are_no_entries(read):
    lines = [
        '{"level":"info","msg":"request complete","path":"/a"}',
        f"I see {POLICY} in my log",
        '{"message":"connection complete","scope":"access","level":"info"}',
        "2026-01-01T00:00:00.000000Z\tinfo\taccess\tconnection complete",
        json.dumps({"said": REFUSED, "scope": "access"}),
    ]
    assert read("\n".join([REFUSED, *lines]) + "\n").log.line.tolist() == [1]


def test_connections_opened_are_messages(read):
    opened = TIMED_OUT.replace("connection complete", "connection opened").replace("error   access", "debug   access")
    debug = "2024-04-11T00:26:42.295630Z DEBUG access: connection opened src.addr=shell-6d8bcd654d-t88gp:59690 direction=outbound"
    said = read("\n".join([opened, debug, PASSED.replace("complete", "opened"), REFUSED])).messages
    assert said.component.tolist() == ["access"] * 3
    assert said.level.tolist() == ["debug", "debug", "info"]
    assert all(text.startswith("connection opened") for text in said.text)


@pytest.mark.parametrize("size", [100, 3000, 8 << 20])
def test_entries_among_others_in_blocks_of_any_size(size, read):
    envoy = eg.sample_path("formats/istio.log").read_text().splitlines()
    text = "\n".join([*envoy, REFUSED, *envoy * 30, TIMED_OUT, PASSED, *envoy]) + "\n"
    parts = read(text, size=size)
    assert len(parts.log) == 32 * len(envoy) + 3
    ours = parts.log[parts.log["traffic_direction"].notna()]
    assert ours.line.tolist() == [len(envoy) + 1, 31 * len(envoy) + 2, 31 * len(envoy) + 3]
    assert ours.failed.tolist() == [True, True, False]


def test_hostile_values_stay_values(row):
    hostile = TIMED_OUT.replace("10002ms", "9" * 18 + "ms").replace("shell-56bd5dbdbf-gz6cq", '\\"x\\" src.addr=1 direction=\\"inbound\\"')
    found = row(hostile)
    assert found["source_workload"] == '"x" src.addr=1 direction="inbound"'
    assert (found["traffic_direction"], found["downstream_remote_address"]) == ("outbound", "10.244.0.9:58592")
    assert "start_time" not in found
    assert list(entries_of(['access connection complete a="' * 3000], [0])) == []


def test_what_fails_survives_other_hands(tmp_path):
    (tmp_path / "z.log").write_text(f"{TIMED_OUT}\n{INBOUND}\n{REFUSED}\n")
    log = read_logs(sources_of([tmp_path / "z.log"])).log
    log.to_parquet(tmp_path / "z.parquet")
    again = eg.as_log(pd.read_parquet(tmp_path / "z.parquet"))
    assert again.failed.tolist() == log.failed.tolist() == [True, False, True]
    both = eg.concat([log, eg.read_access_log(eg.sample_path("formats/istio.log"))])
    assert both.failed.head(3).tolist() == [True, False, True]
    assert eg.egress_class(both).egress_class.head(3).tolist() == ["in_mesh", "inbound", "answered_by_proxy"]


def test_the_data_dictionary_names_each_key():
    columns = schema("ztunnel")
    assert {"src.addr", "dst.service", "direction", "error"} < {field.path for field in columns.values()}
    assert {name for name, field in columns.items() if field.sensitive} == {"downstream_remote_address", "path", "user_agent"}
    shared = columns.keys() & schema("log").keys()
    assert {name: columns[name].type for name in shared} == {name: schema("log")[name].type for name in shared}


def test_columns_that_are_asked_for(tmp_path):
    (tmp_path / "z.log").write_text(f"{TIMED_OUT}\n{INBOUND}\n")
    log = eg.read_access_log(tmp_path / "z.log", columns=["start_time", "destination_service", "failed"])
    assert log.failed.tolist() == [True, False]
    assert log.destination_service.tolist() == ["echo.default.svc.cluster.local", "productpage.default.svc.cluster.local"]
    assert log.start_time.notna().all()
    assert "duration_ms" not in log
