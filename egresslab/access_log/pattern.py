"""The pattern of a text format: slow and sure, for the lines in which a field holds what also separates fields."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache

from egresslab.access_log.doubts import unsure
from egresslab.access_log.format import LogFormat, Operator, Part
from egresslab.access_log.values import values_of
from egresslab.access_log.ways import agreed

# How a field looks in nearly all lines; the loose pattern behind it takes what a client can make of it.
_STRICT = {
    "method": r"[^\s\"]+",
    "protocol": r"HTTP/[0-9.]+|-",
    "response_flags": r"[A-Z]+(?:,[A-Z]+)*|-",
    "response_code_details": r"[^\s\"{\[(]*(?:\{[^}\"]*\}|\[[^\]\"]*\]|\([^)\"]*\))?[^\s\"]*",
    "connection_termination_details": r"[^\s\"]+|transport socket timeout was reached",
    "istio_policy_status": r"[^\"]*",
    "upstream_transport_failure_reason": r"[^\"]*",
    "x_forwarded_for": r"[^\"]*",
    "request_id": r"[^\s\"]*",
    "authority": r"[^\s\"]*",
    "upstream_host": r"[^\s\"]*",
    "upstream_cluster": r"[^\s\"]+",
    "route_name": r"[^\s\"]*",
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"
_LOOSE = {"digits": r"-?\d{1,18}|-|", "token": r"[^\s\"]*?", "free": r".*?"}
_MOST_WAYS = 1_000_000


@cache
def pattern_of(log_format: LogFormat, *, strict: bool) -> re.Pattern[bytes]:
    """Compile the pattern of whole lines; each operator is a group, in order."""
    text = "".join(f"({group(p, strict=strict)})" if isinstance(p, Operator) else re.escape(p) for p in log_format.parts)
    return re.compile(text.encode())


def group(operator: Operator, *, strict: bool) -> str:
    """Give the pattern of one field."""
    if operator.type == "time":
        return values_of(operator).pattern if operator.time_format else TIME
    if strict and operator.column in _STRICT:
        return _STRICT[operator.column]
    return _LOOSE[operator.values]


def match_line(log_format: LogFormat, line: bytes) -> tuple[bytes | None, ...] | None:
    """Read one line: the value of each operator, or None when the line does not fit."""
    found = match_any((log_format,), line)
    return found[1] if found else None


def match_any(formats: Sequence[LogFormat], line: bytes, *, loose: bool = True) -> tuple[LogFormat, tuple[bytes | None, ...]] | None:
    """Read one line by the first format that it fits, as its fields nearly always look, else as a client can make them look."""
    if not all(text in line for text in _shared(tuple(formats))):
        return None
    for log_format in formats:
        if log_format.own and (groups := match_own(log_format, line, loose=loose)):
            return log_format, groups
    for strict in (True, False) if loose else (True,):
        for log_format in formats:
            if log_format.own or _ways(log_format, line, strict=strict) > _MOST_WAYS:
                continue
            if found := pattern_of(log_format, strict=strict).fullmatch(line):
                return log_format, found.groups()
    return None


@cache
def _shared(formats: Sequence[LogFormat]) -> tuple[bytes, ...]:
    """Give what each line of any format must hold, the rarest first: most lines of another kind are refused by it."""
    literals = [{p.encode() for p in f.parts if isinstance(p, str)} for f in formats]
    return tuple(sorted(set.intersection(*literals), key=len, reverse=True)) if literals else ()


def match_own(log_format: LogFormat, line: bytes, *, loose: bool = False) -> tuple[bytes | None, ...] | None:
    """Read one line by what Envoy writes for each operator: a field of which several readings are left is None."""
    return _certain(log_format, line) or (agreed(log_format.parts, line, loose=True) if loose else None)


def _certain(log_format: LogFormat, line: bytes) -> tuple[bytes | None, ...] | None:
    pattern, stretches = _stretched(log_format)
    found = pattern.fullmatch(line)
    if found is None or len(stretches) == len(log_format.operators):
        return found and found.groups()
    values: list[bytes | None] = []
    for parts, text in zip(stretches, found.groups(), strict=True):
        read = agreed(parts, text) if len(parts) > 1 else (text,)
        if read is None:
            return None
        values += read
    return tuple(values)


@cache
def _stretched(log_format: LogFormat) -> tuple[re.Pattern[bytes], list[tuple[Part, ...]]]:
    """Compile the pattern of whole lines in which what a format leaves in doubt is one group; with the parts of each group."""
    text, stretches, at = "", list[tuple[Part, ...]](), 0
    parts = log_format.parts
    for run in [*unsure(parts), range(len(parts), len(parts))]:
        for part in parts[at : run.start]:
            text += re.escape(part) if isinstance(part, str) else f"({values_of(part).pattern})"
        stretches += [(p,) for p in parts[at : run.start] if isinstance(p, Operator)]
        if run:
            text, stretches = text + "(.*?)", [*stretches, parts[run.start : run.stop]]
        at = run.stop
    return re.compile(text.encode(), re.DOTALL), stretches


def _ways(log_format: LogFormat, line: bytes, *, strict: bool) -> int:
    """Count the ways that a pattern may try: a client can write what ends a field thousands of times into it."""
    return math.prod(max(1, line.count(end) - known + 1) for end, known in _ends(log_format, strict=strict))


@cache
def _ends(log_format: LogFormat, *, strict: bool) -> tuple[tuple[bytes, int], ...]:
    """Give what ends each field of any text, and how often it stands in the format."""
    text = "".join(p if isinstance(p, str) else "%" for p in log_format.parts)
    free = [n for n, p in enumerate(log_format.parts[:-1]) if isinstance(p, Operator) and group(p, strict=strict) == _LOOSE["free"]]
    ends = [part if isinstance(part := log_format.parts[n + 1], str) else "" for n in free]
    return tuple((end.encode(), text.count(end)) for end in ends)
