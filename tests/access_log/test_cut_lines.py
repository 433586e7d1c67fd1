"""Lines cut at any byte, at either end, and with any run of fields elided: what is read is true, and what is certain is read."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from egresslab.access_log.format import Operator, named
from egresslab.frames import flag_set, schema

HTTP = {
    "start_time": "2026-11-23T23:24:49.495Z",
    "method": "GET",
    "path": "/v1/orders?id=12345",
    "protocol": "HTTP/1.1",
    "response_code": "503",
    "response_flags": "URX,UF",
    "response_code_details": "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}",
    "upstream_transport_failure_reason": "delayed_connect_error:_Connection_refused",
    "bytes_received": "1234",
    "bytes_sent": "12100",
    "duration_ms": "36",
    "upstream_service_time_ms": "35",
    "x_forwarded_for": "10.244.1.10",
    "user_agent": "checkout/2.14 (python-httpx/0.27)",
    "request_id": "ba2930e8-982a-44c9-9cdd-e084b16d7ecb",
    "authority": "refused.example.com:8080",
    "upstream_host": "203.0.113.60:8080",
    "upstream_cluster": "outbound|8080|v1|refused.example.com",
    "upstream_local_address": "10.244.1.10:5468",
    "downstream_local_address": "203.0.113.60:80",
    "downstream_remote_address": "10.244.1.10:36394",
    "route_name": "default",
}
TLS = {
    "start_time": "2026-11-23T23:16:20.982Z",
    "response_code": "0",
    "bytes_received": "724",
    "bytes_sent": "2214",
    "duration_ms": "5",
    "upstream_host": "203.0.113.10:443",
    "upstream_cluster": "PassthroughCluster",
    "upstream_local_address": "10.244.1.10:55900",
    "downstream_local_address": "203.0.113.10:443",
    "downstream_remote_address": "10.244.1.10:55890",
    "requested_server_name": "api.example.com",
}
BLOCKED = {
    "start_time": "2026-11-23T23:16:55.537Z",
    "response_code": "0",
    "response_flags": "UH",
    "bytes_received": "0",
    "bytes_sent": "0",
    "duration_ms": "10",
    "upstream_cluster": "BlackHoleCluster",
    "downstream_local_address": "203.0.113.30:443",
    "downstream_remote_address": "10.244.1.10:57418",
}
ANSWERED = HTTP | {"response_code": "200", "response_flags": "-", "response_code_details": "via_upstream", "upstream_transport_failure_reason": "-"}
REFUSED = {
    "start_time": "2026-11-23T23:22:20.046Z",
    "protocol": "HTTP/1.1",
    "response_code": "400",
    "response_flags": "DPE",
    "response_code_details": "http1.codec_error",
    "bytes_received": "0",
    "bytes_sent": "11",
    "duration_ms": "0",
    "downstream_local_address": "203.0.113.10:80",
    "downstream_remote_address": "10.244.1.10:41294",
}
HOSTILE = ANSWERED | {"path": "/a b/GET ...", "user_agent": 'say "hi", 0 503 UF ... ', "x_forwarded_for": "-"}

CASES = {
    "istio http": ("istio", HTTP),
    "istio tls": ("istio", TLS),
    "istio blocked": ("istio", BLOCKED),
    "istio refused": ("istio", REFUSED),
    "istio hostile": ("istio", HOSTILE),
    "istio-1.0 tls": ("istio-1.0", TLS),
    "istio-1.1 http": ("istio-1.1", ANSWERED),
    "istio-1.2 tls": ("istio-1.2", TLS),
    "istio-1.3 http": ("istio-1.3", HTTP),
    "istio-1.8 http": ("istio-1.8", ANSWERED),
    "envoy http": ("envoy", HTTP),
}
HEAD = ("start_time", "method", "path", "protocol", "response_code")
KNOWN_DETAILS = {e["response_code_details"] for e in (HTTP, ANSWERED, REFUSED)}


def fields(name, entry):
    """A line of a format, and the place of each field in it."""
    line, places = "", {}
    for part in named()[name].parts:
        text = part if isinstance(part, str) else entry.get(part.column, "-")
        if isinstance(part, Operator):
            places[part.column] = (len(line), len(line) + len(text))
        line += text
    return line, places


def typed(column, text):
    """What a reader must make of a field's text; None where Envoy had nothing to say."""
    if column == "response_flags":
        return flag_set(text)
    kind = schema("log")[column].type if column in schema("log") else "text"
    if text == "-":
        return None
    return {"count": int, "time": dt.datetime.fromisoformat}.get(kind, str)(text)


