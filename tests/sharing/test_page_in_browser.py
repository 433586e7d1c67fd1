from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from running_lab import GLANCE_MS, PATIENCE_MS

from egresslab.sharing.exporter import EgresslabExporter

pytestmark = pytest.mark.browser
MISTAKE = Path(__file__).parents[2] / "notebooks" / "mistakes" / "http_declared_on_tls_port.ipynb"


@pytest.fixture
def visit(browser):
    """Open a page; give it with every request and complaint that it made."""

    def opened(path, **options):
        page = browser.new_context(offline=True, timezone_id="America/New_York", **options).new_page()
        page.set_default_timeout(PATIENCE_MS)
        asked, complaints = [], []
        page.on("requestfailed", lambda request: complaints.append(f"{request.failure} {request.url}"))
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        return page, asked, complaints

    return opened


def test_the_report_asks_nothing_of_a_network_and_draws(busy_page, visit):
    page, asked, complaints = visit(busy_page)
    page.locator("figure svg").nth(5).wait_for()
    page.locator("figure svg .mark-rect path, figure svg .mark-symbol path").nth(500).wait_for(state="attached")
    assert page.locator("figure img").count() == 0
    assert [url for url in asked if not url.startswith("data:")] == [busy_page.as_uri()]
    assert complaints == []


def test_the_page_of_a_mistake_asks_nothing_of_a_network_and_draws(tmp_path, visit):
    file = tmp_path / "page.html"
    file.write_text(EgresslabExporter().from_filename(str(MISTAKE))[0], encoding="utf-8")
    page, asked, complaints = visit(file)
    page.locator("figure svg").nth(1).wait_for()
    assert page.locator("figure").count() == page.locator("figure svg").count() == 2
    page.get_by_role("heading", name="error · http_declared_on_tls_port · ").wait_for()
    assert page.locator("details[open] pre").first.is_visible()
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert complaints == []


def test_each_drawing_says_what_it_shows(busy_page, visit):
    page, _, _ = visit(busy_page)
    page.locator("figure svg").nth(5).wait_for()
    said = page.locator("figure [role=graphics-document]").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert len(said) == 6
    assert said[0].startswith("Timeline by response_flags, from 2026-11-23 23:27:44")


def test_times_are_in_utc_wherever_it_is_read(busy_page, visit):
    page, _, _ = visit(busy_page)
    bar = page.locator("figure svg .mark-rect path").first
    bar.wait_for()
    bar.hover(force=True)
    assert "23:27:44" in page.locator("#vg-tooltip-element.visible").inner_text()


def test_without_javascript_the_pictures_are_there(busy_page, visit):
    page, asked, _ = visit(busy_page, java_script_enabled=False)
    pictures = page.locator("figure img")
    assert pictures.count() == 6
    assert all(picture.is_visible() and picture.bounding_box()["width"] > 400 for picture in pictures.all())
    assert pictures.first.get_attribute("alt").startswith("Timeline by response_flags")
    assert [url for url in asked if not url.startswith("data:")] == [busy_page.as_uri()]


def test_the_page_fits_a_laptop(busy_page, visit):
    page, _, _ = visit(busy_page, viewport={"width": 1180, "height": 800})
    page.locator("figure svg").nth(5).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1180


def test_a_script_that_gets_past_everything_else_is_not_run(tmp_path, visit, monkeypatch):
    monkeypatch.setattr("egresslab.sharing.exporter.clean_html", lambda html: html)
    planted = "<script>document.title = 'run'</script><img src=http://127.0.0.1:9/ onerror=\"document.title = 'run'\">"
    notebook = new_notebook(cells=[new_code_cell("", outputs=[new_output("display_data", data={"text/html": planted})])], metadata={"title": "safe"})
    (tmp_path / "page.html").write_text(EgresslabExporter().from_notebook_node(notebook)[0])
    page, _, complaints = visit(tmp_path / "page.html")
    assert page.locator("script").count() == 1
    assert page.title() == "safe"
    for _ in range(PATIENCE_MS // GLANCE_MS):
        if len(complaints) >= 4:
            break
        page.wait_for_timeout(GLANCE_MS)
    assert "csp http://127.0.0.1:9/" in complaints
    assert sum("violates the following Content Security Policy" in text for text in complaints) == 3
