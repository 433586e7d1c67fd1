"""A browser that is not allowed to ask anything of a network, and a JupyterLab for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from running_lab import lab

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture
def browser():
    if not Path(CHROMIUM).exists():
        pytest.skip("NOT TESTED: there is no chromium here; apt-get install chromium brings it")
    sync_api = pytest.importorskip("playwright.sync_api", reason="NOT TESTED: playwright is not installed; pip install egresslab[test] brings it")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory):
    with lab(tmp_path_factory.mktemp("lab")) as served:
        yield served
