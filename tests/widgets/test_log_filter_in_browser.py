"""A reader chooses by hand in JupyterLab, and the saved file holds what was chosen last."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from running_lab import cell, lab, opened, run_all, save

from egresslab.charts.renderer import MIME

pytestmark = pytest.mark.browser
NOTEBOOK = "03_filter_and_chart.ipynb"
LESSON = Path(__file__).parents[2] / "notebooks" / NOTEBOOK


@pytest.fixture(scope="module")
def filter_cell():
    cells = nbformat.read(LESSON, as_version=4).cells
    return next(i for i, one in enumerate(cells) if "eg.LogFilter(" in one.source)


def choose(controls, title, *words):
    """Choose values of a list by hand, whatever their counts are now."""
    chosen = controls.locator(f"select[title='{title}']")
    labels = chosen.locator("option").all_inner_texts()
    chosen.select_option(index=[i for i, label in enumerate(labels) if label.split("\xa0·\xa0", 1)[-1] in words])


def count_of(controls, title, word):
    return next(text for text in controls.locator(f"select[title='{title}'] option").all_inner_texts() if text.endswith(f"\xa0{word}"))


def saved_outputs(folder, position):
    return [output.data for output in nbformat.read(folder / NOTEBOOK, as_version=4).cells[position].outputs]


def test_it_is_read_untrusted_and_offline(tmp_path, browser, filter_cell):
    shutil.copy(LESSON, tmp_path)
    with lab(tmp_path) as url:
        page, _ = opened(browser, url, NOTEBOOK)
        shown = cell(page, filter_cell)
        shown.locator(".vega-embed canvas, .vega-embed svg.marks").first.wait_for(timeout=30_000)
        assert "of 61,928 entries" in shown.inner_text()
        page.close()


def test_what_is_chosen_shows_and_is_saved(tmp_path, browser, filter_cell):
    shutil.copy(LESSON, tmp_path)
    with lab(tmp_path) as url:
        page, complaints = opened(browser, url, NOTEBOOK)
        run_all(page)
        shown = cell(page, filter_cell)
        shown.locator("select[title='response_flags']").wait_for(timeout=60_000)
        choose(shown, "response_flags", "UH")
        shown.get_by_text("2,660 of 61,928 entries").wait_for()
        assert count_of(shown, "upstream_cluster", "PassthroughCluster").startswith("0\xa0")
        choose(shown, "upstream_cluster", "BlackHoleCluster")
        shown.get_by_text("381 of 61,928 entries").wait_for()
        code = "eg.where(case, response_flags=['UH'], upstream_cluster=['BlackHoleCluster'])"
        assert shown.locator("code", has_text=code).count() == 1
        shown.locator("input[title='start_time']").fill("noon")
        shown.locator("input[title='start_time']").press("Enter")
        shown.get_by_role("alert").get_by_text("'noon' is not a time").wait_for()
        save(page)
        _, chart, table = saved_outputs(tmp_path, filter_cell)
        assert chart[MIME]["description"].endswith("381 entries, 381 failed, in buckets of 1 s; UH 381.")
        assert chart["image/png"]
        assert table["text/plain"].splitlines()[:2] == ["381 of 61,928 entries; the newest 30 stand here", code]
        run_all(page)
        cell(page, filter_cell).locator("code", has_text=code).wait_for()
        assert [text for text in complaints if "vega" in text.lower() or "widget" in text.lower()] == []
        page.close()
