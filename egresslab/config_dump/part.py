"""What one file of a config held, before the files of one proxy are brought together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from egresslab.config_dump.rows import Rows


@dataclass
class Part:
    """The rows of one file, by frame."""

    kind: str
    node: str | None = None
    has_endpoints: bool = False
    skipped: int = 0  # lines or objects that were not understood
    rows: dict[str, Rows] = field(default_factory=dict)

    def of(self, frame: str) -> Rows:
        """Give the rows of a frame, to add to."""
        if frame not in self.rows:
            self.rows[frame] = Rows(frame)
        return self.rows[frame]

    def add(self, frame: str, roots: dict[str, Any] | None = None, /, **computed: Any) -> None:
        """Make a row and add it to a frame; see :class:`Rows`."""
        rows = self.of(frame)
        rows.append(rows.made(roots or {}, computed))

    def refused(self) -> set[tuple[Any, Any]]:
        """What was refused so far, and why."""
        columns = self.of("rejected").columns
        return set(zip(columns["name"], columns["because"], strict=True))
