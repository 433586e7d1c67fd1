"""A broken file never stops a case; named alone it says what is wrong with it."""

from __future__ import annotations

import os
import shutil

import pytest

import egresslab as eg

INCIDENT = eg.sample_path("incident")
DUMP = (INCIDENT / "gateway_config_dump.json").read_bytes()
BROKEN = {
    "gateway_config_dump.json": (DUMP[:5000], "ends in the middle of its JSON"),
    "two.json": (DUMP + DUMP, "holds a second JSON value"),
    "page.json": (b"<!DOCTYPE html><html><body>504 Gateway Time-out</body></html>", "an HTML page"),
    "wrong.yaml": (b"apiVersion: v1\nkind: Service\nmetadata: {name: a\nspec: [\n", "line"),
    "status.json": (b'[{"cluster_id": "a", "listener_sent": "1", ', "cannot be read"),
}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(INCIDENT, tmp_path / "case")
    return tmp_path / "case"


@pytest.mark.parametrize("name", BROKEN)
def test_the_rest_is_read_and_the_broken_one_listed(folder, name):
    data, why = BROKEN[name]
    (folder / name).write_bytes(data)
    case = eg.read_case(folder)
    row = case.files.set_index("source").loc[name]
    assert row.kind == "unreadable"
    assert why in row.because
    assert len(case.log) == 2
    assert len(case.config.clusters) > 0
    assert f"unreadable: {name}" in repr(case)


@pytest.mark.parametrize("name", BROKEN)
def test_named_alone_it_raises_its_own_error(tmp_path, name):
    data, why = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(eg.EgresslabError, match=why) as raised:
        eg.read_case(tmp_path / name)
    assert name in str(raised.value)


@pytest.mark.parametrize("name", BROKEN)
def test_a_folder_of_it_alone_says_so_too(tmp_path, name):
    data, why = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(eg.EgresslabError, match=rf"nothing in .* is an access log.*{why}"):
        eg.read_case(tmp_path)


def test_beside_another_file_it_is_listed(tmp_path):
    (tmp_path / "two.json").write_bytes(DUMP + DUMP)
    case = eg.read_case(tmp_path / "two.json", INCIDENT / "sidecar.log")
    assert case.files.kind.tolist() == ["unreadable", "access log"]


def test_a_document_that_cannot_be_read_leaves_the_others(folder):
    (folder / "istio.yaml").write_text((INCIDENT / "istio.yaml").read_text(encoding="utf-8") + "---\nkind: Gateway\nspec: [\n", encoding="utf-8")
    case = eg.read_case(folder)
    row = case.files.set_index("source").loc["istio.yaml"]
    assert (row.kind, row.because[:33]) == ("resources", "1 of its documents cannot be read")
    assert case.resources.service_entries["name"].unique().tolist() == ["api-example-com"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all files: NOT TESTED")
def test_a_file_without_the_right_to_read_it(folder):
    (folder / "gateway.log").chmod(0)
    assert eg.read_case(folder).files.set_index("source").kind["gateway.log"] == "unreadable"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("other.json", b'{\n "a": 1\n}', "JSON, but nothing of a config dump: an object with 'a'"),
        ("NOTES", b"what is wrong", "never read"),
        ("empty.txt", b"", "empty"),
        ("picture.bin", bytes(range(256)), "not a text"),
    ],
)
def test_nothing_known_named_alone_says_what_it_is(tmp_path, name, data, why):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(eg.EgresslabError, match=why):
        eg.read_case(tmp_path / name)
