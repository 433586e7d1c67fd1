"""A JupyterLab of one's own, without the user's settings, and what a reader does in it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")


@contextmanager
def lab(folder) -> Iterator[str]:
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
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(url, server):
    for _ in range(300):
        assert server.poll() is None
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("JupyterLab did not start within a minute")


def opened(browser, url, notebook):
    """Open a notebook in a page that reaches nothing but the server; give it with what it complains of."""
    page = browser.new_page(viewport={"width": 1400, "height": 1300})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**", lambda route: route.continue_() if route.request.url.startswith(url) else route.abort())
    page.goto(f"{url}/lab/workspaces/{notebook.removesuffix('.ipynb')}/tree/{notebook}?reset", timeout=60_000)
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context", timeout=60_000)
    return page, complaints


def cell(page, position):
    """Give a cell of the open notebook, and bring it into sight: others are not drawn."""
    found = page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{position}']")
    found.scroll_into_view_if_needed(timeout=60_000)
    return found


def run_all(page):
    """Run all cells of the open notebook; done when they are."""
    page.evaluate(
        """async () => {
            await window.jupyterapp.shell.currentWidget.sessionContext.ready;
            await window.jupyterapp.commands.execute('notebook:run-all-cells');
        }"""
    )


def save(page):
    """Save the open notebook."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
