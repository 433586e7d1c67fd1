"""Tables as istioctl and kubectl print them: columns that stand under their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

_GAP = re.compile(r"\t| {2,}")
_PART = re.compile(r"\S+(?: \S+)*")
_NEAR = 3


class Row(NamedTuple):
    """One row: the number of its line, counted from 1, and its cells by column; an empty cell is ``""``."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """One table of a text: its columns as the header names them, and the rows below, up to an empty line or the next header."""

    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)  # numbers of the lines among them that can be no row


class _Column(NamedTuple):
    name: str
    start: int


def tables_of(text: str, columns: Iterable[str]) -> Iterator[Table]:
    r"""Find the tables whose headers are made of known column names, each a regular expression.

    Any text may stand before and after a table, and text right below it looks like rows: whoever asks knows which cells its rows can hold.

    >>> table, = tables_of("$ istioctl pc s\nNAME     TYPE\ndefault  Cert Chain\n", ["NAME", "TYPE"])
    >>> table.rows
    [Row(line=3, cells={'NAME': 'default', 'TYPE': 'Cert Chain'})]
    """
    header = re.compile(rf"(?:{'|'.join(sorted(columns, key=len, reverse=True))})(?:\s+|$)")
    table, places = None, list[_Column]()
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip()
        if found := _columns(line, header):
            if table:
                yield table
            table, places = Table(tuple(c.name for c in found)), found
        elif table and line:
            if (cells := _cells(line, places)) is not None:
                table.rows.append(Row(number, dict(zip(table.columns, cells, strict=True))))
            else:
                table.unread.append(number)
        elif table and table.rows:
            yield table
            table = None
    if table:
        yield table


def _columns(line: str, header: re.Pattern[str]) -> list[_Column]:
    """Give the columns of a line that is made of two or more different column names, else none."""
    found: list[_Column] = []
    at = len(line) - len(line.lstrip())
    while at < len(line):
        if not (match := header.match(line, at)):
            return []
        found.append(_Column(match.group().rstrip(), at))
        at = match.end()
    return found if len(found) == len({c.name for c in found}) > 1 else []


def _cells(line: str, columns: list[_Column]) -> list[str] | None:
    """Cut a row under its header, or, where it has moved, at its gaps; None when it cannot be a row."""
    starts = [c.start for c in columns]
    if "\t" not in line and not line[: starts[0]].strip() and (cells := _below(line, starts) or _nearest(line, starts) or _moved(line, starts)):
        return cells
    parts, words = _GAP.split(line), line.split()
    if len(parts) != len(columns) == len(words):
        return words
    return [*map(str.strip, parts), *[""] * (len(columns) - len(parts))] if 1 < len(parts) <= len(columns) else None


def _below(line: str, starts: list[int]) -> list[str] | None:
    cells = [line[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    return [c.strip() for c in cells] if _stand_below(cells) else None


def _moved(line: str, starts: list[int]) -> list[str] | None:
    """Cut a row of which all but the first cell has moved, as istioctl moves those of pipes, and people by another name; cells may be empty."""
    if not (gap := _GAP.search(line)):
        return None
    for column in range(1, len(starts)):
        cells = _below(line, [starts[0], *(start + gap.end() - starts[column] for start in starts[column:])])
        if cells and not any(map(_GAP.search, cells)):
            return [cells[0], *[""] * (column - 1), *cells[1:]]
    return None


def _nearest(line: str, starts: list[int]) -> list[str] | None:
    """Give each part to the column that begins next to it, as names that somebody has replaced leave them; None when one stands amid two."""
    cells, last = [""] * len(starts), -1
    for part in _PART.finditer(line):
        column = min(range(len(starts)), key=lambda n: abs(starts[n] - part.start()))
        if column <= last or abs(starts[column] - part.start()) > _NEAR:
            return None
        cells[column], last = part.group(), column
    return cells if last > 0 else None


def _stand_below(cells: list[str]) -> bool:
    """Tell whether each cell begins where its column does, and leaves a gap before the next."""
    begin = all(not c.startswith(" ") or c.isspace() for c in cells)
    return begin and all(not after or cell.endswith(" ") for cell, after in pairwise(cells))
