"""Several records on one line, or one behind other text: cut where one begins, when each of them is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache

from egresslab.access_log.format import LogFormat
from egresslab.access_log.fragments import elided
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.pattern import TIME, match_any, pattern_of

Values = dict[str, str]

_BEGIN = re.compile(rf'\[{TIME}\] "')
_BETWEEN = re.compile(r"[\s,;]*")
_FRONT = 200  # characters that may stand in front of a record: a prompt, a name, a command
_MOST = 50
_MORE_QUOTES = 8  # as many as fields behind the last may have; with more in a line a pattern has too many ways
_OWN_ROUTES = ("-", "default", "allow_any", "block_all")


def is_several(text: str) -> bool:
    """Tell whether several records begin on a line; a client can write the beginning of one into a header, too."""
    return text.count('Z] "') > 1 and len(_BEGIN.findall(text)) > 1


def records_of(text: str, formats: Sequence[LogFormat], keys: Keys | None) -> list[str]:
    """Cut a line into its records; none unless each of them is whole."""
    if keys and (found := _objects(text, keys)):
        return found
    starts = [found.start() for found in _BEGIN.finditer(text)][: _MOST + 1]
    if not starts or starts == [0] or starts[0] > _FRONT or len(starts) > _MOST or '"' in text[: starts[0]]:
        return []
    records = [text[start:end].strip(" \t\r,;`") for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return records if all(match_any(formats, r.encode(), loose=False) for r in records) else []


def _objects(text: str, keys: Keys) -> list[str]:
    at = text.find("{") if text.rstrip(", ;").endswith("}") else -1
    if not 0 <= at <= _FRONT or (at and text[at - 1] not in " \t:=|]'"):
        return []
    found: list[str] = []
    for start, end, entry in _decoded(text, at):
        if not keys.fit(entry):
            return []
        found.append(text[start:end])
    return found if at or len(found) > 1 else []


def _decoded(text: str, at: int) -> Iterator[tuple[int, int, dict[str, object]]]:
    """Give the objects that follow one another to the end of a text; one without keys when something else does."""
    decoder = json.JSONDecoder()
    for _ in range(_MOST):
        try:
            entry, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            entry, end = None, len(text)
        yield at, end, entry if isinstance(entry, dict) else {}
        found = _BETWEEN.match(text, end)
        at = found.end() if found else end
        if at >= len(text):
            return
    yield at, at, {}


def from_record(text: str) -> str:
    """Give a line from where its record begins: in front of it may stand a name or a command."""
    found = _BEGIN.search(text[: _FRONT + 50])
    return text[found.start() :] if found and '"' not in text[: found.start()] else text


def read_behind(text: str, formats: Sequence[LogFormat]) -> Values | None:
    """Read a record that has other text behind it, by the longest format that fits its beginning."""
    line = text.encode()
    marks = line.count(b'"')
    found = [(m.end(), f, m) for f in formats if 0 <= marks - _quotes(f) <= _MORE_QUOTES and (m := _beginning(f).match(line))]
    if not found:
        return None
    end, log_format, groups = max(found, key=lambda f: f[0])
    values = {o.column: v.decode() for o, v in zip(log_format.operators, groups.groups(), strict=True)}
    last, behind = log_format.operators[-1].column, line[end:].strip()
    if last == "route_name" and values[last] not in _OWN_ROUTES and behind[:1] not in (b'"', b"-"):
        del values[last]  # a route's name may hold blanks
    return {column: value for column, value in values.items() if not elided(column, value)}


@cache
def _beginning(log_format: LogFormat) -> re.Pattern[bytes]:
    return re.compile(pattern_of(log_format, strict=True).pattern + b"(?= )")


@cache
def _quotes(log_format: LogFormat) -> int:
    return sum(p.count('"') for p in log_format.parts if isinstance(p, str))
