from __future__ import annotations

import asyncio
import dataclasses
import io
import os
import re
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook

import egresslab as eg
from egresslab.sharing.report import _files, _paths
from egresslab.sharing.run import parameters_of, run, without_folders

LOG = eg.sample_path("errors/sidecar.log")
SLEEP = "import time\ntime.sleep(60)"
PARAMETERS = 'paths = []\ntitle = "Small report"\nlimit = 3'


def notebook_of(folder: Path, *sources: str, parameters: str = PARAMETERS) -> Path:
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]}), *map(new_code_cell, sources)]
    path = folder / "small.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture
def log_file(tmp_path) -> Path:
    (tmp_path / "logs").mkdir()
    path = tmp_path / "logs" / "acme.log"
    path.write_bytes(eg.sample_path("healthy/sidecar.log").read_bytes())
    return path


def test_a_report_is_a_page_and_the_notebook_behind_it(tmp_path, log_file):
    notebook = notebook_of(tmp_path, "print(title, limit, len(paths), len(open(paths[0]).read()) > 0)")
    page = eg.report(log_file, tmp_path / "new" / "out", notebook=notebook, limit=5)
    assert page == tmp_path / "new" / "out" / "egress_report.html"
    text = BeautifulSoup(page.read_text(), "html.parser")
    assert "Small report 5 1 True" in text.get_text()
    assert text.title.get_text() == "Small report"
    executed = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(executed)
    assert executed.cells[1].source == "limit = 5\npaths = ['acme.log']"
    assert executed.cells[1].metadata.tags == ["injected-parameters"]


def test_neither_says_where_on_this_machine_things_lie(tmp_path, log_file):
    stray = "import sys, warnings\nwarnings.warn(f'{paths[0]} is odd')\nprint(sys.prefix, file=sys.stderr)\nopen(paths[0] + '.missing')"
    with pytest.raises(eg.ReportError, match="cell 3 of 3 failed: FileNotFoundError") as failed:
        eg.report(log_file, tmp_path / "page.html", notebook=notebook_of(tmp_path, stray))
    left = (tmp_path / "page.html").read_text() + (tmp_path / "page.ipynb").read_text() + str(failed.value).split(";")[0]
    assert "acme.log.missing" in left
    assert "acme.log is odd" in left
    for folder in (tmp_path, Path.home(), sys.prefix, Path(eg.__file__).parents[1], "ipykernel_launcher"):
        assert f"{folder}/" not in left


def test_a_cell_that_fails_leaves_a_partial_page_with_a_banner(tmp_path):
    notebook = notebook_of(tmp_path, "print('came before')", "1 / 0", "print('came after')")
    with pytest.raises(
        eg.ReportError, match=r"cell 4 of 5 failed: ZeroDivisionError: division by zero; the page .*out.html holds what came before it"
    ):
        eg.report(LOG, tmp_path / "out.html", notebook=notebook)
    page = BeautifulSoup((tmp_path / "out.html").read_text(), "html.parser")
    assert "This page is partial. cell 4 of 5 failed: ZeroDivisionError" in page.find(class_="egresslab-failed").get_text()
    outputs = [out.get_text().strip() for out in page.find_all(class_="jp-OutputArea-output")]
    assert outputs == ["came before", "ZeroDivisionError: division by zero"]


def test_a_kernel_that_dies_is_a_failure(tmp_path):
    with pytest.raises(eg.ReportError, match="did not finish: Kernel died"):
        eg.report(LOG, tmp_path, notebook=notebook_of(tmp_path, "import os\nos._exit(1)"))


def test_a_cell_that_takes_too_long_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("egresslab.sharing.run.CELL_TIMEOUT_S", 1)
    with pytest.raises(eg.ReportError, match="did not finish: A cell timed out"):
        eg.report(LOG, tmp_path, notebook=notebook_of(tmp_path, f"open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__('os').getpid()))", SLEEP))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_report_can_be_made_from_a_running_notebook(tmp_path):
    async def inside():
        return eg.report(LOG, tmp_path, notebook=notebook_of(tmp_path, "print('made')"))

    assert "made" in asyncio.run(inside()).read_text()


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"limmit": 5}, r"no parameter 'limmit'; it has limit, title; near it: limit"),
        ({"paths": ["b.log"]}, r"no parameter 'paths'; it has limit, title"),
        ({"limit": object()}, r"parameter 'limit' is a object; give text"),
    ],
)
def test_parameters_are_checked_before_anything_runs(tmp_path, parameters, error):
    with pytest.raises(eg.ReportError, match=error):
        eg.report(LOG, tmp_path / "out", notebook=notebook_of(tmp_path), **parameters)
    assert not (tmp_path / "out").exists()


def test_what_is_no_notebook_is_refused(tmp_path):
    with pytest.raises(eg.ReportError, match="there is no notebook"):
        eg.report(LOG, tmp_path, notebook=tmp_path / "gone.ipynb")
    (tmp_path / "text.ipynb").write_text("hello")
    with pytest.raises(eg.ReportError, match=r"text\.ipynb is no notebook"):
        eg.report(LOG, tmp_path, notebook=tmp_path / "text.ipynb")
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), tmp_path / "plain.ipynb")
    with pytest.raises(eg.ReportError, match="no cell tagged 'parameters'"):
        eg.report(LOG, tmp_path, notebook=tmp_path / "plain.ipynb")


def test_parameters_have_their_defaults():
    cell = new_code_cell("a = 1  # a number\nb: str = 'x'\nc = d = None", metadata={"tags": ["parameters"]})
    assert parameters_of(new_notebook(cells=[cell])) == {"a": 1, "b": "x", "c": None, "d": None}


