"""How a widget shows its results: as outputs of their own, beside the controls, so that they are saved with the notebook."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from IPython.display import display, update_display

Bundle = tuple[dict[str, Any], dict[str, Any]]


class Handles:
    """The display handles of one widget: shown once or more, and updated wherever they stand."""

    def __init__(self) -> None:
        self._ids: list[str] = []

    def show(self, controls: Any, without_kernel: str, results: list[Any]) -> None:
        """Show the controls, as text only what they are (their own text would list all options), and the results below."""
        self._ids = self._ids or [uuid4().hex for _ in results]
        display({**controls._repr_mimebundle_(), "text/plain": without_kernel}, raw=True)
        for result, display_id in zip(results, self._ids, strict=True):
            _send(display, result, display_id)

    @property
    def shown(self) -> bool:
        """Whether there is anything to update."""
        return bool(self._ids)

    def update(self, results: list[Any]) -> None:
        """Put new results in the place of those shown."""
        for result, display_id in zip(results, self._ids, strict=True):
            _send(update_display, result, display_id)


def _send(how: Any, result: Any, display_id: str) -> None:
    """Send an object, or the mime bundle and metadata that were made of it."""
    if isinstance(result, tuple):
        how(result[0], metadata=result[1], raw=True, display_id=display_id)
    else:
        how(result, display_id=display_id)
