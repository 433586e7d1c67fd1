"""The pattern of a text format: slow and sure, for the lines in which a field holds what also separates fields."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache

from egresslab.access_log.format import LogFormat, Operator

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
        return r".+?" if operator.time_format else TIME
    if strict and operator.column in _STRICT:
        return _STRICT[operator.column]
    return _LOOSE[operator.values]


def match_line(log_format: LogFormat, line: bytes) -> tuple[bytes, ...] | None:
    """Read one line: the value of each operator, or None when the line does not fit."""
    found = match_any((log_format,), line)
    return found[1] if found else None


def match_any(formats: Sequence[LogFormat], line: bytes) -> tuple[LogFormat, tuple[bytes, ...]] | None:
    """Read one line by the first format that it fits, as its fields nearly always look, else as a client can make them look."""
    for strict in (True, False):
        for log_format in formats:
            if _ways(log_format, line, strict=strict) <= _MOST_WAYS and (found := pattern_of(log_format, strict=strict).fullmatch(line)):
                return log_format, found.groups()
    return None


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
