"""Places: where a row came from, as text that can be joined, split and opened again."""

from __future__ import annotations

from urllib.parse import quote, unquote


def place(source: str, line: int) -> str:
    """Write a place as ``source:line``, percent-quoted so that places can be joined by spaces.

    >>> place("my logs/sidecar.log", 7)
    'my%20logs/sidecar.log:7'
    """
    return f"{quote(source, safe='/.-_~')}:{line}"


def split_places(text: str) -> list[tuple[str, int]]:
    """Open joined places again.

    >>> split_places("my%20logs/sidecar.log:7 b.log:1")
    [('my logs/sidecar.log', 7), ('b.log', 1)]
    """
    return [(unquote(source), int(line)) for source, _, line in (p.rpartition(":") for p in text.split())]
