"""How far a long reading is, for a person who watches it."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

_PATIENCE = 2  # s


class Progress:
    """A bar in a terminal or a live notebook, once reading has taken two seconds; nowhere else, and nothing of it stays."""

    def __init__(self, total: int | None) -> None:
        self._total, self._done, self._bar = total, 0, None
        self._begun = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self, size: int) -> None:
        """Note that more bytes were read."""
        self._done += size
        if self._bar is not None:
            self._bar.update(size)
        elif time.monotonic() - self._begun > _PATIENCE and is_watched():
            self._bar = _bar(self._total, self._done)


def is_watched() -> bool:
    """Tell whether a person sees what is printed now: in a terminal, or in a notebook that somebody can type into."""
    if sys.stderr.isatty():
        return True
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))  # nbconvert and nbclient allow none


def _bar(total: int | None, done: int) -> Any:
    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        monitor_interval = 0  # no thread that outlives the reading

    return Bar(desc="reading", total=total, initial=done, unit="B", unit_scale=True, leave=False)
