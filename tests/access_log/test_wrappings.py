"""Every wrapping: what tools print and stores export reads as the lines in it, whatever the file is called."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest
from wrapping import CONTAINER, PARSED, POD, SPACE, WRAPPINGS

import egresslab as eg
from egresslab.access_log import read_logs
from egresslab.sources import sources_of

ROWS = list(csv.DictReader(files("egresslab.access_log").joinpath("wrappings.csv").read_text(encoding="utf-8").splitlines()))
TEXT, OBJECTS = (eg.sample_path(f"formats/{name}.log").read_text().splitlines() for name in ("istio", "istio-json"))
PLACES = ["proxy", "pod", "container", "source", "line"]


@pytest.fixture
def parts(tmp_path, monkeypatch):
    def reading(text, *, format=None, size=None):  # noqa: A002
        path = tmp_path / "given"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if size:
            monkeypatch.setattr("egresslab.access_log.scan.blocks_of", lambda source: eg.access_log.lines.blocks_of(source, size=size))
        return read_logs(sources_of([path]), format)

    return reading


def same(log, other):
    """Tell whether two logs say the same, but for where they stand; what a wrapping adds is no column of the bare one."""
    return log[[c for c in other.columns if c not in PLACES]].equals(other.drop(columns=PLACES))


def test_every_row_has_a_writer_and_a_source():
    assert [row["name"] for row in ROWS] == list(WRAPPINGS)
    assert all(row["source"].startswith("https://") for row in ROWS)


@pytest.mark.parametrize("lines", [TEXT, OBJECTS], ids=["text", "json"])
@pytest.mark.parametrize("name", WRAPPINGS)
def test_what_is_wrapped_reads_as_the_lines_in_it(name, lines, parts):
    bare, found = parts("\n".join(lines)), parts(WRAPPINGS[name][1](lines))
    assert same(found.log, bare.log)
    assert len(found.unread) == len(found.messages) == 0


@pytest.mark.parametrize("name", WRAPPINGS)
def test_a_shipped_file_is_the_entries_as_its_tool_writes_them(name):
    """And each is read to its end, with the number of each entry and who wrote it."""
    ending, write = WRAPPINGS[name]
    path = eg.sample_path(f"any_log/{re.sub('[^a-z0-9]+', '_', name.lower()).strip('_')}{ending}")
    assert path.read_text(encoding="utf-8") == write(OBJECTS if name in PARSED else TEXT)
    case = eg.read_case(path)
    assert case.files["kind"].tolist() == ["access log"]
    assert len(case.log) == len(TEXT)
    for _, row in case.log.dropna(subset="request_id").iterrows():
        assert row["request_id"] in case.raw(row)


def named_by(row):
    """Columns that a wrapping tells."""
    return [n for n in ("pod", "container", "namespace") if row[n] or f"(?P<{n}>" in row["marks"]]


@pytest.mark.parametrize("row", [r for r in ROWS if named_by(r)], ids=lambda r: r["name"])
def test_pod_and_container_are_kept(row, parts):
    text = WRAPPINGS[row["name"]][1](TEXT)
    log, told = parts(text).log, named_by(row)
    tells_pod, tells_space = POD in text or "sleep" in text, re.search(rf"\b{SPACE}\b(?!-)", text) is not None and "namespace" in told
    pod = "sleep" if "sleep" in text else POD
    if "pod" in told and tells_pod:
        assert log["pod"].tolist() == [pod] * len(TEXT)
        assert log["proxy"].isin([pod, f"{pod}.{SPACE}"]).all()
        assert tells_space or log["proxy"].tolist() == [pod] * len(TEXT)
    if "container" in told and CONTAINER in text:
        assert log["container"].tolist() == [CONTAINER] * len(TEXT)


@pytest.mark.parametrize("size", [1, 300, 1000, 5000])
@pytest.mark.parametrize("name", ["kubectl --prefix", "cri", "kubectl --timestamps", "docker json-file", "loki", "cloudwatch insights"])
def test_blocks_change_nothing(name, size, parts):
    text = WRAPPINGS[name][1](TEXT * 3)
    whole, cut = parts(text), parts(text, size=size)
    assert whole.log.equals(cut.log)
    assert len(cut.unread) == 0
    assert whole.files[0].lines == cut.files[0].lines


def test_layers_are_taken_off_one_after_another(parts):
    inner = WRAPPINGS["kubectl --timestamps"][1](TEXT).splitlines()
    found = parts(WRAPPINGS["grep"][1](WRAPPINGS["kubectl --prefix"][1](inner).splitlines()))
    assert same(found.log, parts("\n".join(TEXT)).log)
    assert set(found.log["pod"]) == {POD}
    assert found.log["line"].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_given_format_is_read_within_its_wrapping_and_never_cut(parts):
    lines = [f"2026-11-23T23:24:{n:02}.000Z shop-1 istio-proxy GET {n}" for n in range(10, 30)]
    log_format = "%START_TIME% shop-1 istio-proxy %REQ(:METHOD)% %DURATION%"
    for text in ("\n".join(lines), WRAPPINGS["kubectl --prefix"][1](lines), WRAPPINGS["kubectl --timestamps"][1](lines)):
        log = parts(text, format=log_format).log
        assert log["duration_ms"].tolist() == list(range(10, 30))
        assert log["start_time"].dt.second.tolist() == list(range(10, 30))


def test_keys_of_a_given_format_are_no_wrapping(parts):
    given = {"log": "%RESPONSE_CODE%", "stream": "%REQ(:PATH)%", "time": "%DURATION%"}
    log = parts('{"log":"200","stream":"/a","time":"7"}\n' * 3, format=given).log
    assert log["duration_ms"].tolist() == [7, 7, 7]
    assert set(log["path"]) == {"/a"}
