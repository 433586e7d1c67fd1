"""Shipped samples: found by name, in a checkout and in a wheel."""

from __future__ import annotations

import sys

import pytest

import egresslab as eg
from egresslab.cases import shipped

MODULE = sys.modules["egresslab.cases.sample"]  # the function of its name hides it
NAMES = sorted(path.name for path in eg.sample_path().iterdir() if path.is_dir())


SIDES = [(name, side) for name in NAMES for side in ("broken", "fixed") if (eg.sample_path(name) / side).is_dir()]


@pytest.mark.parametrize("name", sorted(set(NAMES) - {name for name, _ in SIDES}))
def test_a_sample_is_a_case_without_unread_lines(name):
    case = eg.sample(name)
    assert len(case.log) > 0
    assert case.unread.empty
    assert case.root == eg.sample_path(name)


@pytest.mark.parametrize(("name", "side"), SIDES)
def test_a_side_of_a_worked_mistake_is_a_case_without_unread_lines(name, side):
    case = eg.sample(name, fixed=side == "fixed")
    assert len(case.resources.objects) > 0
    assert case.unread.empty
    assert case.root == eg.sample_path(name) / side


def test_a_sample_that_is_not_there_names_those_that_are():
    with pytest.raises(eg.EgresslabError, match="no sample is called 'helthy'; near it: healthy"):
        eg.sample("helthy")


@pytest.mark.parametrize("name", ["..", "../README.md", "/", "healthy/../../README.md"])
def test_no_file_outside_the_samples_is_one(name):
    with pytest.raises(eg.EgresslabError, match="no sample is called"):
        eg.sample_path(name)


def test_a_sample_without_a_mended_side_says_so():
    with pytest.raises(eg.EgresslabError, match="has no mended side; leave fixed= away"):
        eg.sample("healthy", fixed=True)


def test_a_worked_mistake_has_a_broken_and_a_mended_side(tmp_path, monkeypatch):
    entry = eg.sample_path("formats/istio.log").read_text(encoding="utf-8").splitlines()[0]
    for side, entries in (("broken", 3), ("fixed", 1)):
        folder = tmp_path / "double_tls" / side
        folder.mkdir(parents=True)
        (folder / "sidecar.log").write_text(f"{entry}\n" * entries, encoding="utf-8")
    monkeypatch.setattr(MODULE, "shipped", lambda _: tmp_path)
    assert [len(eg.sample("double_tls", fixed=fixed).log) for fixed in (False, True)] == [3, 1]


def test_the_wheel_s_own_copy_comes_first(tmp_path, monkeypatch):
    (tmp_path / "egresslab/cases").mkdir(parents=True)
    (tmp_path / "egresslab/_data").mkdir()
    monkeypatch.setattr(MODULE, "__file__", str(tmp_path / "egresslab/cases/sample.py"))
    shipped.cache_clear()
    try:
        assert shipped("data") == tmp_path / "egresslab/_data"
        assert shipped("notebooks") == tmp_path / "notebooks"
    finally:
        shipped.cache_clear()
