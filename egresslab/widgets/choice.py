"""A control that lists the values of a column, each with its count, to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from egresslab.frames import visible
from egresslab.views.where_values import DASH
from egresslab.widgets.asked_log import AskedLog
from egresslab.widgets.column_values import ColumnValues
from egresslab.widgets.question import WIDE, Question

MOST_OPTIONS = 1_000
_LONGEST = 90
_ROWS = 7
_WIDTHS = {"upstream_cluster": "3 1 32em"}


class Choice(Question):
    """The values of a column with their counts among what the other controls leave: any of those chosen, or a pattern as text."""

    def __init__(self, name: str, values: ColumnValues, changed: Callable[[Question], None]) -> None:
        super().__init__(name, "or a pattern with *", changed)
        self._values = values.values
        self._counts = values.counts
        self.list = ipywidgets.SelectMultiple(rows=_ROWS, layout=WIDE, tooltip=visible(name))
        self.limit = ipywidgets.HTML()
        self.box.layout.flex = _WIDTHS.get(name, "1 1 16em")
        self.box.children = (*self.box.children[:2], self.list, self.limit, self.message)
        self._ear.to(self.list)

    def follow(self, log: AskedLog) -> None:
        """Count again; the order of the values stays, so that nothing moves away under a hand."""
        counts = self._counts(log.passing(but=self.name))
        listed = self._listed(counts)
        self.limit.value = _limit(len(listed), len(self._values))
        options = tuple((_label(value, counts.get(value, 0)), value) for value in listed)
        if options != self.list.options:
            chosen = self.list.value
            self._offer(options, chosen)

    def _listed(self, counts: dict[Any, int]) -> list[Any]:
        """Give the values that the list holds: all, or those chosen and those with most entries; chosen ones may be in no entry."""
        chosen = self.list.value
        every = list(dict.fromkeys([*self._values, *chosen]))
        if len(every) <= MOST_OPTIONS:
            return every
        rank = sorted(every, key=lambda value: (value not in chosen, -counts.get(value, 0)))
        listed = set(rank[:MOST_OPTIONS])
        return [value for value in every if value in listed]

    def _offer(self, options: tuple[tuple[str, Any], ...], chosen: tuple[Any, ...]) -> None:
        with self._ear.deaf(), self.list.hold_sync():
            self.list.options = options
            self.list.value = chosen

    def _fill(self, value: Any) -> None:
        chosen = tuple(value) if isinstance(value, list) else (value,) if value in self._values else ()
        if set(chosen) <= {value for _, value in self.list.options}:
            self.list.value = chosen
        else:
            self._offer(tuple((_label(value, 0), value) for value in chosen), chosen)
        super()._fill(None if chosen else value)

    def _heard(self, control: Any) -> None:
        if control is self.text:
            with self._ear.deaf():
                self.list.value = ()
            super()._heard(control)
            return
        with self._ear.deaf():
            self.text.value = ""
        self.value = list(control.value) or None
        self._changed(self)


def _label(value: Any, count: int) -> str:
    name = visible(str(value))
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return f"{count:,} · {'- (none)' if value == DASH else short}"


def _limit(listed: int, values: int) -> str:
    return f"{listed:,} of {values:,} values, those with most entries; a pattern finds the others" if listed < values else ""
