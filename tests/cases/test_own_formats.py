"""Logs in a format of the mesh's own are read with the format that a dump tells."""

from __future__ import annotations

import json

import pytest

import egresslab as eg

OWN = "%RESPONSE_CODE%|%RESPONSE_FLAGS%|%REQ(:AUTHORITY)%|%UPSTREAM_CLUSTER_RAW%"
LINES = "503|UF|api.example.com|outbound|443||api.example.com\n200|-|b.example.com|PassthroughCluster\n"
JSON = {"code": "%RESPONSE_CODE%", "why": "%RESPONSE_FLAGS%", "to": "%REQ(:AUTHORITY)%"}
LONGER = "[%START_TIME%] %RESPONSE_CODE% %REQ(X-TENANT)% %RESPONSE_FLAGS%"


def write_dump(folder, log_format):
    dump = eg.sample_path("incident/sidecar_config_dump.json").read_text(encoding="utf-8")
    found = json.loads(dump)
    for loggers in _loggers(found):
        loggers["typed_config"].pop("log_format", None)
        key = "json_format" if isinstance(log_format, dict) else "text_format_source"
        loggers["typed_config"]["log_format"] = {key: log_format if isinstance(log_format, dict) else {"inline_string": log_format + "\n"}}
    (folder / "sidecar_config_dump.json").write_text(json.dumps(found), encoding="utf-8")


def _loggers(found):
    if isinstance(found, dict):
        yield from (one for one in found.get("access_log", []) if one["typed_config"]["@type"].endswith("FileAccessLog"))
        found = list(found.values())
    if isinstance(found, list):
        for inner in found:
            yield from _loggers(inner)


@pytest.mark.parametrize(
    ("log_format", "lines"),
    [
        (OWN, LINES),
        (JSON, '{"code":503,"why":"UF","to":"api.example.com"}\n{"code":200,"why":"-","to":"b.example.com"}\n'),
        (LONGER, "[2026-11-23T23:16:18.768Z] 503 a UF\n[2026-11-23T23:16:19.768Z] 200 b -\n"),
    ],
    ids=["text", "json", "text with a time"],
)
@pytest.mark.parametrize("name", ["sidecar.log", "sidecar.txt"])
def test_a_log_that_nothing_recognises_is_read_with_the_format_of_the_dump(tmp_path, name, log_format, lines):
    write_dump(tmp_path, log_format)
    (tmp_path / name).write_text(lines, encoding="utf-8")
    case = eg.read_case(tmp_path)
    row = case.files.set_index("source").loc[name]
    assert (row.kind, row.because, row["rows"]) == ("access log", "read with the format in the config dump", 2)
    assert case.log.response_flags.tolist() == ["UF", "-"]
    assert case.raw(case.log.iloc[1]) == lines.splitlines()[1]


def test_so_is_one_in_an_archive(tmp_path, packed):
    write_dump(tmp_path, OWN)
    files = {"proxies/shop/a/istio-proxy.log": LINES.encode(), "proxies/shop/a/config_dump": (tmp_path / "sidecar_config_dump.json").read_bytes()}
    (tmp_path / "a.tar.gz").write_bytes(packed(files))
    case = eg.read_case(tmp_path / "a.tar.gz")
    assert case.log.response_code.tolist() == [503, 200]
    assert case.raw(case.log.iloc[0]) == LINES.splitlines()[0]


def test_a_log_in_the_default_format_stays_as_it_is(tmp_path):
    write_dump(tmp_path, LONGER)
    (tmp_path / "sidecar.log").write_bytes(eg.sample_path("formats/istio.log").read_bytes())
    case = eg.read_case(tmp_path)
    assert case.files.set_index("source").format["sidecar.log"] == "istio"
    assert len(case.log) == 6


def test_notes_are_no_log_in_any_format(tmp_path):
    write_dump(tmp_path, OWN)
    (tmp_path / "notes.txt").write_text("It began at ten.\n", encoding="utf-8")
    assert eg.read_case(tmp_path).files.set_index("source").kind["notes.txt"] == "other"
