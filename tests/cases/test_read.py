"""Which file is what: folders, files and globs to a case."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import threading

import pandas as pd
import pytest

import egresslab as eg

ENTRIES = eg.sample_path("formats/istio.log").read_text(encoding="utf-8")
YAML = "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: api, namespace: shop}\nspec: {hosts: [api.example.com]}\n"
MESSAGE = "2026-11-23T23:16:18.768000Z\tinfo\tEnvoy proxy is ready\n"


@pytest.fixture
def folder(tmp_path):
    """What a person sends: logs in folders, and much else."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "istio-system").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "shop/sidecar.log").write_text(ENTRIES, encoding="utf-8")
    (tmp_path / "istio-system/gateway.log.gz").write_bytes(gzip.compress((MESSAGE + ENTRIES).encode()))
    (tmp_path / "istio.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "notes").write_text("It began at ten.\n", encoding="utf-8")
    (tmp_path / "picture.bin").write_bytes(bytes(range(256)) * 40)
    (tmp_path / ".git/old.log").write_text(ENTRIES, encoding="utf-8")
    return tmp_path


def by_source(case):
    return case.files.set_index("source")


def test_a_folder_is_read_whole_and_says_what_it_left_aside(folder):
    case = eg.read_case(folder)
    assert case.log.source.value_counts().to_dict() == {"shop/sidecar.log": 6, "istio-system/gateway.log.gz": 6}
    assert set(case.log.proxy) == {"sidecar", "gateway"}
    assert by_source(case).kind.to_dict() == {
        "istio-system/gateway.log.gz": "access log",
        "shop/sidecar.log": "access log",
        "istio.yaml": "resources",
        "notes": "other",
        "picture.bin": "other",
    }
    assert set(by_source(case).because.dropna().index) == {"notes", "picture.bin"}


def test_files_say_what_was_read(folder):
    gateway = by_source(eg.read_case(folder)).loc["istio-system/gateway.log.gz"]
    data = (folder / "istio-system/gateway.log.gz").read_bytes()
    assert gateway[["proxy", "format", "bytes", "rows", "messages", "unread"]].tolist() == ["gateway", "istio", len(data), 6, 1, 0]
    assert gateway.sha256 == hashlib.sha256(data).hexdigest()


def test_a_frame_of_a_case_has_all_its_columns(folder):
    case = eg.read_case(folder)
    for name in ("messages", "unread", "files"):
        assert list(getattr(case, name)) == list(eg.fields(name)["column"])


@pytest.mark.parametrize("how", ["files", "glob", "text"])
def test_files_and_globs_are_one_case_below_the_folder_that_holds_them(folder, how):
    files = [folder / "shop/sidecar.log", folder / "istio-system/gateway.log.gz"]
    given = {"files": files, "glob": [str(folder / "*/*.log*")], "text": list(map(str, files))}[how]
    case = eg.read_case(*given)
    assert case.root == folder
    assert set(case.log.source) == {"shop/sidecar.log", "istio-system/gateway.log.gz"}
    assert (case.files.kind == "access log").all()


def test_a_file_given_twice_is_read_once(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert len(eg.read_case("shop/sidecar.log", "./shop/*.log", folder / "shop/sidecar.log").log) == 6


def test_a_case_out_of_relative_paths_can_be_opened_from_anywhere(folder, monkeypatch):
    monkeypatch.chdir(folder)
    cases = [eg.read_case("shop"), eg.read_case("shop/sidecar.log")]
    monkeypatch.chdir("/")
    assert {case.raw(case.log.iloc[0]) for case in cases} == {ENTRIES.splitlines()[0]}


def test_files_of_one_stem_in_two_folders_are_two_proxies(folder):
    shutil.copytree(folder / "shop", folder / "billing")
    assert set(eg.read_case(folder).log.proxy) == {"shop/sidecar", "billing/sidecar", "gateway"}


def test_rotated_logs_are_one_proxy(tmp_path):
    for name in ("sidecar.log", "sidecar.log.1"):
        (tmp_path / name).write_text(ENTRIES, encoding="utf-8")
    (tmp_path / "sidecar.log.2.gz").write_bytes(gzip.compress(ENTRIES.encode()))
    case = eg.read_case(tmp_path)
    assert case.log.proxy.unique().tolist() == ["sidecar"]
    assert len(case.log) == 18


def test_a_case_keeps_own_lines_and_what_nothing_recognises(tmp_path):
    (tmp_path / "sidecar.log").write_text(f"{MESSAGE}{ENTRIES}what is this\n  and this\n", encoding="utf-8")
    case = eg.read_case(tmp_path)
    assert case.messages[["text", "level", "proxy", "line"]].values.tolist() == [["Envoy proxy is ready", "info", "sidecar", 1]]
    assert case.unread[["text", "source", "line"]].values.tolist() == [["what is this", "sidecar.log", 8], ["  and this", "sidecar.log", 9]]
    assert case.unread.reason.notna().all()
    assert case.files[["rows", "messages", "unread"]].values.tolist() == [[6, 1, 2]]


def test_a_log_of_own_lines_alone_is_evidence(tmp_path):
    (tmp_path / "sidecar.log").write_text(MESSAGE, encoding="utf-8")
    case = eg.read_case(tmp_path)
    assert (len(case.log), len(case.messages)) == (0, 1)
    assert case.log.dtypes.equals(eg.Case().log.dtypes)


def test_an_empty_log_is_a_log(tmp_path):
    (tmp_path / "sidecar.log").touch()
    assert eg.read_case(tmp_path).files[["kind", "rows"]].values.tolist() == [["access log", 0]]


def test_a_format_is_taken_as_given(tmp_path):
    (tmp_path / "own.log").write_text("503|UF\n200|-\n", encoding="utf-8")
    assert eg.read_case(tmp_path, format="%RESPONSE_CODE%|%RESPONSE_FLAGS%").log.response_code.tolist() == [503, 200]


def test_parquet_gives_the_log_back(tmp_path):
    log = eg.sample("healthy").log
    log.to_parquet(tmp_path / "log.parquet")
    for given in (tmp_path, tmp_path / "log.parquet"):
        case = eg.read_case(given)
        assert case.log.equals(log)
        assert case.files[["source", "kind", "rows"]].values.tolist() == [["log.parquet", "log table", len(log)]]


def test_parquet_and_logs_are_one_case(folder):
    eg.sample("errors").log.to_parquet(folder / "errors.parquet")
    case = eg.read_case(folder)
    assert len(case.log) == 12 + 7
    assert str(case.log.proxy.dtype) == "category"


@pytest.mark.parametrize("damage", ["other columns", "no Parquet"])
def test_parquet_of_something_else_is_left_aside_and_told_when_named(folder, damage):
    path = folder / "other.parquet"
    if damage == "other columns":
        pd.DataFrame({"pod": ["a"]}).to_parquet(path)
    else:
        path.write_bytes(b"PAR1")
    assert by_source(eg.read_case(folder)).kind["other.parquet"] == "other"
    with pytest.raises(eg.EgresslabError, match=r"other\.parquet is no log that egresslab wrote.*eg\.as_log"):
        eg.read_case(path)


def test_a_folder_without_anything_of_use_says_what_to_do(tmp_path):
    (tmp_path / "notes.txt").write_text("It began at ten.\n", encoding="utf-8")
    with pytest.raises(eg.EgresslabError, match=r"nothing in .* is an access log, .*\(1 files looked at\); name a file itself"):
        eg.read_case(tmp_path)


def test_a_file_that_was_named_and_is_no_log_raises(folder):
    with pytest.raises(eg.LogFormatError, match="notes: none of its 1 lines is an access entry"):
        eg.read_case(folder / "notes")


def test_folders_and_files_are_one_case_below_the_folder_that_holds_them(folder):
    case = eg.read_case(folder / "shop", folder / "shop/sidecar.log", folder / "istio.yaml")
    assert case.files.source.tolist() == ["shop/sidecar.log", "istio.yaml"]
    assert case.root == folder


@pytest.mark.parametrize("given", [["nowhere"], []])
def test_nothing_to_read_raises(given):
    with pytest.raises(eg.EgresslabError, match=r"no file|nothing to read was given"):
        eg.read_case(*given)


def test_standard_input_and_streams_are_read(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ENTRIES.encode())))
    case = eg.read_case("-", io.StringIO(YAML))
    assert case.files[["source", "kind"]].values.tolist() == [["<stdin>", "access log"], ["<stream>", "resources"]]
    assert (len(case.log), len(case.resources.service_entries)) == (6, 1)
    with pytest.raises(eg.EgresslabError, match="was a stream"):
        case.raw(case.log.iloc[0])


