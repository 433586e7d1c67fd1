"""A JupyterLab of one's own, without the user's settings, and what a reader does in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

PATIENCE_MS = 180_000  # of whatever only a slow machine can keep waiting
GLANCE_MS = 250
CHART = ".vega-embed canvas, .vega-embed svg.marks"
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs, and the folder that it shows."""

    folder: Path
    url: str


@contextmanager
def lab(folder) -> Iterator[Lab]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(folder / "own" / name) for name in FOLDERS}
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    options += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder}", "--LabApp.news_url="]
    with (folder / "server.log").open("w") as said:
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env={**os.environ, **own}, stdout=said, stderr=said)
    try:
        _wait(f"http://127.0.0.1:{port}/api", server)
        yield Lab(folder, f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(url, server):
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        assert server.poll() is None
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("JupyterLab did not start")


@contextmanager
def opened(browser, jupyterlab, notebook: Path):
    """Open a copy of a notebook, untrusted, in a page that reaches nothing but the server; give it with what went wrong in it."""
    shutil.copy(notebook, jupyterlab.folder)
    page, complaints = browser.new_page(viewport={"width": 1400, "height": 1300}), []
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and _is_ours(message.text) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)) if _is_ours(str(error)) else None)
    page.route(lambda url: not url.startswith(jupyterlab.url), lambda route: complaints.append(f"asked {route.request.url}") or route.abort())
    page.goto(f"{jupyterlab.url}/lab/workspaces/{notebook.stem}/tree/{notebook.name}?reset")
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context?.isReady")
    assert not page.evaluate("[...window.jupyterapp.shell.currentWidget.content.model.cells].some(one => one.type === 'code' && one.trusted)")
    yield page, complaints
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.close()


def _is_ours(text):
    """Tell whether an error may be of a chart or a widget; JupyterLab has errors of its own."""
    return any(word in text.lower() for word in ("vega", "expression", "widget"))


def cell(page, position):
    """Give a cell of the open notebook, and bring it into sight: others are not drawn."""
    found = page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{position}']")
    found.scroll_into_view_if_needed()
    return found


def seen(page, position, inside):
    """Wait until something in a cell is seen; JupyterLab scrolls away from it to the cell that it opens or runs last."""
    for _ in range(PATIENCE_MS // GLANCE_MS):
        found = cell(page, position)
        if found.locator(inside).first.is_visible():
            return found
        page.wait_for_timeout(GLANCE_MS)
    return pytest.fail(f"in cell {position} there is no {inside}")


def run_all(page):
    """Run all cells of the open notebook; done when they are."""
    page.evaluate(
        """async () => {
            await window.jupyterapp.shell.currentWidget.sessionContext.ready;
            await window.jupyterapp.commands.execute('notebook:run-all-cells');
        }"""
    )


def saved(page, jupyterlab, notebook: Path):
    """Save the open notebook, and give what the file holds."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
    return nbformat.read(jupyterlab.folder / notebook.name, as_version=4)


def position_of(notebook: Path, source):
    """Say which cell of a notebook is the first that holds some source."""
    return next(i for i, one in enumerate(nbformat.read(notebook, as_version=4).cells) if source in one.source)
