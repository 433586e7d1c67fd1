"""Notebooks: each runs from top to bottom, and is kept as a reader should find it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
NAMES = sorted(path.relative_to(NOTEBOOKS).as_posix() for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)

CELL_TIMEOUT_S = 300
MOST_BYTES = 2_000_000  # what a browser on a code host still renders

FOLDERS_OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users)/[\w.]")


@pytest.fixture(params=NAMES)
def kept(request):
    return nbformat.read(NOTEBOOKS / request.param, as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def problems(notebook):
    """What went wrong in an executed notebook: errors, and what came out beside the answers, such as warnings."""
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    return [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


def test_there_are_notebooks():
    assert NAMES


def execute(notebook, folder, sockets):
    # ipykernel warns of TCP.
    kernel = Config({"KernelManager": {"transport": "ipc", "connection_file": str(sockets / "kernel.json")}})
    where, quiet = {"metadata": {"path": str(folder)}}, ["--HistoryManager.enabled=False"]
    NotebookClient(notebook, config=kernel, timeout=CELL_TIMEOUT_S, resources=where, extra_arguments=quiet, shutdown_kernel="immediate").execute()


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name, tmp_path, tmp_path_factory):
    folder = shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    notebook = nbformat.read(folder / name, as_version=4)
    execute(notebook, (folder / name).parent, tmp_path_factory.mktemp("k"))  # a socket's path must be short
    assert problems(notebook) == []


def test_it_is_valid_and_its_cells_have_ids(kept):
    nbformat.validate(kept)
    ids = [cell.get("id") for cell in kept.cells]
    assert (kept.nbformat, kept.nbformat_minor) >= (4, 5)
    assert None not in ids
    assert len(set(ids)) == len(ids)


def test_it_was_run_from_top_to_bottom(kept):
    assert [cell.execution_count for cell in code_cells(kept)] == list(range(1, len(code_cells(kept)) + 1))
    assert any(cell.outputs for cell in code_cells(kept))


def test_it_was_kept_without_errors_and_warnings(kept):
    assert problems(kept) == []


def test_no_cell_was_injected(kept):
    assert [cell.id for cell in kept.cells if "injected-parameters" in cell.metadata.get("tags", [])] == []


def test_no_widget_left_its_state(kept):
    assert "widgets" not in kept.metadata  # it lists every option, hosts and addresses among them


def test_it_names_no_folder_of_a_machine_and_no_times_of_its_run(kept):
    assert FOLDERS_OF_A_MACHINE.search(nbformat.writes(kept)) is None
    assert [cell.id for cell in kept.cells if "execution" in cell.metadata] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_small(name):
    assert (NOTEBOOKS / name).stat().st_size < MOST_BYTES
