"""Cells of a frame, out of what YAML or JSON holds: text that means a number, a set, a duration, or something unexpected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from egresslab.frames import Field
from egresslab.frames.cells import count, milliseconds, number, time, yes_no

_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_DEEPEST = 20


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


def writer(field: Field) -> Callable[[Any], Any]:
    """Give what writes the cells of a column."""
    return milliseconds if field.unit == "ms" else _WRITERS[field.type]


_WRITERS: dict[str, Callable[[Any], Any]] = {"text": text, "label": text, "count": count, "number": number, "yes_no": yes_no, "time": time}
