"""JupyterLab draws our charts in a notebook that it does not trust, with the older Vega-Lite that it ships."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from running_lab import CHART, opened, position_of, run_all, saved, seen

import egresslab as eg
from egresslab.charts.renderer import MIME, render

pytestmark = pytest.mark.browser
MISTAKE = Path(__file__).parents[2] / "notebooks" / "mistakes" / "http_declared_on_tls_port.ipynb"
CARD = "text=error · http_declared_on_tls_port · "


def test_every_chart_draws_untrusted_and_offline(tmp_path, browser, jupyterlab):
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
    with opened(browser, jupyterlab, tmp_path / "charts.ipynb") as (page, complaints):
        for i in range(len(charts)):
            seen(page, i, CHART)
        assert complaints == []


def charts_of(notebook):
    return [i for i, one in enumerate(notebook.cells) if any(MIME in output.get("data", {}) for output in one.get("outputs", []))]


def test_a_mistake_is_read_untrusted_and_offline_and_runs(browser, jupyterlab):
    charts, card = charts_of(nbformat.read(MISTAKE, as_version=4)), position_of(MISTAKE, "eg.explain(")
    assert len(charts) == 2
    with opened(browser, jupyterlab, MISTAKE) as (page, complaints):
        for run in (lambda page: None, run_all):
            run(page)
            for position in charts:
                seen(page, position, CHART)
            assert "<" not in seen(page, card, CARD).locator(".jp-OutputArea").text_content()
        kept = saved(page, jupyterlab, MISTAKE)
        assert [output for one in kept.cells for output in one.get("outputs", []) if "data" not in output] == []
        assert charts_of(kept) == charts
        assert complaints == []
