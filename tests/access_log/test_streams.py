"""One stream, many kinds of lines: formats side by side, and the proxy's own lines in between."""

from __future__ import annotations

import datetime as dt
import json

import pytest

import egresslab as eg
from egresslab.access_log.format import named

TEXTS = [name for name, f in named().items() if f.kind == "text"]
ENTRY = {name: eg.sample_path(f"formats/{name}.log").read_text().splitlines()[0] for name in named()}
AGENT = "2026-11-23T23:16:11.640321Z\tinfo\tcache\tgenerated new workload certificate\tresourceName=default latency=1.2s"
AGENT_PLAIN = "2026-11-23T23:16:11.640321Z     warn    Envoy proxy is NOT ready: config not received from XDS server"
ENVOY = "[2019-01-24 12:17:11.640][13][info][main] external/envoy/source/server/server.cc:205] initializing epoch 0 (hot restart version=10.200)"
ENVOY_ISTIO = (
    "2026-11-23T23:16:12.000000Z\terror\tenvoy config external/envoy/source/x.cc:98\tgRPC config for Cluster rejected: bad:\tthread=9604\n"
    "a line of its reason without a blank before it\tthread=9604"
)
ENVOY_OPEN = (
    "2026-11-23T23:16:12.000000Z\twarning\tenvoy config external/envoy/source/x.cc:98\tgRPC config rejected: Error adding listeners\n"
    "first cause, not set in\n\tthread=9604"
)
JSON_AGENT = '{"level":"info","time":"2026-11-23T23:16:11.640321Z","scope":"ads","msg":"ADS: new connection","node":"shop-1"}'
GLOG = "I1123 23:16:11.640321       1 pilot/agent.go:42] started"


def test_every_format_beside_every_other(read):
    """Each named format once, twice over, so that no line can rely on its neighbours."""
    lines = [*ENTRY.values(), *reversed(ENTRY.values())]
    parts = read("\n".join(lines) + "\n")
    assert parts.log.line.tolist() == list(range(1, len(lines) + 1))
    assert set(parts.log.request_id) == {"d249aef3-97c2-44b9-96c8-ab3481be80f5"}
    assert set(parts.log.response_code) == {200}
    assert parts.log.upstream_cluster.notna().sum() == len(lines) - 2 * 2  # Envoy's own two say no cluster
    assert len(parts.unread) == len(parts.messages) == 0


@pytest.mark.parametrize("size", [None, 300, 1000])
def test_own_lines_between_entries_become_messages(size, read):
    lines = [
        AGENT,
        ENTRY["istio"],
        AGENT_PLAIN,
        ENVOY,
        ENTRY["istio-json"],
        *ENVOY_ISTIO.split("\n")[:1],
        ENTRY["istio-1.3"],
        JSON_AGENT,
        "",
        GLOG,
        ENTRY["envoy"],
        ENTRY["istio"],
    ]
    parts = read("\n".join(lines) + "\n", size=size)
    assert parts.log.line.tolist() == [2, 5, 7, 11, 12]
    assert parts.messages.line.tolist() == [1, 3, 4, 6, 8, 10]
    assert parts.messages.level.tolist() == ["info", "warning", "info", "error", "info", "info"]
    assert parts.messages.text[1] == "Envoy proxy is NOT ready: config not received from XDS server"
    assert parts.messages.text[2].startswith("external/envoy/source/server/server.cc:205] initializing epoch 0")
    assert parts.messages.component.tolist()[0] == "cache"
    assert parts.messages.component.tolist()[2:] == ["main", "envoy config external/envoy/source/x.cc:98", "ads", "pilot/agent.go:42"]
    assert parts.messages.time[2] == dt.datetime(2019, 1, 24, 12, 17, 11, 640000, dt.UTC)
    assert parts.messages.text[4] == "ADS: new connection node=shop-1"
    assert len(parts.unread) == 0


@pytest.mark.parametrize("size", [None, 10, 64, 200])
def test_continuation_lines_are_joined_across_blocks(size, read):
    text = f"{ENTRY['istio']}\n{ENVOY_OPEN}\n{ENTRY['istio']}\n{AGENT}\n    set in\n\tand again\n{ENTRY['istio']}\n"
    parts = read(text, size=size)
    assert parts.log.line.tolist() == [1, 5, 9]
    assert parts.messages.line.tolist() == [2, 6]
    assert parts.messages.text[0] == "gRPC config rejected: Error adding listeners\nfirst cause, not set in\n"
    assert parts.messages.text[1].endswith("latency=1.2s\n    set in\n\tand again")
    assert len(parts.unread) == 0


