"""The pattern of a text format: slow and sure, for the lines in which a field holds what also separates fields."""

from __future__ import annotations

import re
from functools import cache

from egresslab.access_log.format import LogFormat, Operator

# How a field looks in nearly all lines; the loose pattern behind it takes what a client can make of it.
_STRICT = {
    "method": r"[^\s\"]+",
    "protocol": r"HTTP/[0-9.]+|-",
    "response_flags": r"[A-Z]+(?:,[A-Z]+)*|-",
    "response_code_details": r"[^\s\"{\[(]*(?:\{[^}\"]*\}|\[[^\]\"]*\]|\([^)\"]*\))?[^\s\"]*",
    "connection_termination_details": r"[^\s\"]+|transport socket timeout was reached",
    "x_forwarded_for": r"[^\"]*",
    "request_id": r"[^\s\"]*",
    "authority": r"[^\s\"]*",
    "upstream_host": r"[^\s\"]*",
    "upstream_cluster": r"[^\s\"]+",
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"
_LOOSE = {"digits": r"-?\d{1,18}|-|", "token": r"[^\s\"]*?", "free": r".*?"}


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
    for strict in (True, False):
        if found := pattern_of(log_format, strict=strict).fullmatch(line):
            return found.groups()
    return None
