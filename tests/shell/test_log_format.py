"""``--log-format``: a name, a format, a JSON format or a file that holds one, for every word that reads a log."""

from __future__ import annotations

import json

import pytest

from egresslab.__main__ import main

TEXT = "%START_TIME(%s)% %RESPONSE_CODE%%RESPONSE_FLAGS% %REQ(:METHOD)%"
JSON = '{"http": {"code": "%RESPONSE_CODE%", "method": "%REQ(:METHOD)%"}, "flags": "%RESPONSE_FLAGS%"}'
LINES = {TEXT: "1795560459 503UF GET", JSON: '{"http": {"code": 503, "method": "GET"}, "flags": "UF"}'}


def entry(given, line, tmp_path, capsys):
    (tmp_path / "sidecar.log").write_text(line + "\n", encoding="utf-8")
    assert main(["log", str(tmp_path / "sidecar.log"), "--log-format", given, "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    return found["response_code"], found["response_flags"], found["method"]


@pytest.mark.parametrize("given", LINES, ids=["text", "json"])
@pytest.mark.parametrize("end", ["", "\n", "\\n"], ids=["bare", "with its end", "with its end spelled"])
def test_a_format_is_given_itself_or_as_a_file(given, end, tmp_path, capsys):
    if given == JSON and end == "\\n":
        return
    assert entry(given + end, LINES[given], tmp_path, capsys) == (503, "UF", "GET")
    (tmp_path / "format").write_text(given + end, encoding="utf-8")
    assert entry(f"@{tmp_path / 'format'}", LINES[given], tmp_path, capsys) == (503, "UF", "GET")


def test_a_file_may_hold_a_name(tmp_path, capsys):
    (tmp_path / "format").write_text("envoy\n", encoding="utf-8")
    line = '[2026-11-23T23:16:18.768Z] "GET /ok HTTP/1.1" 200 - 0 19 1 0 "-" "curl" "-" "api.example.com" "203.0.113.10:80"'
    assert entry(f"@{tmp_path / 'format'}", line, tmp_path, capsys) == (200, "-", "GET")


@pytest.mark.parametrize("word", [["log", "x.log"], ["explain", "x"], ["diagnose", "x"], ["report", "x", "--out", "y"]], ids=lambda w: w[0])
def test_a_file_that_is_not_there_is_told(word, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*word, "--log-format", "@/nowhere/format"])
    assert ended.value.code == 2
    assert "/nowhere/format cannot be read as a file with a log format" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "words"), [("istoi", ["'istoi'", "istio"]), ("%KODE%", ["%KODE%", "position 0"]), ("", ["''"])])
def test_what_is_wrong_with_a_format_is_told(given, words, tmp_path, capsys):
    (tmp_path / "sidecar.log").write_text("x\n", encoding="utf-8")
    assert main(["log", str(tmp_path / "sidecar.log"), "--log-format", given]) != 0
    told = capsys.readouterr().err
    assert [w for w in words if w not in told] == []
