"""The bar of a long reading: in a terminal or a live notebook, after two seconds, and nowhere else."""

from __future__ import annotations

import io
import sys
import threading
from types import SimpleNamespace

import pytest

import egresslab as eg
from egresslab.access_log import progress
from egresslab.access_log.progress import Progress, is_watched


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def opened(monkeypatch):
    """Open a terminal in which reading takes longer than somebody waits; pytest puts its own in place between a fixture and its test."""

    def terminal(patience=-1):
        shown = Terminal()
        monkeypatch.setattr(sys, "stderr", shown)
        monkeypatch.setattr(progress, "_PATIENCE", patience)
        return shown

    return terminal


def test_a_long_reading_shows_how_far_it_is(opened):
    terminal, before = opened(), threading.active_count()
    with Progress(4_000_000) as bar:
        bar.advance(1_000_000)
        bar.advance(1_000_000)
    assert "25%" in terminal.getvalue()
    assert "/4.00M" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")  # it is wiped out
    assert threading.active_count() == before


def test_what_is_read_of_unknown_size_is_counted(opened):
    terminal = opened()
    with Progress(None) as bar:
        bar.advance(3_000_000)
    assert "3.00MB" in terminal.getvalue()


def test_a_short_reading_shows_nothing(opened):
    terminal = opened(patience=5)
    eg.read_access_log(eg.sample_path("formats/istio.log"))
    assert terminal.getvalue() == ""


def test_reading_shows_the_size_of_the_files(opened):
    terminal = opened()
    eg.read_access_log(eg.sample_path("formats/istio.log"), eg.sample_path("formats/istio-1.8.log"))
    size = sum(eg.sample_path(f"formats/{name}.log").stat().st_size for name in ("istio", "istio-1.8"))
    assert f"/{size / 1000:.2f}k" in terminal.getvalue()


def test_a_pipe_shows_nothing(monkeypatch):
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr(progress, "_PATIENCE", -1)
    eg.read_access_log(eg.sample_path("formats/istio.log"))
    assert shown.getvalue() == ""


@pytest.mark.parametrize(("kernel", "watched"), [({"_allow_stdin": True}, True), ({"_allow_stdin": False}, False), (None, False)])
def test_a_notebook_is_watched_when_somebody_can_type_into_it(kernel, watched, monkeypatch):
    """nbconvert, nbclient and papermill run notebooks without an input, JupyterLab and VS Code with one."""
    shell = SimpleNamespace(kernel=SimpleNamespace(**kernel)) if kernel else SimpleNamespace()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert is_watched() is watched
