"""Where a line departs from the format that is nearest to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from egresslab.access_log.format import LogFormat, Operator
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.pattern import group

_FAR = 2000  # behind it the place is of no use, and looking for it takes long


def departure(text: str, formats: Sequence[LogFormat], keys: Keys | None) -> str:
    """Name the nearest format, the place where a line departs from it, and what is expected there."""
    if text.startswith("{") and keys:
        return "Give format= with the JSON format of this log, as an object from its keys to operators."
    if not formats:
        return "A JSON format was given, but this line begins no JSON object; leave format= away to find the format out."
    best, (at, expected) = max(((f, _reach(text, f)) for f in formats), key=lambda found: found[1][0])
    there = repr(text[at : at + 30]) if at < len(text) else "the end of the line"
    way_out = "Give format= with the format of this log, as meshConfig.accessLogFormat or the config dump has it."
    return (
        f"The nearest format is {best.name}: the line departs from it at column {at + 1}, where {expected} is expected and {there} stands. {way_out}"
    )


def _reach(text: str, log_format: LogFormat) -> tuple[int, str]:
    """Find how far a format's beginning matches, and which part of it is expected next."""
    parts = log_format.parts
    reach, expected = 0, _named(parts[0])
    pattern = ""
    for n, part in enumerate(parts[:-1]):
        pattern += f"(?:{group(part, strict=True)})" if isinstance(part, Operator) else re.escape(part)
        found = re.match(pattern, text[:_FAR])
        if found is None:
            break
        if found.end() > reach:  # a field that took no text is what is expected
            reach, expected = found.end(), _named(parts[n + 1])
    return reach, expected


def _named(part: str | Operator) -> str:
    if isinstance(part, Operator):
        return f"%{part.name}({part.argument})%" if part.argument else f"%{part.name}%"
    return repr(part)
