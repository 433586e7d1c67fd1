"""A control that asks for a range of time, as text or with a slider whose steps are the bars of the chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import pandas as pd

from egresslab.views import timeline
from egresslab.widgets.asked_log import AskedLog
from egresslab.widgets.question import WIDE, Question

_DAY = pd.Timedelta("1D")
_SECOND = pd.Timedelta("1s")


class TimeRange(Question):
    """When the entries started [UTC]: the slider writes the text, and shows the span of a text that was written."""

    def __init__(self, log: pd.DataFrame, changed: Callable[[Question], None]) -> None:
        super().__init__("start_time", "10:00..10:05", changed)
        self.box.layout.flex = "2 1 24em"
        counted = timeline(log)
        self._width = pd.Timedelta(seconds=int(counted["bucket_s"].iloc[0]) if len(counted) else 1)
        first, last = counted["time"].min(), counted["time"].max()
        self._starts = pd.date_range(first, last, freq=self._width) if len(counted) else pd.DatetimeIndex([])
        if len(counted):
            self.text.placeholder = f"{first:%Y-%m-%dT%H:%M}.."
        self._written = False
        self.slider = ipywidgets.SelectionRangeSlider(options=self._options(), continuous_update=False, layout=WIDE)
        self.slider.index = self._all
        if len(self._starts) > 1:
            self.box.children = (*self.box.children[:2], self.slider, self.message)
        self._ear.to(self.slider)

    @property
    def _all(self) -> tuple[int, int]:
        return 0, max(len(self._starts) - 1, 0)

    def _options(self) -> list[tuple[str, int]]:
        clock = "%H:%M:%S" if len(self._starts) and self._starts[-1] - self._starts[0] < _DAY else "%m-%d %H:%M"
        return [(f"{start:{clock}}", i) for i, start in enumerate(self._starts)] or [("", 0)]

    def follow(self, log: AskedLog) -> None:
        """Move the slider to the span that a written text leaves."""
        if self._written and len(self._starts):
            span = log.span(self.name)
            found = self._all if self.value is None or pd.isna(span[0]) else tuple(self._starts.searchsorted(span, side="right") - 1)
            with self._ear.deaf():
                self.slider.index = found
            self._written = False

    def _fill(self, value: Any) -> None:
        super()._fill(value)
        self._written = True

    def _heard(self, control: Any) -> None:
        if control is self.text:
            self._written = True
            super()._heard(control)
            return
        self.value = None if self.slider.index == self._all else self._asked(*self.slider.index)
        with self._ear.deaf():
            super()._fill(self.value)
        self._changed(self)

    def _asked(self, first: int, last: int) -> str:
        """Write a range whose ends are both included."""
        ends = self._starts[first], self._starts[last] + self._width - _SECOND
        return "..".join(f"{end:%Y-%m-%dT%H:%M:%S}" for end in ends)
