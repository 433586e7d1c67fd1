"""JupyterLab draws our charts in a notebook that it does not trust, with the older Vega-Lite that it ships."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from running_lab import cell, lab, opened

import egresslab as eg
from egresslab.charts.renderer import render

pytestmark = pytest.mark.browser


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
        page, complaints = opened(browser, url, "charts.ipynb")
        for i in range(len(charts)):
            cell(page, i).locator(".vega-embed canvas, .vega-embed svg.marks").first.wait_for(timeout=30_000)
        page.close()
        assert [text for text in complaints if "vega" in text.lower() or "expression" in text.lower()] == []
