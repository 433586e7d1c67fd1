"""One line without its wrapping, and whether that makes it known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from egresslab.access_log.cast import text_of
from egresslab.access_log.format import LogFormat
from egresslab.access_log.jsonl import Keys, json_object
from egresslab.access_log.messages import message_of
from egresslab.access_log.origin import NOBODY, Whose
from egresslab.access_log.paths import parsed
from egresslab.access_log.pattern import match_any
from egresslab.access_log.wrappings import Shape, prefixes, shape_of
from egresslab.access_log.ztunnel import entries_of, may_hold

GROUPS = ("pod", "container", "namespace")
DEEPEST = 3  # layers

Known = Callable[[bytes], bool]


def reads(line: bytes, formats: Sequence[LogFormat], keys: Keys | None, *, surely: bool = False) -> bool:
    """Tell whether a line is an entry or one of the proxy's own as it stands; surely, when no other program writes such a line."""
    text = text_of(line)
    if match_any(formats, line, loose=not surely) or (may_hold(line) and any(True for _ in entries_of([text], [0]))):
        return True
    entry = json_object(text) if text.startswith("{") else None
    return (entry is not None and keys is not None and keys.fit(entry)) or (not surely and message_of(text, 0) is not None)


def in_prefix(line: bytes, known: Known, depth: int = DEEPEST - 1) -> tuple[bytes, Whose] | None:
    """Take prefixes off one line, and tell who wrote it; None when no line that is known stands behind them."""
    for prefix in prefixes():
        if found := prefix.alone.match(line):
            inner, whose = line[found.end() :], Whose(*(text_of(found.groupdict().get(g) or b"") for g in GROUPS))
            if known(inner):
                return inner, whose
            if depth and (deeper := in_prefix(inner, known, depth - 1)):
                return deeper[0], Whose(*(a or b for a, b in zip(deeper[1], whose, strict=True)))
    return None


class Opened(NamedTuple):
    """The line in an object, who wrote it, and whether it ends here; without a shape it is no such object."""

    text: bytes
    shape: Shape | None = None
    whose: Whose = NOBODY
    ends: bool = True


def in_shape(line: bytes, keys: Keys | None) -> Opened:
    """Give the line in an object; keys of a given format are no wrapping."""
    entry = _object(line) if line.startswith(b"{") else None
    found = shape_of(entry) if entry else None
    if entry is None or found is None or (keys and keys.given and any(m[0] in (keys.given.keys or {}) for m in found[0].marks)):
        return Opened(line)
    ends = entry.get("logtag") != "P" and entry.get("partial_message") != "true"  # as agents keep the marks of CRI and of docker
    return Opened(found[1], found[0], found[0].who(entry), ends)


def _object(line: bytes) -> Any:
    try:
        return parsed(line)
    except ValueError:  # half characters and numbers that only Python takes
        return json_object(line)
