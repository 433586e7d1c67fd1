"""Entries that a terminal, a mail or an editor broke into several lines, and objects printed prettily: made one again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise, product
from typing import Any

from egresslab.access_log.format import LogFormat, Operator
from egresslab.access_log.fragments import is_marked_up, spoiled
from egresslab.access_log.jsonl import Keys, json_object, torn_object
from egresslab.access_log.pattern import TIME, pattern_of

Values = dict[str, str]

_MOST_LINES = 12  # an entry of 1,000 characters in columns of 80
_LONGEST = 16_384
_MOST_DOUBTS = 6
_PRETTY = 200
_BEGINS = re.compile(rf"\[?{TIME}|\{{|\[(?:\.{{3,}}|…)\]|\"(?:[A-Z]{{3,}} \S|- - )")
_ENDS = r"(?: (?:-|default|allow_any|block_all|\S*\.\S*)){0,2}"
_GOES_ON = re.compile(rf'["|=]|\w[.:/_]\w|^(?:\d+|-){_ENDS}$|^\S*$')
_SOLID = ("path", "response_code_details", "upstream_transport_failure_reason")  # Envoy writes no blank in them, nor since 1.9 in reasons
_BARE = ("upstream_cluster", "upstream_local_address", "downstream_local_address", "downstream_remote_address", "requested_server_name", "route_name")
_GLUED = re.compile(r"\w+ (?:-.|.+-$|.*:\d+[^\d])|upstream_cluster .*:\d+$")  # two fields that lost the blank between them
_QUOTED = re.compile(r'"[^"]*"')
_COMMENT = re.compile(r"\s+(?:#|//)\s.*$|^\s*(?:#|//).*$")
_ELISION = re.compile(r'^\s*(?:\[?(?:\.{3}|…)\]?|"?(?:\.{3}|…)"?),?\s*$')


def begins(text: str) -> bool:
    """Tell whether a line begins an entry."""
    return _BEGINS.match(text) is not None


def run_of(lines: Sequence[str], at: int, numbers: Sequence[int], most: int = _MOST_LINES) -> list[str]:
    """Give a line and those right behind it that may go on with it: none of them begins an entry or is blank."""
    end = at + 1
    while end < min(len(lines), at + most) and numbers[end] == numbers[end - 1] + 1 and not begins(lines[end]) and _GOES_ON.search(lines[end]):
        end += 1
    return list(lines[at:end])


def join_text(run: Sequence[str], formats: Iterable[LogFormat]) -> tuple[int, Values] | None:
    """Read a text entry that stands in several lines: how many, and the values that are the same wherever a blank was lost."""
    found, marks, length = None, 0, 0
    for n, line in enumerate(run, 1):
        marks, length = marks + line.count('"'), length + len(line)
        if length > _LONGEST:
            break
        likely = [f for f in formats if _shape(f)[0] == marks] if n > 1 else []
        if likely and (readings := [v for text in _joined(run[:n]) for v in _read(text, likely)]):
            found = n, agreed(readings)
    return found


def agreed(readings: Sequence[Values]) -> Values:
    """Give the values on which all readings agree."""
    return {column: text for column, text in readings[0].items() if all(other.get(column) == text for other in readings[1:])}


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Give the ways to put lines together: with a blank wherever one must have been, else with one or without."""
    ways, inside = [], False
    for line, after in pairwise(lines):
        inside ^= line.count('"') % 2 == 1
        ways.append(("",) if line.endswith(" ") else (" ",) if not inside and (line.endswith('"') or after.startswith('"')) else ("", " "))
    few = sum(len(w) > 1 for w in ways) <= _MOST_DOUBTS
    for gaps in product(*ways) if few else ([w[0] for w in ways], [w[-1] for w in ways]):  # a terminal breaks anywhere, a mail at blanks
        yield "".join(part for pair in zip(lines, (*gaps, ""), strict=True) for part in pair).rstrip()


def _read(text: str, formats: Sequence[LogFormat]) -> Iterator[Values]:
    words = _words(text)
    for log_format in formats:
        if _shape(log_format)[1] == words and (found := pattern_of(log_format, strict=True).fullmatch(text.encode())):
            values = {o.column: v.decode() for o, v in zip(log_format.operators, found.groups(), strict=True)}
            solid = not any(" " in values.get(c, "") and (c == "path" or "_" in values[c]) for c in _SOLID)
            if solid and not any(_GLUED.match(f"{c} {values.get(c, '')}") for c in _BARE) and not any(spoiled(*value) for value in values.items()):
                yield values


def _words(text: str) -> int:
    return len(_QUOTED.sub('"', text).split())


@cache
def _shape(log_format: LogFormat) -> tuple[int, int]:
    """Count the quotes in a format and its words, one between two quotes being one."""
    text = "".join("x" if isinstance(p, Operator) else p for p in log_format.parts)
    return text.count('"'), _words(text)


def most_quotes(formats: Iterable[LogFormat]) -> int:
    """Count the quotes in that format which has most."""
    return max((_shape(f)[0] for f in formats), default=0)


def join_object(lines: Sequence[str], at: int, numbers: Sequence[int], keys: Keys) -> tuple[int, dict[str, Any]] | None:
    """Read a JSON entry that stands in several lines: how many, and its values."""
    if not lines[at].startswith("{"):
        return None
    end = _end(lines, at, numbers)
    if end is None:
        return None
    found = _object(lines[at:end], keys)
    return (end - at, found) if found and keys.fit(found) and not is_marked_up(found) else None


def _end(lines: Sequence[str], at: int, numbers: Sequence[int]) -> int | None:
    """Find behind which line an object ends: the first that closes it, before another one begins."""
    depth = 0
    for n in range(at, min(len(lines), at + _PRETTY)):
        line = lines[n]
        if n > at and (numbers[n] != numbers[n - 1] + 1 or line.startswith("{")):
            return None
        depth += line.count("{") - line.count("}")
        if n > at and depth <= 0 and line.rstrip(", \\").endswith("}"):
            return n + 1
    return None


def _object(lines: Sequence[str], keys: Keys) -> dict[str, Any] | None:
    pretty = "\n".join(lines).rstrip(", \\")
    if found := json_object(pretty) or json_object(_without_remarks(lines)):
        return found
    if len(lines) <= _MOST_LINES and (found := _unwrapped(lines, keys)):
        return found
    return torn_object(_COMMENT.sub("", pretty)) if len(pretty) <= _LONGEST else None


def _without_remarks(lines: Sequence[str]) -> str:
    """Take out comments and what stands for lines that an author left out."""
    kept = [_COMMENT.sub("", line) for line in lines if not _ELISION.match(line)]
    return re.sub(r",\s*\}$", "}", "\n".join(kept).rstrip(", \\"))


def _unwrapped(lines: Sequence[str], keys: Keys) -> dict[str, Any] | None:
    """Put an object together that was broken anywhere: the readings whose keys are known best, as far as they agree."""
    if len(lines) > _MOST_DOUBTS:
        texts: Iterable[str] = ("".join(lines), " ".join(lines))
    else:
        texts = ("".join(p for pair in zip(lines, (*gaps, ""), strict=True) for p in pair) for gaps in product(("", " "), repeat=len(lines) - 1))
    found = [entry for text in texts if (entry := json_object(text.rstrip(", \\")))]
    known = [sum(bool(getattr(keys.of(key), "name", "")) for key in entry) for entry in found]
    best = [entry for entry, count in zip(found, known, strict=True) if count == max(known)]
    return {k: v for k, v in best[0].items() if all(other.get(k, ...) == v for other in best)} if best else None
