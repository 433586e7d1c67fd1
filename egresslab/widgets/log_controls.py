"""The controls of a LogFilter: one for each column that is asked about, and what any click changes in all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from egresslab.errors import FrameError
from egresslab.frames import visible
from egresslab.widgets.asked_log import AskedLog
from egresslab.widgets.choice import Choice
from egresslab.widgets.column_values import ColumnValues, has_few_values
from egresslab.widgets.listener import Listener
from egresslab.widgets.question import WIDE, Question, hint_of
from egresslab.widgets.time_range import TimeRange

FIRST = ("response_flags", "upstream_cluster", "egress_class", "start_time", "text")
_ROW = ipywidgets.Layout(display="flex", flex_flow="row wrap", align_items="flex-start", grid_gap="4px 12px")


class LogControls:
    """What is asked of a log, as widgets; ``changed`` is called when the answer is another."""

    def __init__(self, log: AskedLog, *, query: dict[str, Any], changed: Callable[[], None]) -> None:
        self._log, self._changed = log, changed
        self._excluded: dict[str, Any] = {}
        self._answered: dict[str, Any] = {}
        self.columns: dict[str, Question] = {}
        self.more = ipywidgets.Dropdown(layout=WIDE, tooltip="ask about another column")
        another = [ipywidgets.HTML("<b>another column</b>"), self.more]
        self._another = ipywidgets.VBox(another, layout=ipywidgets.Layout(flex="0 1 14em"))
        self._lists, self._texts = ipywidgets.Box(layout=_ROW), ipywidgets.Box(layout=_ROW)
        self.box = ipywidgets.VBox([self._lists, self._texts])
        Listener(self._heard_more).to(self.more)
        for name in FIRST:
            self._add(name)
        self.ask(query)

    @property
    def query(self) -> dict[str, Any]:
        """The keywords of `where`."""
        said = {name: control.value for name, control in self.columns.items() if control.value is not None}
        return {**said, **({"exclude": self._excluded} if self._excluded else {})}

    def ask(self, query: Mapping[str, Any]) -> None:
        """Ask another query from elsewhere; when it is none it raises FrameError and nothing changes."""
        asked = {name: value for name, value in query.items() if value is not None}
        self._log.ask(asked)
        self._excluded = dict(asked.pop("exclude", {}))
        for name in asked.keys() - self.columns.keys():
            self._add(name)
        for name, control in self.columns.items():
            control.show(asked.get(name))
        self._follow()

    def _add(self, name: str) -> None:
        self.columns[name] = self._control(name)
        known = [str(c) for c in self._log.log.columns if c not in self.columns]
        self.more.options = [("choose …", ""), *((visible(name), name) for name in sorted(known))]
        self.more.value = ""
        controls = self.columns.values()
        self._lists.children = tuple(control.box for control in controls if isinstance(control, Choice))
        self._texts.children = (*(control.box for control in controls if not isinstance(control, Choice)), self._another)

    def _control(self, name: str) -> Question:
        log = self._log.log
        if name == "start_time":
            return TimeRange(log, self._heard)
        if has_few_values(log, name):
            return Choice(name, ColumnValues(log, name), self._heard)
        return Question(name, hint_of(log, name), self._heard)

    def _heard_more(self, more: Any) -> None:
        if more.value and more.value not in self.columns:
            self._add(more.value)
            self._follow()

    def _heard(self, control: Question) -> None:
        try:
            self._log.ask(self.query)
        except FrameError as error:
            control.value = self._answered.get(control.name)
            control.say(f"{error}. What stands below is the answer before")
            return
        control.say("")
        self._follow()
        self._changed()

    def _follow(self) -> None:
        self._answered = self.query
        for control in self.columns.values():
            control.follow(self._log)