def test_streams_of_one_name_are_told_apart():
    case = eg.read_case(io.StringIO(ENTRIES), io.StringIO(ENTRIES))
    assert case.files[["source", "rows"]].values.tolist() == [["<stream>", 6], ["<stream> 2", 6]]
    assert case.log.source.unique().tolist() == ["<stream>", "<stream> 2"]


def test_a_pipe_is_read_as_a_stream(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(ENTRIES,))
    writer.start()
    assert len(eg.read_case(tmp_path / "pipe").log) == 6
    writer.join()


def test_what_is_never_read_is_not_even_hashed(folder):
    (folder / "NOTES").write_text(ENTRIES, encoding="utf-8")
    row = by_source(eg.read_case(folder)).loc["NOTES"]
    assert row.kind == "other"
    assert pd.isna(row.sha256)


def test_one_yaml_or_one_table_alone_is_a_case(tmp_path):
    (tmp_path / "entry.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "routes.txt").write_text("NAME   DOMAINS   MATCH   VIRTUAL SERVICE\n80     *         /*\n", encoding="utf-8")
    assert eg.read_case(tmp_path / "entry.yaml").resources.service_entries.host.tolist() == ["api.example.com"]
    assert len(eg.read_case(tmp_path / "routes.txt").config.routes) == 1
    assert len(eg.read_case(tmp_path).files) == 2


def test_reading_stays_light_until_it_is_needed():
    code = "import egresslab, sys; print({'orjson', 'msgspec', 'yaml', 'cryptography'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