def rows(read, lines, **how):
    """What is read of each line: its values by column, or None where it is no entry."""
    log = read("\n".join(lines) + "\n", **how).log
    values = log.drop(columns=["failed", "proxy", "source"]).astype("object")
    found = [{c: v for c, v in zip(values.columns, row, strict=True) if not pd.isna(v)} for row in values.itertuples(index=False)]
    found = {row.pop("line"): row for row in found}
    return [found.get(n) for n in range(1, len(lines) + 1)]


def untrue(found, name, entry):
    return {c: v for c, v in found.items() if v != typed(c, entry.get(c, "-"))}


def certain(name, entry, columns):
    """The columns among some that have a value, and are not told from another by the format alone."""
    unclear = {"upstream_transport_failure_reason", "istio_policy_status"} if name in ("istio-1.1", "istio-1.8") else set()
    return {c for c in columns if typed(c, entry.get(c, "-")) is not None} - unclear


@pytest.mark.parametrize("case", CASES)
def test_a_line_cut_at_its_end(case, read):
    """All fields before the cut word are read as soon as the code is there; nothing else is, but the end of a line that looks whole."""
    name, entry = CASES[case]
    line, places = fields(name, entry)
    cuts = range(1, len(line))
    for n, found in zip(cuts, rows(read, [line[:n] for n in cuts]), strict=True):
        if found is None:
            assert n <= places["response_code"][1], line[:n]
            continue
        wrong = untrue(found, name, entry)
        for column in ("route_name", "requested_server_name"):  # with which this or an older format ends
            start, end = places.get(column, (0, 0))
            if start < n < end and entry.get(column, "-").startswith(wrong.get(column, "?")):
                del wrong[column]
        assert not wrong, line[:n]
        if case == "istio hostile" and n > places["user_agent"][0]:
            continue  # behind its quotes nothing is certain
        assert certain(name, entry, [c for c, (_, end) in places.items() if end + 1 < n]) <= set(found), line[:n]


@pytest.mark.parametrize("case", CASES)
def test_a_line_cut_at_its_start(case, read):
    """All fields behind the cut word are read while a cluster, details or the end of the request line are there whole; nothing else is."""
    name, entry = CASES[case]
    line, places = fields(name, entry)
    cuts = range(1, len(line))
    ends = name in ("istio-1.0", "istio-1.1", "istio-1.2", "envoy")  # their last field is not the last of others: it may be cut
    for n, found in zip(cuts, rows(read, [line[n:] for n in cuts]), strict=True):
        assert not untrue(found or {}, name, entry), line[n:]
        marks = [places["protocol"][0]]
        marks += [places["upstream_cluster"][0] - 1] if entry.get("upstream_cluster") and "upstream_cluster" in places else []
        marks += [places["response_code_details"][0] - 1] if entry.get("response_code_details") and "response_code_details" in places else []
        if n > max(marks) or case == "istio hostile":
            continue
        first = n + (line[n] == " ")
        unclear = HEAD[:3] if places["method"][0] <= n <= places["protocol"][0] else (*HEAD, "response_flags") if n > places["method"][0] else ()
        behind = [c for c, (start, _) in places.items() if start - (line[start - 1] == '"') > first and c not in unclear]
        assert certain(name, entry, behind[:-1] if ends else behind) <= set(found or {}), line[n:]


@pytest.mark.parametrize("case", ["istio http", "istio tls", "istio blocked", "istio refused", "istio-1.3 http", "istio-1.0 tls"])
def test_a_run_of_fields_elided(case, read):
    """Fields before the dots are read, and fields behind them while the cluster is behind them, too; nothing else is."""
    name, entry = CASES[case]
    line, places = fields(name, entry)
    words = [(start - (line[start - 1] == '"'), end + (line[end : end + 1] == '"')) for start, end in list(places.values())[4:]]
    runs = [(i, j) for i in range(len(words)) for j in range(i, len(words))]
    mark = list(places).index("upstream_cluster") - 4
    elided = [f"{line[: words[i][0]]}{('...', '[...]', '…')[(i + j) % 3]}{line[words[j][1] :]}" for i, j in runs]
    for (i, j), text, found in zip(runs, elided, rows(read, elided), strict=True):
        assert found is not None, text
        assert not untrue(found, name, entry), text
        columns = list(places)[4:]
        whole = [*places][:4] + columns[:i] + (columns[j + 1 : mark + 1] if j < mark else [])
        assert certain(name, entry, whole) <= set(found), text


