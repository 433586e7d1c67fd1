from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from egresslab.charts.renderer import MIME
from egresslab.sharing.exporter import EgresslabExporter, clean_html, inline_json

EVIL = "</script><script>evil()</script><img src=x onerror=evil()><svg onload=evil()>\x1b[2J\u202e"


def page_of(*outputs, source="x = 1", **metadata):
    notebook = new_notebook(cells=[new_code_cell(source, outputs=list(outputs))], metadata=metadata)
    html, _ = EgresslabExporter().from_notebook_node(notebook)
    return BeautifulSoup(html, "html.parser")


def shown(**data):
    return new_output("display_data", data={name.replace("_", "/"): value for name, value in data.items()})


def chart(**spec):
    return new_output("display_data", data={MIME: spec, "image/png": "iVBORw0KGgo=", "text/plain": "Two bars."})


HOSTILE = {
    "plain": shown(text_plain=EVIL),
    "html": shown(text_html=EVIL),
    "table": shown(text_html=pd.DataFrame({"user_agent": [EVIL]}).to_html()),
    "markdown": shown(text_markdown=EVIL),
    "stdout": new_output("stream", name="stdout", text=EVIL),
    "stderr": new_output("stream", name="stderr", text=EVIL),
    "error": new_output("error", ename="ValueError", evalue=EVIL, traceback=[EVIL]),
    "chart": chart(data={"values": [{"host": EVIL}]}, description=EVIL),
    "svg": new_output("display_data", data={"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{EVIL}</svg>"}),
    "javascript": new_output("display_data", data={"application/javascript": "evil()", "text/plain": "j"}),
    "alt": new_output("display_data", data={MIME: {}, "image/png": "iVBORw0KGgo=", "text/plain": f'"{EVIL}'}),
    "image": new_output("display_data", data={"image/png": f'"{EVIL}'}),
}


@pytest.mark.parametrize("output", HOSTILE.values(), ids=HOSTILE)
def test_what_an_output_holds_stays_text(output):
    page = page_of(output)
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    scripts = [tag for tag in page.find_all("script") if tag.get("type") != MIME]
    assert len(scripts) == policy.count("sha256-")
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert {tag.get("src", "data:").split(":")[0] for tag in page.find_all(["img", "script"])} <= {"data"}
    assert not set("\x1b\u202e") & set(str(page))


@pytest.mark.parametrize("name", ["plain", "html", "table", "markdown", "stdout", "stderr", "error"])
def test_hidden_characters_are_shown(name):
    assert r"\x1b[2J\u202e" in page_of(HOSTILE[name]).find("main").get_text()


def test_lines_and_tabs_of_an_output_stay():
    assert "a\tb\nc" in page_of(new_output("stream", text="a\tb\nc")).get_text()


def test_a_chart_is_a_picture_with_its_description_and_a_spec():
    figure = page_of(chart(mark="bar", data={"values": [{"a": float("nan"), "b": "<&>"}]})).find("figure")
    assert figure.img["alt"] == "Two bars."
    assert json.loads(figure.script.string) == {"mark": "bar", "data": {"values": [{"a": None, "b": "<&>"}]}}
    assert "<" not in figure.script.string


def test_a_chart_without_a_picture_shows_its_description():
    figure = page_of(new_output("display_data", data={MIME: {}, "text/plain": "Two bars."})).find("figure")
    assert figure.find(class_="egresslab-picture").get_text() == "Two bars."


def test_vega_is_there_once_and_only_for_charts():
    assert len(page_of(chart(), chart()).find_all("script", type=None)) == 2
    assert page_of().find_all("script") == []


def test_nothing_is_asked_of_a_network():
    page = page_of(chart(), widgets={"application/vnd.jupyter.widget-state+json": {"state": {}}})
    assert page.find_all(["link", "iframe", "object", "embed"]) == []
    assert "default-src 'none'" in str(page.head)
    assert not re.search(r"url\((?!\s*['\"]?data:)", " ".join(style.get_text() for style in page.find_all("style")))


def test_a_report_hides_its_code_and_a_lesson_shows_it():
    assert "secret_name" in page_of(source="secret_name = 1").get_text()
    assert "secret_name" not in str(page_of(source="secret_name = 1", egresslab={"code": "hidden"}))


def test_a_failed_run_is_said_on_top():
    banner = page_of(egresslab={"failed": f"cell 3 failed: {EVIL}"}).find(class_="egresslab-failed")
    assert banner.get_text().startswith("This page is partial. cell 3 failed: </script>")


def test_an_error_says_what_but_not_where_on_a_machine():
    text = page_of(new_output("error", ename="FrameError", evalue="no column", traceback=["/home/me/x.py"])).find("main").get_text()
    assert "FrameError: no column" in text
    assert "/home/me" not in text


def test_the_notebook_given_is_left_alone():
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), new_code_cell("1", outputs=[shown(text_plain=EVIL)])])
    before = json.dumps(notebook)
    EgresslabExporter().from_notebook_node(notebook)
    assert json.dumps(notebook) == before


def test_the_title_is_text():
    assert page_of(title=f"Incident {EVIL}").title.get_text().startswith("Incident </script>")


def test_a_template_in_the_current_folder_is_not_taken(tmp_path, monkeypatch):
    (tmp_path / "egresslab").mkdir()
    (tmp_path / "egresslab" / "index.html.j2").write_text("planted")
    monkeypatch.chdir(tmp_path)
    assert "planted" not in str(page_of())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('<table class="dataframe"><td colspan="2" style="text-align: right; background: url(http://a)">1</td></table>', ["colspan", "text-align"]),
        ('<a href="javascript:evil()">x</a><a href="https://a.example">y</a>', ["https://a.example"]),
        ("<style>@import 'http://a';</style><b>z</b>", ["<b>z</b>"]),
    ],
)
def test_tables_and_prose_pass_and_nothing_that_acts(given, kept):
    html = clean_html(given)
    assert all(part in html for part in kept)
    assert not re.search("javascript|import|url", html)


def test_bytes_are_cleaned_too():
    assert clean_html(b"<b>a</b>") == "<b>a</b>"


def test_json_in_a_page_cannot_end_its_element():
    text = inline_json({"a": "</script><!--&\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--&\u2028"}
