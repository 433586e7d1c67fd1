"""An ear for what is done by hand: it does not hear the changes that a widget makes to its own controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Listener:
    """Calls back with the control whose value was changed."""

    def __init__(self, heard: Callable[[Any], None]) -> None:
        self._heard, self._deaf = heard, 0

    def to(self, *controls: Any) -> None:
        """Listen to controls."""
        for control in controls:
            control.observe(self._on_value, "value")

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Hear nothing while controls are filled."""
        self._deaf += 1
        try:
            yield
        finally:
            self._deaf -= 1

    def _on_value(self, change: Any) -> None:
        if not self._deaf:
            self._heard(change.owner)
