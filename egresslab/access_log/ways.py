"""All ways to read a text as parts of a format: what they agree on is certain."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, partial

from egresslab.access_log.format import Operator, Part
from egresslab.access_log.values import values_of

_MOST = 20_000  # pairs of places that are looked at in one text


def agreed(parts: Sequence[Part], text: bytes, *, loose: bool = False) -> tuple[bytes | None, ...] | None:
    """Read a text: the value of each operator, None where ways to read it differ; None for all when there is no way.

    Loosely, what a client fills may hold quotes, too.
    """
    ways = _ways(parts, text, loose=loose)
    if ways is None:
        return None
    values = [{text[start:end] for start, end in way} for way, part in zip(ways, parts, strict=True) if isinstance(part, Operator)]
    return tuple(found.pop() if len(found) == 1 else None for found in values)


def _ways(parts: Sequence[Part], text: bytes, *, loose: bool) -> list[set[tuple[int, int]]] | None:
    """Give for each part where it can begin and end in a way that reaches the end of the text; None when none does, or they are too many."""
    ways: list[set[tuple[int, int]]] = []
    starts: Collection[int] = {0}
    for n, part in enumerate(parts):
        if isinstance(part, str):
            ways.append({(p, p + len(part.encode())) for p in starts if text.startswith(part.encode(), p)})
        else:
            ends = _ends(parts[n + 1 :], text)
            if len(starts) * len(ends) > _MOST:
                return None
            fits = partial(_pattern(part, loose=loose).fullmatch, text)
            ways.append({(p, q) for p in starts for q in ends if p <= q and fits(p, q)})
        starts = {q for _, q in ways[-1]}
    last = {len(text)}
    for n in reversed(range(len(parts))):
        ways[n] = {(p, q) for p, q in ways[n] if q in last}
        last = {p for p, _ in ways[n]}
    return ways if last else None


def _ends(behind: Sequence[Part], text: bytes) -> Collection[int]:
    """Give the places where a part may end: before the literal behind it."""
    if not behind:
        return (len(text),)
    if isinstance(behind[0], Operator):
        return range(len(text) + 1)
    return [found.start() for found in re.finditer(rb"(?=%s)" % re.escape(behind[0].encode()), text)]


@cache
def _pattern(operator: Operator, *, loose: bool) -> re.Pattern[bytes]:
    values = values_of(operator)
    return re.compile((values.loose if loose else values.pattern).encode(), re.DOTALL)
