"""Several dumps of one proxy: the newest is current, the others are snapshots."""

from __future__ import annotations

import json
import shutil

import pytest

import egresslab as eg

INCIDENT = eg.sample_path("incident")
PROXY = "checkout-7c9d8b6f5d-x2x4p.shop"


def older(text):
    """The same dump a day before."""
    return text.replace("2026-11-23T", "2026-11-22T")


@pytest.fixture
def folder(tmp_path):
    for name in ("sidecar_config_dump.json", "sidecar_stats.txt", "sidecar_clusters.txt"):
        shutil.copy(INCIDENT / name, tmp_path / name)
    return tmp_path


def add(folder, name, like, change=lambda text: text):
    (folder / name).write_text(change((INCIDENT / like).read_text(encoding="utf-8")), encoding="utf-8")


def test_the_newest_dump_is_current_whatever_it_is_called(folder):
    add(folder, "sidecar_config_dump.json", "sidecar_config_dump.json", older)
    add(folder, "sidecar_config_dump_later.json", "sidecar_config_dump.json")
    case = eg.read_case(folder)
    assert set(case.config.clusters.source) == {"sidecar_config_dump_later.json"}
    because = case.files.set_index("source").because
    assert because["sidecar_config_dump_later.json"] == f"newest of 2 dumps of {PROXY}"
    assert because["sidecar_config_dump.json"] == because["sidecar_stats.txt"] == "older dump: in case.snapshots"


def test_what_was_taken_with_an_older_dump_goes_with_it(folder):
    add(folder, "sidecar_config_dump_before.json", "sidecar_config_dump.json", older)
    add(folder, "sidecar_stats_before.txt", "sidecar_stats.txt")
    case = eg.read_case(folder)
    assert list(case.snapshots) == ["sidecar_config_dump_before.json"]
    snapshot = case.snapshots["sidecar_config_dump_before.json"]
    assert set(snapshot.stats.source) == {"sidecar_stats_before.txt"}
    assert set(case.stats.source) == {"sidecar_stats.txt"}
    assert snapshot.proxies == case.config.proxies == [PROXY]
    assert case.raw(snapshot.clusters.iloc[0])["name"] == snapshot.clusters.name[0]


def test_of_two_dumps_of_one_state_the_plain_name_is_current(folder):
    add(folder, "sidecar_config_dump_open.json", "sidecar_config_dump.json")
    assert set(eg.read_case(folder).config.clusters.source) == {"sidecar_config_dump.json"}


def test_what_a_dump_tells_already_is_not_told_twice(folder):
    clusters = [
        c["cluster"] for s in json.loads((INCIDENT / "sidecar_config_dump.json").read_text())["configs"] for c in s.get("dynamic_active_clusters", [])
    ]
    (folder / "sidecar_pc_clusters.json").write_text(json.dumps(clusters), encoding="utf-8")
    case = eg.read_case(folder)
    assert set(case.config.clusters.source) == {"sidecar_config_dump.json"}
    assert list(case.snapshots) == ["sidecar_pc_clusters.json"]
    assert len(case.snapshots["sidecar_pc_clusters.json"].clusters) == len(clusters)


def test_without_a_whole_dump_its_parts_are_current(tmp_path):
    for section, key in (("clusters", "dynamic_active_clusters"), ("listeners", "dynamic_listeners")):
        dump = json.loads((INCIDENT / "sidecar_config_dump.json").read_text())
        found = next(s for s in dump["configs"] if key in s)
        (tmp_path / f"sidecar_{section}.json").write_text(json.dumps({"configs": [found]}), encoding="utf-8")
    case = eg.read_case(tmp_path)
    assert not case.snapshots
    assert len(case.config.clusters) > 0
    assert len(case.config.listeners) > 0
    assert case.config.proxies == ["sidecar"]