def test_elided_and_cut_at_once(read):
    """Whatever is left of a line at both ends and around a gap, nothing is invented."""
    line, places = fields("istio", HTTP)
    gaps = [(places["response_code_details"][0], places["user_agent"][0] - 1), (places["upstream_local_address"][0], places["route_name"][0])]
    posted = [
        f"{line[start:left]}... {line[right:end]}" for left, right in gaps for start in range(0, left, 7) for end in range(right + 1, len(line), 5)
    ]
    found = rows(read, posted)
    assert sum(row is not None for row in found) > len(posted) / 2
    for text, row in zip(posted, found, strict=True):
        wrong = untrue(row or {}, "istio", HTTP)
        assert not wrong or (wrong.keys() == {"route_name"} and "default".startswith(wrong["route_name"])), text


def test_a_line_of_1_8_that_lost_exactly_its_route_name_is_one_of_1_1(row):
    """They hold the same number of words; only the failure reason then stands under another name."""
    line, places = fields("istio-1.8", HTTP)
    found = row(line[: places["requested_server_name"][1]])
    assert found["istio_policy_status"] == HTTP["upstream_transport_failure_reason"]
    assert found["downstream_remote_address"] == HTTP["downstream_remote_address"]


def test_a_gap_that_makes_a_line_look_like_an_older_format(row):
    """Without two of its addresses a line of 1.3 has as many words as one of 1.2."""
    line, _ = fields("istio-1.3", TLS)
    found = row(line.replace("10.244.1.10:55900 203.0.113.10:443", "..."))
    assert found["downstream_remote_address"] == TLS["downstream_remote_address"]
    assert found["requested_server_name"] == TLS["requested_server_name"]
    assert "upstream_local_address" not in found


JSON_ENTRY = {
    "authority": "api.example.com",
    "bytes_received": 0,
    "bytes_sent": 12100,
    "duration": 36,
    "path": '/a"b\\c',
    "response_code": 503,
    "response_flags": "URX,UF",
    "start_time": "2026-11-23T23:24:49.495Z",
    "upstream_cluster": "outbound|8080||api.example.com",
    "upstream_host": None,
    "user_agent": 'x", "response_code": 200, "method": "POST", "upstream_cluster": "y',
}


def _stands_whole(line, key, n, end):
    """Tell whether a key and its value are left with what ends them."""
    pair = json.dumps({key: JSON_ENTRY[key]}, separators=(",", ":"))[1:-1]
    at = line.index(pair)
    return n <= at if end == "start" else n > at + len(pair)


@pytest.mark.parametrize("end", ["start", "end"])
def test_a_json_line_cut_anywhere(end, read):
    line = json.dumps(JSON_ENTRY, separators=(",", ":"))
    lines = [line[:n] if end == "end" else line[n:] for n in range(1, len(line))]
    found = rows(read, lines)
    expected = {("duration_ms" if k == "duration" else k): v for k, v in JSON_ENTRY.items()}
    expected |= {"response_flags": "UF,URX", "start_time": dt.datetime.fromisoformat(JSON_ENTRY["start_time"])}
    for text, row in zip(lines, found, strict=True):
        assert not {c: v for c, v in (row or {}).items() if v != expected[c]}, text
    evidence = line.index('"response_code"') if end == "start" else line.index(',"response_flags"')
    for n, row in enumerate(found, 1):
        if (n < evidence - 1) if end == "start" else (n > evidence):
            whole = [k for k, v in JSON_ENTRY.items() if v is not None and _stands_whole(line, k, n, end)]
            assert {"duration_ms" if k == "duration" else k for k in whole} <= set(row or {}), lines[n - 1]


def test_a_json_line_elided_by_its_author(row):
    line = (
        '{"response_code":0,…,"upstream_cluster":null,"response_flags":"UH",[...],"downstream_local_address":"13.249.75.75:443",'
        '"request_id":"17fde8f7-…","requested_server_name":null,...}'
    )
    assert row(line) == {"response_code": 0, "response_flags": "UH", "downstream_local_address": "13.249.75.75:443", "failed": True}


def test_flags_that_were_lost_are_missing_not_none(read):
    line, places = fields("istio", ANSWERED)
    log = read("\n".join([line, line[: places["response_code"][1] + 1], line[places["bytes_received"][0] :]]) + "\n").log
    assert log.response_flags.astype("object").fillna("lost").tolist() == ["-", "lost", "lost"]
    assert log.response_code.fillna(-1).tolist() == [200, 200, -1]
    assert log.failed.astype("object").fillna("unknown").tolist() == [False, False, "unknown"]
