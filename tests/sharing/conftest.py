"""The report of the busy sample, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

import egresslab as eg


@pytest.fixture(scope="session")
def busy_page(tmp_path_factory) -> Path:
    return eg.report(eg.sample("busy"), tmp_path_factory.mktemp("busy") / "out")
