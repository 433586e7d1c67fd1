"""A log by hand: choose flags, clusters and times, and read the chart, the lines and the code of the choice."""

from __future__ import annotations

from keyword import iskeyword
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from egresslab.cases import Case
from egresslab.charts import chart_timeline
from egresslab.charts.renderer import render
from egresslab.frames import log_of, visible
from egresslab.views import where
from egresslab.widgets.asked_log import AskedLog
from egresslab.widgets.handles import Handles
from egresslab.widgets.kernel import answers_a_click
from egresslab.widgets.log_controls import LogControls
from egresslab.widgets.remembered import plain, recall, remember
from egresslab.widgets.saved_lines import SaveControls, save_lines
from egresslab.widgets.shown_lines import MOST_LINES, ShownLines

_WITHOUT_KERNEL = "LogFilter: its controls live as long as the kernel; chart and lines of the last choice stand below"


class LogFilter:
    """A hand on `where`: choose what is asked of a log, and see it over time and line by line.

    Parameters
    ----------
    given
        A Case or a log frame.
    **query
        What `where` takes, to begin with. When the cell runs again on the same log (the same files, as many entries, the same first and last
        time) and begins with the same, the last choice is there again.

    Raises
    ------
    FrameError
        When it is no log, or the query is not what `where` takes. What is written into a control never raises: it says there what is wrong.

    Examples
    --------
    >>> import egresslab as eg
    >>> f = eg.LogFilter(eg.sample("busy"), response_flags=["UH"])
    >>> f.code, len(f.frame)
    ("eg.where(case, response_flags=['UH'])", 2660)
    """

    def __init__(self, given: Any, /, **query: Any) -> None:
        self._log = log_of(given)
        self._holder = "case" if isinstance(given, Case) else "log"
        self._asked = AskedLog(self._log)
        start = plain(query)
        self.controls = LogControls(self._asked, query=start, changed=self._changed)
        self._key, last = recall(self._log, start)
        if last is not None:
            self.controls.ask(last)
        self.saving = SaveControls(lambda: self.frame)
        self._handles = Handles()

    @property
    def query(self) -> dict[str, Any]:
        """What is chosen: the keywords of `where`. Set it to choose by code, such as ``f.query = {"response_flags": ["UF"]}``."""
        return self.controls.query

    @query.setter
    def query(self, query: dict[str, Any]) -> None:
        self.controls.ask(plain(query))
        self._changed()

    @property
    def frame(self) -> pd.DataFrame:
        """The entries that are chosen: a ``log`` frame."""
        return where(self._log, **self.query)

    @property
    def code(self) -> str:
        """The expression that gives the same entries without this widget."""
        named = {name: value for name, value in self.query.items() if name.isidentifier() and not iskeyword(name)}
        other = {name: value for name, value in self.query.items() if name not in named}
        asked = [f"{name}={value!r}" for name, value in named.items()] + ([f"**{other!r}"] if other else [])
        return f"eg.where({', '.join([self._holder, *asked])})"

    def save(self, path: str | Path) -> Path:
        """Save the chosen entries by the suffix of a name: ``.csv``, in which no cell is a formula, or ``.parquet``."""
        return save_lines(self.frame, path)

    def __repr__(self) -> str:
        return f"LogFilter: {int(self._asked.passing().sum()):,} of {len(self._log):,} entries\n{visible(self.code)}"

    def _ipython_display_(self) -> None:
        box = ipywidgets.VBox([self.controls.box, self.saving.box])
        self._handles.show(box, _WITHOUT_KERNEL, self._results())

    def _changed(self) -> None:
        remember(self._key, self.query)
        if self._handles.shown:
            self._handles.update(self._results(picture=not answers_a_click()))

    def _results(self, *, picture: bool = True) -> list[Any]:
        kept = self._asked.drawable()
        chart = render(chart_timeline(kept).to_dict(), picture=picture)
        return [chart, ShownLines(self.code, len(kept), len(self._log), self._asked.newest(MOST_LINES))]