def test_a_line_is_no_continuation_of_what_does_not_stand_before_it(read):
    text = f"    set in first\n{AGENT}\n{ENTRY['istio']}\n    behind an entry\n{AGENT}\nnot set in\n"
    parts = read(text)
    assert parts.unread.line.tolist() == [1, 4, 6]
    assert parts.messages.text.str.contains("\n").tolist() == [False, False]


def test_a_message_with_a_line_end_inside_takes_no_line_that_is_not_next(read):
    message = json.dumps({"level": "error", "msg": "first\nsecond"})
    parts = read(f"{message}\n{ENTRY['istio']}\n    not its continuation\n")
    assert parts.messages.text.tolist() == ["first\nsecond"]
    assert parts.unread.line.tolist() == [3]


def test_a_log_of_only_own_lines_is_an_empty_typed_frame(read):
    parts = read(f"{AGENT}\n{ENVOY_ISTIO}\n{JSON_AGENT}\n")
    assert len(parts.log) == 0
    assert parts.messages.line.tolist() == [1, 2, 4]


@pytest.mark.parametrize("text", ["", "\n", "\n\n  \n\r\n"])
def test_a_log_of_nothing_is_an_empty_typed_frame(text, read):
    parts = read(text)
    assert len(parts.log) == len(parts.messages) == len(parts.unread) == 0


@pytest.mark.parametrize("end", ["\r\n", ""], ids=["crlf", "no final end"])
def test_line_ends(end, read):
    lines = [ENTRY[name] for name in ENTRY for _ in range(2)]
    parts, whole = read((end or "\n").join(lines) + end), read("\n".join(lines) + "\n")
    assert parts.log.equals(whole.log)
    assert parts.files[0].formats == whole.files[0].formats
    for name in ("istio", "envoy", "istio-json"):  # as the last line of a file
        assert read(ENTRY[name] + end).log.upstream_host.tolist() == ["203.0.113.10:80"]


@pytest.mark.parametrize("size", [1, 7, 100, 500, 5000])
def test_blocks_change_nothing(size, read):
    lines = [ENTRY["istio"], AGENT, ENTRY["istio-json"], "", *ENVOY_OPEN.split("\n"), ENTRY["envoy"], *[ENTRY["istio"]] * 3]
    text = "\n".join(lines * 3)
    whole, parts = read(text), read(text, size=size)
    assert whole.log.equals(parts.log)
    assert whole.messages.equals(parts.messages)
    assert whole.files[0].formats == parts.files[0].formats


def test_many_lines_of_each_kind_take_the_fast_ways_and_keep_their_order(read):
    """More lines of each kind than are worth the slow way, shuffled."""
    lines = [line for n in range(150) for line in (ENTRY["istio"], ENTRY["istio-json"], ENTRY["istio-1.0"], AGENT, ENTRY["istio-1.3"]) if n % 7]
    parts = read("\n".join(lines))
    assert parts.log.line.tolist() == [n for n, line in enumerate(lines, 1) if line != AGENT]
    assert parts.messages.line.tolist() == [n for n, line in enumerate(lines, 1) if line == AGENT]
    assert parts.files[0].formats == {name: lines.count(ENTRY[name]) for name in ("istio", "istio-1.0", "istio-1.3")} | {
        "json": lines.count(ENTRY["istio-json"])
    }
    assert parts.log.requested_server_name.isna().all()


def test_a_given_format_alone_is_read(read):
    parts = read(f"{ENTRY['istio']}\n{ENTRY['istio-json']}\n{AGENT}\n7 ms\n", format="%DURATION% ms")
    assert parts.log.line.tolist() == [4]
    assert parts.messages.line.tolist() == [3]
    assert parts.unread.line.tolist() == [1, 2]


def test_batches_hold_what_the_whole_holds(tmp_path, monkeypatch):
    path = tmp_path / "sidecar.log"
    path.write_text("\n".join([ENTRY["istio"], AGENT, ENTRY["istio-json"], "stranger"] * 20))
    whole = pytest.warns(UserWarning, match="20 of 80 lines")
    with whole:
        log = eg.read_access_log(path)
    monkeypatch.setattr("egresslab.access_log.scan.blocks_of", lambda source: eg.access_log.lines.blocks_of(source, size=2000))
    with pytest.warns(UserWarning, match="20 of 80 lines"):
        batches = list(eg.scan_access_log(path).batches())
    assert len(batches) > 3
    assert eg.concat(batches).equals(log)
