"""Entries written as a proxy would write them, in any format that the compiler knows."""

from __future__ import annotations

import json
from typing import Any

from egresslab.access_log.format import LogFormat, Operator, Part


def written(log_format: LogFormat, entry: dict[str, Any]) -> str:
    """Write one entry, given by our columns; what it does not have is Envoy's dash, or null in JSON."""
    if log_format.keys is None:
        return _text(log_format.parts, entry)
    return json.dumps({key: _value(parts, entry) for key, parts in log_format.keys.items()}, sort_keys=True, separators=(",", ":"))


def _text(parts: tuple[Part, ...], entry: dict[str, Any]) -> str:
    return "".join(str(_known(entry, p) if _known(entry, p) is not None else "-") if isinstance(p, Operator) else p for p in parts)


def _value(parts: tuple[Part, ...], entry: dict[str, Any]) -> Any:
    only = parts[0]
    return _known(entry, only) if len(parts) == 1 and isinstance(only, Operator) else _text(parts, entry)


def _known(entry: dict[str, Any], operator: Operator) -> Any:
    return entry.get(operator.column)
