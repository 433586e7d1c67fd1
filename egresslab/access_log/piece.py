"""What one block of lines held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from egresslab.access_log.loose import Loose
from egresslab.access_log.messages import Message
from egresslab.access_log.origin import LABELS, Origin, Whose, whose_lines


@dataclass(slots=True)
class Stranger:
    """A line that nothing recognised, and why not."""

    line: int
    text: str
    reason: str
    pod: str | None = None
    container: str | None = None
    proxy: str | None = None


@dataclass
class Piece:
    """What one block held: entries as Arrow tables with their line numbers, and its other lines in order."""

    tables: list[Any] = field(default_factory=list)
    loose: Loose = field(default_factory=Loose)
    others: list[Message | Stranger] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)
    joined: list[int] = field(default_factory=list)
    whose: list[Any] = field(default_factory=list)
    lines: int = 0
    bytes: int = 0

    @property
    def rows(self) -> int:
        """How many entries it has."""
        return self.formats.total()

    def begin_at(self, line: int) -> None:
        """Number the lines from that of the first of them."""
        self._number(lambda n: n + line)

    def place(self, origin: Origin | None, strays: Mapping[int, Whose]) -> None:
        """Number the lines as those of the file that they were wrapped in, and note who wrote them."""
        for other in self.others if origin or strays else ():
            names = whose.labels() if (whose := strays.get(other.line)) else origin.at(other.line) if origin else {}
            other.pod, other.container, other.proxy = (names.get(name) for name in LABELS)
        self.whose = [whose_lines(strays)] if strays else []
        if origin:
            self.lines = origin.lines
            self.tables = [origin.labelled(table) for table in self.tables]
            self.whose += [origin.table(self.loose.numbers())] if origin.labels else []
            self._number(origin.numbers.__getitem__)

    def behind(self, lines: int) -> Piece:
        """Give its entries as those of a file that stands behind so many lines of others."""
        if lines:
            self._move(lambda n: n + lines)
        return self

    def _move(self, anew: Callable[[Any], Any]) -> None:
        self.tables, self.whose = ([_numbered(t, anew) for t in tables] for tables in (self.tables, self.whose))
        self.loose.move(anew)

    def _number(self, anew: Callable[[Any], Any]) -> None:
        self._move(anew)
        self.joined = [int(anew(n)) for n in self.joined]
        for other in self.others:
            other.line = int(anew(other.line))


def _numbered(table: Any, anew: Callable[[Any], Any]) -> Any:
    return table.set_column(table.column_names.index("line"), "line", pa.array(anew(table["line"].to_numpy())))
