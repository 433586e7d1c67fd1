"""The entries that a filter leaves, saved as a file: CSV for a spreadsheet, Parquet for a program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from egresslab.errors import FrameError
from egresslab.frames import write_csv
from egresslab.widgets.question import message_of


def save_lines(log: pd.DataFrame, path: str | Path) -> Path:
    """Write a log to a file by its suffix; a file that is there already stays as it is."""
    file = Path(path)
    if file.suffix not in _WRITERS:
        raise FrameError(f"{str(path)!r} does not say how the entries are to be saved; give a name that ends in {' or '.join(_WRITERS)}")
    if file.exists():
        raise FrameError(f"{str(path)!r} is there already; give another name, or remove it first")
    try:
        _WRITERS[file.suffix](log, file)
    except (OSError, TypeError, ValueError) as error:
        raise FrameError(f"{str(path)!r} cannot be written: {error}; give a name in a folder that you may write to") from error
    return file


def _write_parquet(log: pd.DataFrame, file: Path) -> None:
    log.to_parquet(file, index=False)


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {".csv": write_csv, ".parquet": _write_parquet}


class SaveControls:
    """A name and a button; what was saved, or why not, is said in place."""

    def __init__(self, frame: Callable[[], pd.DataFrame]) -> None:
        self._frame = frame
        self.name = ipywidgets.Text(placeholder="lines.csv or lines.parquet", layout=ipywidgets.Layout(width="18em"))
        self.button = ipywidgets.Button(description="Save these entries", layout=ipywidgets.Layout(width="auto"))
        self.message = ipywidgets.HTML()
        self.box = ipywidgets.HBox([self.name, self.button, self.message])
        self.button.on_click(self._on_click)

    def _on_click(self, button: Any) -> None:
        frame = self._frame()
        try:
            file = save_lines(frame, self.name.value.strip())
        except FrameError as error:
            self.message.value = message_of(str(error))
        else:
            self.message.value = message_of(f"saved {len(frame):,} entries to {file}", colour="#1B5E20")
