"""A reader looks for an object of a config by hand in JupyterLab, and the saved file holds the one chosen last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running_lab import opened, position_of, run_all, saved, seen

pytestmark = pytest.mark.browser
LESSON = Path(__file__).parents[2] / "notebooks" / "02_read_a_config_dump.ipynb"
POSITION = position_of(LESSON, "eg.ConfigExplorer(")
FIRST = "secrets: kubernetes://does-not-exist-cacert · warming"
LAST = "clusters: outbound|443||api.example.com"
OF_THE_SIDECAR = re.compile(r"^checkout-7…\s·\soutbound\|443\|\|api\.example\.com$")


def choose(controls, title, label):
    chosen = controls.locator(f"select[title='{title}']")
    option = chosen.locator("option").filter(has_text=label)
    option.wait_for(state="attached")
    chosen.select_option(index=option.evaluate("one => one.index"))


def search_and_choose(page):
    shown = seen(page, POSITION, "input[title='search']")
    shown.locator("input[title='search']").fill("api.example.com")
    shown.get_by_text("filter_chains: ").wait_for()
    choose(shown, "section", re.compile(r"^clusters\s4\sof\s38$"))
    shown.get_by_text(LAST).wait_for()
    choose(shown, "object", OF_THE_SIDECAR)
    shown.get_by_role("cell", name="checkout-7c9d8b6f5d-x2x4p.shop", exact=True).wait_for()


def test_what_is_chosen_shows_and_is_saved(browser, jupyterlab):
    with opened(browser, jupyterlab, LESSON) as (page, complaints):
        seen(page, POSITION, f"text={FIRST}")
        run_all(page)
        seen(page, POSITION, f"text={FIRST}")
        search_and_choose(page)
        controls, shown = saved(page, jupyterlab, LESSON).cells[POSITION].outputs
        assert controls.data["text/plain"].startswith("ConfigExplorer: its controls live as long as the kernel")
        assert shown.data["text/plain"].startswith(LAST + "\n  proxy       checkout-7c9d8b6f5d-x2x4p.shop\n")
        assert '"lb_policy": "LEAST_REQUEST"' in shown.data["text/plain"]
        assert complaints == []
