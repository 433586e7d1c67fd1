"""What the kernel knows of the cell or the click that it is busy with."""

from __future__ import annotations

from typing import Any

from IPython import get_ipython


def cell_id() -> str | None:
    """Name the cell that is run; None outside a notebook, and in a reader that does not tell."""
    found: str | None = _parent().get("metadata", {}).get("cellId")
    return found


def answers_a_click() -> bool:
    """Tell whether a control was moved by hand, in the notebook, and not by a cell."""
    return bool(_parent().get("header", {}).get("msg_type") == "comm_msg")


def _parent() -> Any:
    kernel = getattr(get_ipython(), "kernel", None)
    return (kernel.get_parent() or {}) if kernel else {}
