"""Places: where a row came from, as text that can be joined, split and opened again."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from egresslab.errors import FrameError


def place(source: str, line: int) -> str:
    """Write a place as ``source:line``, percent-quoted so that places can be joined by spaces.

    >>> place("my logs/sidecar.log", 7)
    'my%20logs/sidecar.log:7'
    """
    return f"{quote(source, safe='/.-_~')}:{line}"


def split_places(text: str) -> list[tuple[str, int]]:
    """Open joined places again; text that is no place is a FrameError.

    >>> split_places("my%20logs/sidecar.log:7 b.log:1")
    [('my logs/sidecar.log', 7), ('b.log', 1)]
    """
    parts = [p.rpartition(":") for p in text.split()]
    if odd := [source + mark + line for source, mark, line in parts if not (mark and re.fullmatch("[0-9]+", line))]:
        raise FrameError(f"{odd[0]!r} is no place; a place is a file and the number of a line, such as sidecar.log:17")
    return [(unquote(source), int(line)) for source, _, line in parts]
