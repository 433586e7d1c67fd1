"""What a log holds is hostile: what the shell prints of it harms no terminal, page or spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pytest

import egresslab as eg
from egresslab.__main__ import main

LINE = eg.sample_path("formats/istio.log").read_text(encoding="utf-8").splitlines()[0]

# Colours and a cleared screen, text that runs backwards, an end of a script, formulas: what a client may call itself.
HOSTILE = "\x1b[2J\x1b[31mred\u202eexe.txt\u200b\u2028\x9b2J\r</script><img src=x>"
HOSTILE_ENTRY = {
    "method": "GET",
    "path": f"/{HOSTILE}",
    "authority": "=cmd|'/c calc'!A1",
    "user_agent": "+SUM(A1)",
    "response_code": 200,
    "response_flags": "-",
    "duration": 3,
    "upstream_cluster": f"outbound|80||{HOSTILE}",
    "start_time": "2026-11-23T10:00:00.123Z",
}


@pytest.fixture
def hostile(tmp_path):
    path = tmp_path / "hostile.log"
    path.write_text(json.dumps(HOSTILE_ENTRY) + "\n", encoding="utf-8")
    return str(path)


def test_an_error_shows_no_control_characters(capsys):
    assert main(["log", "no\x1b[2J\u202esuch.log"]) == 2
    assert capsys.readouterr().err.removesuffix("\n").isprintable()


@pytest.mark.parametrize("output", ["table", "json"])
def test_a_terminal_is_safe_from_what_a_log_holds(hostile, output, capsys):
    main(["log", hostile, "-o", output])
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.split("\n"))
    assert "red" in out


def test_json_keeps_hostile_text_whole_and_closes_no_script(hostile, capsys):
    main(["log", hostile, "-o", "json"])
    out = capsys.readouterr().out
    assert "</script" not in out
    assert json.loads(out)["path"] == HOSTILE_ENTRY["path"]
    assert out.isascii()


def test_csv_holds_no_formula_and_no_control(hostile, capsys):
    main(["log", hostile, "-o", "csv"])
    out = capsys.readouterr().out
    row = next(csv.DictReader(io.StringIO(out)))
    assert row["authority"] == "'" + HOSTILE_ENTRY["authority"]
    assert row["user_agent"] == "'" + HOSTILE_ENTRY["user_agent"]
    assert row["response_flags"] == "-"
    assert out.replace("\n", "").isprintable()


def test_half_characters_and_other_encodings_are_no_obstacle(tmp_path, capsys):
    log = tmp_path / "odd.log"
    line = json.dumps(HOSTILE_ENTRY | {"user_agent": "\ud800"}) + "\n" + LINE
    log.write_bytes(line.encode() + b"\n" + LINE.encode().replace(b"curl", b"caf\xe9") + b"\n")
    assert main(["log", str(log), "-o", "json"]) == 0
    agents = [json.loads(text)["user_agent"] for text in capsys.readouterr().out.splitlines()]
    assert agents == ["\\ud800", "curl/7.88.1", "café/7.88.1"]


def test_explain_shows_hostile_text_as_escapes(capsys):
    assert main(["explain", json.dumps(HOSTILE_ENTRY)]) == 0
    out = capsys.readouterr().out
    assert "\\x1b[2J" in out
    assert all(line.isprintable() for line in out.split("\n"))
