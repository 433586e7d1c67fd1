"""Keys that istioctl writes in camel case, as Envoy writes them; keys that people chose stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

_CAMEL = re.compile(r"[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_THEIRS = {"filter_metadata", "typed_filter_metadata", "json_format", "typed_json_format", "labels", "default_value"}  # maps and Structs


def is_camel(keys: Iterable[str]) -> bool:
    """Tell whether one of the keys is in camel case."""
    return any(snake(key) != key for key in keys)


@cache
def snake(key: str) -> str:
    """Write one key in snake case.

    >>> snake("consecutive5xx"), snake("filterChains"), snake("CLUSTER_ID")
    ('consecutive_5xx', 'filter_chains', 'CLUSTER_ID')
    """
    return _ODD.get(key) or (_HUMP.sub("_", key).lower() if _CAMEL.fullmatch(key) else key)


# protojson drops the underscore before a digit, and only these have one.
_ODD = {"consecutive5xx": "consecutive_5xx", "enforcingConsecutive5xx": "enforcing_consecutive_5xx", "deprecatedV1": "deprecated_v1"}


def snake_keys(found: Any, *, of: str = "") -> Any:
    """Write the keys of an object in snake case, at any depth, but for those that are names of people's own."""
    if isinstance(found, list):
        return [snake_keys(one, of=of) for one in found]
    if not isinstance(found, dict):
        return found
    struct = str(found.get("@type", "")).endswith("TypedStruct")
    out = {}
    for key, value in found.items():
        name = snake(key)
        own = (
            name in _THEIRS
            or (struct and name == "value")
            or (name == "metadata" and of == "node")
            or (name == "match" and "transportSocket" in found)
        )
        out[name] = value if own else snake_keys(value, of=name)
    return out
