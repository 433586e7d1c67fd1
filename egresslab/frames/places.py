"""Places: where a row came from, as text that can be joined, split and opened again."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from egresslab.errors import FrameError


def place(source: str, at: int | str) -> str:
    """Write a place as ``source:line`` or ``source#pointer``, percent-quoted so that places can be joined by spaces.

    >>> place("my logs/sidecar.log", 7), place("config_dump.json", "/configs/1/dynamic_active_clusters/0")
    ('my%20logs/sidecar.log:7', 'config_dump.json#/configs/1/dynamic_active_clusters/0')
    """
    file = quote(source, safe="/.-_~")
    return f"{file}:{at}" if isinstance(at, int) else f"{file}#{quote(at, safe='/.-_~')}"


def split_places(text: str) -> list[tuple[str, int | str]]:
    """Open joined places again; text that is no place is a FrameError.

    >>> split_places("my%20logs/sidecar.log:7 dump.json#/configs/1")
    [('my logs/sidecar.log', 7), ('dump.json', '/configs/1')]
    """
    return [_opened(part) for part in text.split()]


def _opened(part: str) -> tuple[str, int | str]:
    file, mark, pointer = part.partition("#")
    if mark and file and pointer:
        return unquote(file), unquote(pointer)
    source, mark, line = part.rpartition(":")
    if not (mark and re.fullmatch("[0-9]+", line)):
        raise FrameError(f"{part!r} is no place; a place is a file and the number of a line, such as sidecar.log:17, or a file and a pointer")
    return unquote(source), int(line)
