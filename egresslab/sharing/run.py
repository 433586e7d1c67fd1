"""Run a notebook with parameters, and take the machine it ran on out of what it leaves."""

from __future__ import annotations

import ast
import os
import sys
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell
from traitlets import default
from traitlets.config import Config

from egresslab.errors import ReportError

CELL_TIMEOUT_S = 600

# Tags of papermill, so that it can run our notebooks, too.
_DEFAULTS, _GIVEN = "parameters", "injected-parameters"


class _ThisPython(AsyncKernelManager):
    """Start this Python and no other: a kernel that the user installed under the same name may not know egresslab."""

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])

    @default("transport")
    def _transport_default(self) -> str:
        return "tcp" if os.name == "nt" else "ipc"


def parameters_of(notebook: Any) -> dict[str, Any]:
    """Give the parameters of a notebook with their defaults: the names its cell tagged ``parameters`` sets."""
    at = _tagged(notebook, _DEFAULTS)
    if at is None:
        raise ReportError("the notebook has no cell tagged 'parameters'; tag the cell that sets paths and what else may be changed")
    found: dict[str, Any] = {}
    for node in ast.parse(notebook.cells[at].source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        found |= {target.id: ast.literal_eval(node.value) for target in targets if isinstance(target, ast.Name)}
    return found


def run(notebook: Any, values: Mapping[str, Any]) -> tuple[Any, Exception | None]:
    """Run a copy of a notebook with values for its parameters; give it with its outputs, and what stopped it."""
    executed = deepcopy(notebook)
    executed.cells = [cell for cell in executed.cells if _GIVEN not in cell.metadata.get("tags", [])]
    executed.cells.insert((_tagged(executed, _DEFAULTS) or 0) + 1, new_code_cell(_assignments(values), metadata={"tags": [_GIVEN]}))
    with tempfile.TemporaryDirectory() as folder:  # the kernel's sockets lie beside its connection file
        client = NotebookClient(
            executed,
            kernel_manager_class=_ThisPython,
            kernel_name=NATIVE_KERNEL_NAME,
            config=Config(ConnectionFileMixin={"connection_file": str(Path(folder) / "kernel.json")}),
            timeout=CELL_TIMEOUT_S,
            record_timing=False,
            shutdown_kernel="immediate",
            extra_arguments=["--HistoryManager.enabled=False"],
        )
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as failure:
            return executed, failure
    return executed, None


def failure_of(executed: Any, failure: Exception) -> str:
    """Say in one line what stopped a notebook, and where."""
    if not isinstance(failure, CellExecutionError):
        return f"the notebook did not finish: {str(failure).splitlines()[0]}"
    number = len(executed.cells)
    at = next(i for i in range(number) if any(output.output_type == "error" for output in executed.cells[i].get("outputs", [])))
    return f"cell {at + 1} of {number} failed: {failure.ename}: {failure.evalue}"


def without_machine(executed: Any, values: Mapping[str, Any]) -> Any:
    """Leave the folders of this machine out of an executed notebook: in its parameters, errors and warnings."""
    out = deepcopy(executed)
    names = [Path(path).name for path in values["paths"]]
    for cell in out.cells:
        if _GIVEN in cell.metadata.get("tags", []):
            cell.source = _assignments({**values, "paths": names})
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.evalue = without_folders(output.evalue, values["paths"])
                output.traceback = [f"{output.ename}: {output.evalue}"]
            elif output.get("name") == "stderr":
                output.text = without_folders(output.text, values["paths"])
    return out


def without_folders(text: str, paths: list[str]) -> str:
    """Cut the folders that say where on this machine things lie from a text."""
    machine = [Path.cwd(), Path.home(), Path(sys.prefix), Path(__file__).parents[2], Path(tempfile.gettempdir())]
    folders = [*(Path(path).parent for path in paths), *machine]
    for folder in sorted({f"{folder}{os.sep}" for folder in folders if folder != Path(folder.anchor)}, key=len, reverse=True):
        text = text.replace(folder, "")
    return text


def _tagged(notebook: Any, tag: str) -> int | None:
    return next((i for i, cell in enumerate(notebook.cells) if tag in cell.metadata.get("tags", [])), None)


def _assignments(values: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {value!r}" for name, value in values.items())
