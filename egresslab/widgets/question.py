"""A control that asks `where` a question about one column, in the text that the shell takes."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets
import pandas as pd

from egresslab.frames import visible
from egresslab.views import where_arguments
from egresslab.widgets.asked_log import AskedLog
from egresslab.widgets.listener import Listener

WIDE = ipywidgets.Layout(width="auto")


class Question:
    """A line of text about a column; ``value`` is what `where` takes, None when nothing is asked."""

    def __init__(self, name: str, hint: str, changed: Callable[[Question], None]) -> None:
        self.name = name
        self.value: Any = None
        self._changed = changed
        self.text = ipywidgets.Text(placeholder=hint, continuous_update=False, layout=WIDE, tooltip=visible(name))
        self.message = ipywidgets.HTML(layout=WIDE)
        title = ipywidgets.HTML(f"<b>{escape(visible(name))}</b>")
        self.box = ipywidgets.VBox([title, self.text, self.message], layout=ipywidgets.Layout(flex="1 1 16em"))
        self._ear = Listener(self._heard)
        self._ear.to(self.text)

    def show(self, value: Any) -> None:
        """Take a value from elsewhere."""
        self.value = value
        self.say("")
        with self._ear.deaf():
            self._fill(value)

    def say(self, message: str) -> None:
        """Say what is wrong with what was written, in place."""
        self.message.value = message_of(message)

    def follow(self, log: AskedLog) -> None:
        """Take what the other controls leave over; a text has nothing to follow."""

    def _fill(self, value: Any) -> None:
        self.text.value = visible(_text_of(value))

    def _heard(self, control: Any) -> None:
        self.value = _asked(control.value)
        self._changed(self)


def message_of(text: str, colour: str = "#B00020") -> str:
    """Write a message that stands at its control."""
    return f'<div role="alert" style="color: {colour}; white-space: normal; line-height: 1.3">{escape(visible(text))}</div>' if text else ""


def hint_of(log: pd.DataFrame, name: str) -> str:
    """Say what can be asked of a column."""
    if name == "text":
        return "what any column holds; * is any text"
    dtype = log[name].dtype if name in log.columns else "str"
    if pd.api.types.is_numeric_dtype(dtype):
        return ">=1000, or 500..599"
    return "2026-11-23T10:00.." if pd.api.types.is_datetime64_any_dtype(dtype) else "a text in which * is any text"


def _text_of(value: Any) -> str:
    """Write a value of a query as the text that asks for it."""
    if value is None:
        return ""
    return f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _asked(text: str) -> Any:
    return where_arguments([f"value={text}"])["value"] if text.strip() else None
