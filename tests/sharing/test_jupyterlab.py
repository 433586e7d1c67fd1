"""JupyterLab draws our charts in a notebook that it does not trust, with the older Vega-Lite that it ships."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

import egresslab as eg
from egresslab.charts.renderer import render

pytestmark = pytest.mark.browser
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


def test_every_chart_draws_untrusted_and_offline(tmp_path, browser):
    case = eg.sample("busy")
    charts = [
        eg.chart_timeline(case),
        eg.chart_timeline(case, by="egress_class", per="host"),
        eg.chart_hosts(case),
        eg.chart_cluster_counts(case),
        eg.chart_latency(case, by="host"),
        eg.chart_timeline(eg.where(case, response_flags="LH")),
    ]
    outputs = [new_output("display_data", data=render(chart.to_dict())[0]) for chart in charts]
    nbformat.write(new_notebook(cells=[new_code_cell("", outputs=[output]) for output in outputs]), tmp_path / "charts.ipynb")
    with lab(tmp_path) as url:
        page = browser.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**", lambda route: route.continue_() if route.request.url.startswith(url) else route.abort())
        page.goto(f"{url}/lab/workspaces/charts/tree/charts.ipynb?reset", timeout=60_000)
        for i in range(len(charts)):
            cell = page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{i}']")
            cell.scroll_into_view_if_needed(timeout=60_000)
            cell.locator(".vega-embed canvas, .vega-embed svg.marks").first.wait_for(timeout=30_000)
        page.close()
        assert [text for text in complaints if "vega" in text.lower() or "expression" in text.lower()] == []
