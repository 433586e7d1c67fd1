"""Single values as JSON and YAML write them: durations, numbers, yes and no, times."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

_UNITS_MS = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0, "us": 1e-3, "µs": 1e-3, "ns": 1e-6}
_DURATION = re.compile(r"-?(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}  # YAML 1.1, which kubectl reads
_INT64 = 2**63


def milliseconds(value: Any) -> int | None:
    """Read a duration of Go or protobuf, in ms.

    >>> milliseconds("1m30s"), milliseconds("0.250s"), milliseconds("soon")
    (90000, 250, None)
    """
    written = str(value)
    if not _DURATION.fullmatch(written):
        return None
    found = round(sum(float(number) * _UNITS_MS[unit] for number, unit in _PART.findall(written)))
    return (-found if written.startswith("-") else found) if found < _INT64 else None


def count(value: Any) -> int | None:
    """Read a whole number, also one that was written as text."""
    try:
        number = None if isinstance(value, bool) else int(value)
    except (OverflowError, TypeError, ValueError):
        return None
    return number if number is not None and abs(number) < _INT64 else None


def number(value: Any) -> float | None:
    """Read a number, also one that was written as text."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (OverflowError, TypeError, ValueError):
        return None


def yes_no(value: Any) -> bool | None:
    """Read a yes or no as YAML 1.1 writes it."""
    return value if isinstance(value, bool) else _WORDS.get(str(value).lower())


def time(value: Any) -> str | None:
    """Keep a time as Kubernetes writes it, and nothing else."""
    try:
        return str(value) if datetime.fromisoformat(str(value)).tzinfo else None
    except ValueError:
        return None
