"""Cells run in a kernel of their own, as a notebook that is saved without the state of its widgets."""

from __future__ import annotations

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config


def executed(sources, folder):
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    kernel = Config({"KernelManager": {"transport": "ipc", "connection_file": str(folder / "k.json")}})  # ipykernel warns of TCP
    quiet = ["--HistoryManager.enabled=False"]
    return NotebookClient(notebook, config=kernel, timeout=120, store_widget_state=False, extra_arguments=quiet).execute()