def test_values_of_an_earlier_run_are_replaced():
    cells = [new_code_cell("a = 1", metadata={"tags": ["parameters"]}), new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]})]
    executed, failure = run(new_notebook(cells=[*cells, new_code_cell("print(a)")]), {"a": 3})
    assert failure is None
    assert [cell.source for cell in executed.cells] == ["a = 1", "a = 3", "print(a)"]
    assert executed.cells[2].outputs[0].text == "3\n"


def test_a_case_as_it_was_read_is_read_again_from_its_files():
    case = eg.sample("healthy")
    assert _files(case) == [str(case.root)]
    named = eg.read_case(eg.sample_path("healthy/sidecar.log"))
    assert _files(named) == [str(eg.sample_path("healthy/sidecar.log"))]


def test_a_case_whose_file_is_gone_is_handed_over_as_a_table(log_file):
    case = eg.read_case(log_file)
    assert _files(case) == [str(log_file)]
    log_file.unlink()
    assert _files(case) == []


def test_a_log_from_standard_input_is_handed_over_as_a_table(log_file, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(log_file.read_bytes())))
    with _paths("-") as (path,):
        assert len(pd.read_parquet(path)) == len(eg.read_access_log(log_file))


def test_a_case_that_was_changed_or_made_from_frames_is_handed_over_as_a_table(tmp_path):
    case = eg.sample("healthy")
    changed = dataclasses.replace(case, log=case.log.head(1))
    assert _files(changed) == _files(eg.Case(log=case.log)) == []
    notebook = notebook_of(tmp_path, "import pandas as pd\nprint(len(pd.read_parquet(paths[0])), 'entry')")
    page = eg.report(changed, tmp_path / "out", notebook=notebook)
    assert "1 entry" in page.read_text()
    assert "paths = ['log.parquet']" in page.with_suffix(".ipynb").read_text()


def test_folders_are_cut_from_text_and_other_paths_stay():
    assert without_folders("/data/in/a.log and GET /data/x", ["/data/in/a.log"]) == "a.log and GET /data/x"


def test_the_page_of_a_case_of_frames_has_each_section_even_with_nothing_in_it(tmp_path):
    page = eg.report(eg.Case(log=eg.as_log(pd.DataFrame({"response_code": [200]}))), tmp_path)
    text = BeautifulSoup(page.read_text(), "html.parser").get_text()
    assert "Every entry passed." in text
    assert "No error and no warning." in text
    assert "No gateway is in these logs." in text
    assert "Every line of these logs was recognised." in text


INCIDENTS = [
    ("payments.example.net", "UF,URX", "external", "23:28:15"),
    ("flaky.example.com", "503", "external", "23:28:47"),
    ("flaky.example.com", "UH", "external", "23:28:48"),
    ("flaky.example.com", "UH", "external", "23:29:26"),
    ("api.example.com", "UF,URX", "egress_gateway", "23:29:53"),
    ("api.example.com", "400", "egress_gateway", "23:30:17"),
    ("payments.example.net", "UH", "BlackHoleCluster", "23:30:43"),
    ("203.0.113.40", "UF,URX", "external", "23:31:08"),
]


def test_each_incident_of_the_busy_sample_is_in_the_page(busy_page):
    page = BeautifulSoup(busy_page.read_text(), "html.parser")
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.find_all("tr")]
    bursts = {(row[0], row[1], row[2], row[5]) for row in rows if len(row) == 8}
    assert set(INCIDENTS) <= bursts


def test_the_page_opens_with_the_findings(busy_page):
    page = BeautifulSoup(busy_page.read_text(), "html.parser")
    assert page.find_all("h2")[0].get_text().startswith("What is wrong?")
    findings = eg.diagnose(eg.sample("busy"))
    told = findings[findings.severity.isin(["error", "warning"])]
    cells = [[cell.get_text() for cell in row.find_all("td")] for row in page.find("table").find_all("tr")[1:]]
    assert [row[2:4] for row in cells] == told[["subject", "summary"]].values.tolist()
    text = page.get_text()
    assert all(card.first_sentence in text for card in eg.explain(told).cards)
    assert all(summary in text for summary in findings.loc[findings.mistake.isna(), "summary"])


def test_the_page_says_what_it_was_made_of_and_nothing_sensitive(busy_page):
    text = BeautifulSoup(busy_page.read_text(), "html.parser").get_text()
    case = eg.sample("busy")
    assert all(digest in text for digest in case.files["sha256"].dropna())
    assert re.search(r"egresslab \S+, Python 3\S+, pandas 3\S+, Altair 6\S+; made 20\d\d", text)
    for name in ("sidecar.log.gz", case.log["path"].dropna().iloc[0], case.messages["text"].iloc[0][:60], case.log["user_agent"].dropna().iloc[0]):
        assert name not in text


def test_what_is_sensitive_is_shown_when_asked(tmp_path):
    (tmp_path / "acme.log").write_text("2026-11-23T10:00:00.000000Z\tinfo\tcache\tgenerated new workload certificate\n")
    text = BeautifulSoup(eg.report(tmp_path / "acme.log", tmp_path, sensitive=True, title="Ours").read_text(), "html.parser").get_text()
    assert "Ours" in text
    assert "acme.log" in text
    assert "generated new workload certificate" in text


def test_the_page_is_small_enough_to_send(busy_page):
    assert busy_page.stat().st_size < 3_000_000
    assert busy_page.with_suffix(".ipynb").stat().st_size < 3_000_000
