"""The shell words, as a script and as a person use them."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import warnings

import pandas as pd
import pytest

import egresslab as eg
from egresslab.__main__ import main

LOG = str(eg.sample_path("formats/istio.log"))
ERRORS = str(eg.sample_path("errors/sidecar.log"))
LINE = eg.sample_path("formats/istio.log").read_text(encoding="utf-8").splitlines()[0]
MESSAGE = "2026-11-23T23:16:18.768000Z\tinfo\tEnvoy proxy is ready"


@pytest.fixture
def stdin(monkeypatch):
    def give(text):
        stream = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", stream)

    return give


def test_a_table_has_the_columns_of_lines_and_a_row_an_entry(capsys):
    assert main(["log", LOG]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == list(eg.fields("lines")["column"])
    assert len(rows) == len(eg.read_access_log(LOG))
    assert rows[0].startswith("2026-11-23T23:16:18.768")
    assert "NaN" not in "".join(rows)


def test_long_text_is_cut_for_people_alone(tmp_path, capsys):
    long = "/" + "a" * 100
    (tmp_path / "sidecar.log").write_text(LINE.replace("/ok", long), encoding="utf-8")
    main(["log", str(tmp_path / "sidecar.log")])
    assert max(map(len, re.split(r"  +", capsys.readouterr().out.splitlines()[1]))) == 70
    main(["log", str(tmp_path / "sidecar.log"), "-o", "json"])
    assert json.loads(capsys.readouterr().out)["path"] == long


def test_json_is_a_line_an_entry_with_times_numbers_and_nulls(capsys):
    assert main(["log", LOG, "-o", "json"]) == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    log = eg.read_access_log(LOG)
    assert [entry["line"] for entry in entries] == log.line.tolist()
    assert entries[0]["start_time"] == "2026-11-23T23:16:18.768Z"
    assert entries[1]["response_code"] == 503
    assert entries[1]["failed"] is True
    assert entries[1]["upstream_service_time_ms"] is None
    assert entries[2]["method"] is None
    assert set(entries[0]) == set(log.columns) - {"pod", "container"}


def test_csv_reads_back_as_the_same_log(capsys):
    assert main(["log", LOG, "-o", "csv"]) == 0
    back = eg.as_log(pd.read_csv(io.StringIO(capsys.readouterr().out)))
    log = eg.read_access_log(LOG)
    assert back.astype("object").equals(log.astype("object"))


def test_parquet_reads_back_as_a_case(tmp_path, capsysbinary):
    assert main(["log", LOG, "-o", "parquet"]) == 0
    (tmp_path / "log.parquet").write_bytes(capsysbinary.readouterr().out)
    assert eg.read_case(tmp_path / "log.parquet").log.equals(eg.read_access_log(LOG))


def test_parquet_is_not_written_to_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["log", LOG, "-o", "parquet"]) == 2
    assert "send it to a file" in capsys.readouterr().err


def test_where_is_asked_again_and_again(capsys):
    asked = ["--where", "response_code>=500", "--where", "response_flags=UF"]
    assert main(["log", ERRORS, "-o", "json", *asked]) == 0
    found = [json.loads(line)["line"] for line in capsys.readouterr().out.splitlines()]
    log = eg.read_access_log(ERRORS)
    assert found == eg.where(log, response_code=">=500", response_flags="UF").line.tolist()
    assert 0 < len(found) < len(log)


@pytest.mark.parametrize(("output", "lines"), [("table", 1), ("json", 0), ("csv", 1)])
def test_nothing_found_is_exit_code_1(output, lines, capsys):
    assert main(["log", LOG, "-o", output, "--where", "response_code=418"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == lines


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["log", "nowhere.log"], "no file nowhere.log"),
        (["log", LOG, "--where", "reponse_code=200"], "response_code"),
        (["log", LOG, "--where", "response_code"], "column=value"),
        (["log", LOG, "--log-format", "%RESPONSE_CODES%"], "RESPONSE_CODE"),
        (["log", LOG, "--log-format", "%START_TIME%\t%RESPONSE_CODE%"], "departs from it at column"),
        (["explain", "GET /"], "nearest format"),
        (["report", "nowhere.log", "--out", "never"], "no file"),
    ],
)
def test_what_cannot_be_read_is_told_and_exit_code_2(arguments, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = main(arguments)
    out, err = capsys.readouterr()
    assert code == 2, err
    assert told in err
    assert err.startswith("egresslab: ")
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.parametrize("arguments", [[], ["log"], ["logs", LOG], ["log", LOG, "-o", "yaml"], ["notebooks", "move", "x"]])
def test_wrong_words_are_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage: egresslab" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"egresslab {eg.__version__}\n"


def test_a_log_format_is_taken_as_given(tmp_path, capsys):
    log = tmp_path / "own.log"
    log.write_text("503|UF|7\n200|-|1\n", encoding="utf-8")
    assert main(["log", str(log), "-o", "json", "--log-format", "%RESPONSE_CODE%|%RESPONSE_FLAGS%|%DURATION%"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["response_code"], first["response_flags"], first["duration_ms"]) == (503, "UF", 7)


def test_standard_input_is_a_file_like_others(stdin, capsys):
    stdin(f"{MESSAGE}\n{LINE}\n")
    assert main(["log", "-", LOG, "-o", "json"]) == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(entry["source"], entry["line"]) for entry in entries[:2]] == [("<stdin>", 2), (LOG, 1)]


def test_unread_lines_are_counted_on_stderr_and_do_not_fail(tmp_path, capsys):
    log = tmp_path / "sidecar.log"
    log.write_text(f"{LINE}\nwhat \x1b[2Jis this\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert main(["log", str(log)]) == 0
    err = capsys.readouterr().err
    assert err.startswith("egresslab: 1 of 2 lines were not recognised")
    assert "\x1b" not in err


def test_a_log_of_own_lines_has_no_entries(tmp_path, capsys):
    log = tmp_path / "sidecar.log"
    log.write_text(f"{MESSAGE}\n", encoding="utf-8")
    assert main(["log", str(log)]) == 1
    assert main(["explain", MESSAGE]) == 1
    assert "a line of the proxy's own" in capsys.readouterr().err


def test_explain_tells_value_and_meaning_of_each_field(capsys):
    assert main(["explain", LINE]) == 0
    told = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line)
    assert told["response_code"].startswith("200 ")
    assert told["upstream_cluster"].startswith("outbound|80||api.example.com ")
    assert "api.example.com" in told["In"]


def test_explain_reads_standard_input_and_a_format(stdin, capsys):
    stdin("503|UF|7\n")
    assert main(["explain", "-", "--log-format", "%RESPONSE_CODE%|%RESPONSE_FLAGS%|%DURATION%"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^response_flags +UF +\w", out, re.MULTILINE)


def test_notebooks_are_copied_once(tmp_path, capsys):
    folder = tmp_path / "lessons"
    assert main(["notebooks", "copy", str(folder)]) == 0
    copied = [path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb")]
    assert "reports/egress_report.ipynb" in copied
    assert f"{len(copied)} notebooks" in capsys.readouterr().out
    (folder / "reports/egress_report.ipynb").write_text("mine", encoding="utf-8")
    assert main(["notebooks", "copy", str(folder)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert (folder / "reports/egress_report.ipynb").read_text(encoding="utf-8") == "mine"


def test_report_hands_on_what_was_asked(monkeypatch, capsys, tmp_path):
    given = {}

    def report(paths, out, **more):
        given.update(paths=paths, out=out, **more)
        return tmp_path / "page.html"

    monkeypatch.setattr(eg, "report", report, raising=False)
    assert main(["report", LOG, ERRORS, "--out", "out", "--title", "Incident 42", "--sensitive"]) == 0
    assert given == {"paths": [LOG, ERRORS], "out": "out", "title": "Incident 42", "sensitive": True}
    assert capsys.readouterr().out == f"{tmp_path / 'page.html'}\n"


def test_a_report_that_is_not_whole_is_exit_code_1(monkeypatch, capsys):
    def report(paths, out, **more):
        raise eg.ReportError("cell 3 of 9 failed")

    monkeypatch.setattr(eg, "report", report, raising=False)
    assert main(["report", LOG, "--out", "out"]) == 1
    assert capsys.readouterr().err == "egresslab: cell 3 of 9 failed\n"


@pytest.mark.parametrize("output", ["table", "json", "csv"])
@pytest.mark.parametrize("log", [LOG, str(eg.sample_path("healthy/sidecar.log"))], ids=["one buffer", "many buffers"])
def test_a_pipe_that_closes_early_is_no_error(log, output):
    command = [sys.executable, "-m", "egresslab", "log", log, "-o", output]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) == 0


def test_a_script_reads_the_exit_code_of_the_module():
    done = subprocess.run([sys.executable, "-m", "egresslab", "log", LOG, "--where", "response_code=418"], capture_output=True)
    assert (done.returncode, done.stderr) == (1, b"")
