"""Cells of a frame, out of what YAML or JSON holds: text that means a number, a set, a duration, or something unexpected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from egresslab.frames import Field

_UNITS_MS = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0, "us": 1e-3, "µs": 1e-3, "ns": 1e-6}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}  # YAML 1.1, which kubectl reads
_INT64, _DEEPEST = 2**63, 20


def text(value: Any, depth: int = 0) -> str | None:
    """Write any value as text: a list as a sorted set, a mapping as key=value; what is empty is missing.

    >>> text({"b": ["y", "x"], "a": True})
    'a=true,b=x,y'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return ",".join(f"{k}={text(v, depth + 1) or ''}" for k, v in sorted(value.items())) or None
    if isinstance(value, list):
        return ",".join(sorted({t for v in value if (t := text(v, depth + 1)) is not None})) or None
    return None if value is None else without_keys(str(value)).encode(errors="replace").decode() or None


def without_keys(written: str) -> str:
    """Take private keys out of text: their place is a Secret, and no frame."""
    return _KEY.sub("(a private key)", written) if "PRIVATE KEY" in written else written


def milliseconds(value: Any) -> int | None:
    """Read a duration of Go or protobuf, in ms.

    >>> milliseconds("1m30s"), milliseconds("0.250s"), milliseconds("soon")
    (90000, 250, None)
    """
    written = str(value)
    if not _DURATION.fullmatch(written):
        return None
    found = round(sum(float(number) * _UNITS_MS[unit] for number, unit in _PART.findall(written)))
    return found if found < _INT64 else None


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


def writer(field: Field) -> Callable[[Any], Any]:
    """Give what writes the cells of a column."""
    return milliseconds if field.unit == "ms" else _WRITERS[field.type]


_WRITERS: dict[str, Callable[[Any], Any]] = {"text": text, "label": text, "count": count, "number": number, "yes_no": yes_no, "time": time}
