"""A reader chooses by hand in JupyterLab, and the saved file holds what was chosen last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running_lab import CHART, GLANCE_MS, PATIENCE_MS, opened, position_of, run_all, saved, seen

from egresslab.charts.renderer import MIME

pytestmark = pytest.mark.browser
LESSON = Path(__file__).parents[2] / "notebooks" / "03_filter_and_chart.ipynb"
POSITION = position_of(LESSON, "eg.LogFilter(")
CODE = "eg.where(case, response_flags=['UH'], upstream_cluster=['BlackHoleCluster'])"


def choose(controls, title, *words):
    """Choose values of a list by hand, whatever their counts are now."""
    chosen = controls.locator(f"select[title='{title}']")
    # Not inner texts: they are empty while JupyterLab has scrolled the cell out of sight.
    listed = [label.split("\xa0·\xa0", 1)[-1] for label in chosen.locator("option").all_text_contents()]
    chosen.select_option(index=[listed.index(word) for word in words])


def saved_with_picture(page, jupyterlab):
    """Save until the picture that JupyterLab makes of a drawn chart is in the file, too."""
    for _ in range(PATIENCE_MS // GLANCE_MS):
        outputs = [output.data for output in saved(page, jupyterlab, LESSON).cells[POSITION].outputs]
        if "image/png" in outputs[1]:
            return outputs
        page.wait_for_timeout(GLANCE_MS)
    return pytest.fail("the chart has no picture")


def look(page):
    seen(page, POSITION, CHART).get_by_text("61,928 of 61,928 entries").wait_for()


def hurry(page):
    """Choose faster than the kernel answers."""
    shown = seen(page, POSITION, "select[title='response_flags']")
    for flag in ("UF", "DC", "UH"):
        choose(shown, "response_flags", flag)
    shown.get_by_text("2,660 of 61,928 entries").wait_for()
    none = re.compile(r"^0\s·\sPassthroughCluster$")
    shown.locator("select[title='upstream_cluster'] option", has_text=none).wait_for(state="attached")


def choose_and_err(page):
    shown = seen(page, POSITION, "select[title='upstream_cluster']")
    choose(shown, "upstream_cluster", "BlackHoleCluster")
    shown.get_by_text("381 of 61,928 entries").wait_for()
    assert shown.locator("code", has_text=CODE).count() == 1
    shown.locator("input[title='start_time']").fill("noon")
    shown.locator("input[title='start_time']").press("Enter")
    shown.get_by_role("alert").get_by_text("'noon' is not a time").wait_for()


def test_what_is_chosen_shows_and_is_saved(browser, jupyterlab):
    with opened(browser, jupyterlab, LESSON) as (page, complaints):
        look(page)
        run_all(page)
        hurry(page)
        choose_and_err(page)
        _, chart, table = saved_with_picture(page, jupyterlab)
        assert chart[MIME]["description"].endswith("381 entries, 381 failed, in buckets of 1 s; UH 381.")
        assert table["text/plain"].splitlines()[:2] == ["381 of 61,928 entries; the newest 30 stand here", CODE]
        run_all(page)
        assert seen(page, POSITION, "code").locator("code", has_text=CODE).count() == 1
        assert complaints == []
