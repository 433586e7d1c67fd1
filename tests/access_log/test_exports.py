"""Exports of log stores, whole and damaged: nothing in them is lost, and each entry can be opened."""

from __future__ import annotations

import gzip
import json

import pandas as pd
import pyarrow as pa
import pytest
from wrapping import LABELS, WRAPPINGS

import egresslab as eg
from egresslab.access_log import raw_line, read_logs
from egresslab.errors import LogFormatError
from egresslab.sources import sources_of

TEXT, OBJECTS = (eg.sample_path(f"formats/{name}.log").read_text().splitlines() for name in ("istio", "istio-json"))
AGENT = "2026-11-23T23:16:11.640321Z\tinfo\tcache\tgenerated new workload certificate"


@pytest.fixture
def parts(tmp_path):
    def reading(text, name="given"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_logs(sources_of([path]))

    return reading


def loki(*streams):
    return json.dumps({"status": "success", "data": {"resultType": "streams", "result": [{"stream": s, "values": v} for s, v in streams]}})


def test_each_entry_of_an_export_has_its_number_whatever_the_lines_in_it(tmp_path):
    text = loki((LABELS, [["1", TEXT[0]], ["2", f"{AGENT}\n\tgoes on"], ["3", "a stranger"], ["4", TEXT[1]]]), ({"pod": "cart-1"}, [["5", TEXT[2]]]))
    path = tmp_path / "explore.json"
    path.write_text(text)
    case = eg.read_case(path)
    assert case.log["line"].tolist() == [1, 4, 5]
    assert case.log["proxy"].tolist() == ["shop-7c9d8b6f5-x2x7k.shop"] * 2 + ["cart-1"]
    assert case.messages[["line", "pod", "text"]].values.tolist() == [[2, LABELS["pod"], "generated new workload certificate\n\tgoes on"]]
    assert case.unread[["line", "pod", "container", "text"]].values.tolist() == [[3, LABELS["pod"], "istio-proxy", "a stranger"]]
    assert json.loads(case.raw(case.log.iloc[2])) == {"stream": {"pod": "cart-1"}, "values": ["5", TEXT[2]]}
    assert json.loads(case.raw(case.unread.iloc[0]))["values"] == ["3", "a stranger"]


def test_an_export_in_descending_order_is_kept_as_it_stands(parts):
    log = parts(WRAPPINGS["elasticsearch hits"][1](TEXT[::-1])).log
    assert log["line"].tolist() == [1, 2, 3, 4, 5, 6]
    assert log["start_time"].tolist() == parts("\n".join(TEXT[::-1])).log["start_time"].tolist()


@pytest.mark.parametrize("name", ["loki", "elasticsearch hits", "google cloud json", "cloudwatch insights", "grafana json"])
def test_a_document_that_is_cut_keeps_what_came_before_and_says_so(name, parts):
    text = WRAPPINGS[name][1](TEXT)
    found = parts(text[: text.index(TEXT[4][1:25]) + 50])
    assert found.log["line"].tolist() == [1, 2, 3, 4]
    assert found.unread["reason"].iloc[-1].startswith("the export is cut or damaged here")


def test_the_last_line_of_json_lines_may_be_cut(parts):
    text = WRAPPINGS["logcli -o jsonl"][1](TEXT)
    found = parts(text[:-80])
    assert found.log["line"].tolist() == [1, 2, 3, 4, 5]
    assert found.unread["reason"].tolist() == ["begins like a JSON object but is none: cut or damaged"]


def test_documents_one_after_another_are_one_export(parts):
    page = WRAPPINGS["loki"][1](TEXT)
    assert parts(page * 3).log["line"].tolist() == list(range(1, 19))
    assert len(parts(page.replace("{", "{\n") * 3).log) == 18


def test_a_table_with_other_marks_and_torn_rows(parts):
    quoted = TEXT[0].replace('"', '""')
    text = f'@timestamp;@message;@ptr\r\n1;"{quoted}";a;more\r\n2;"{quoted}"\r\n\r\n3;"first\r\nsecond";c\r\n4;"{quoted}'
    found = parts(text)
    assert found.log["line"].tolist() == [1, 2, 4]
    assert found.unread[["line", "text"]].values.tolist() == [[3, "first"], [3, "second"]]


def test_a_table_of_envoys_own_fields(parts):
    entries = [json.loads(line) for line in OBJECTS]
    log = parts(pd.DataFrame(entries).to_csv(index=False)).log
    bare = parts("\n".join(OBJECTS)).log
    for column in ("start_time", "path", "response_code", "response_flags", "duration_ms", "upstream_cluster", "requested_server_name"):
        assert log[column].astype("object").fillna("-").tolist() == bare[column].astype("object").fillna("-").tolist(), column


def test_packed_exports_are_opened(parts):
    text = WRAPPINGS["loki"][1](TEXT).encode()
    zst = pa.compress(text, codec="zstd", asbytes=True)
    for data in (gzip.compress(text), zst):
        assert len(parts(data, "export").log) == len(TEXT)
    cut = parts(gzip.compress(loki((LABELS, [["1", line.replace("/ok", f"/{n}")] for n in range(500) for line in TEXT])).encode())[:-300], "cut.gz")
    assert len(cut.log) > 1000
    assert "compressed data ends too early" in cut.unread["reason"].iloc[-1]


def test_messages_of_an_entry_may_be_bytes_as_journald_writes_them(parts):
    entries = [{"MESSAGE": list(line.encode()), "_PID": "1"} for line in TEXT]
    assert len(parts("\n".join(map(json.dumps, entries))).log) == len(TEXT)


@pytest.mark.parametrize(
    "text", ['[{"a": 1}, {"a": 2}]', '{"data": {"result": [{"stream": {}, "values": [["1", "hello"]]}]}}', "message,log\nhello,you\n"]
)
def test_an_export_of_other_things_is_refused(text, parts):
    with pytest.raises(LogFormatError, match="none of its"):
        parts(text)


def test_an_entry_is_opened_only_where_it_is(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(WRAPPINGS["cloudwatch events"][1](TEXT))
    assert json.loads(raw_line(path, 6))["message"] == TEXT[5]
    with pytest.raises(eg.EgresslabError, match="has no line 7"):
        raw_line(path, 7)
