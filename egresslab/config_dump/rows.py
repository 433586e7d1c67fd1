"""Rows of one frame, out of the objects of a config: which column is where in an object stands in ``fields.csv``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from operator import itemgetter
from typing import Any

import orjson

from egresslab.frames.cells import count, milliseconds, time, yes_no
from egresslab.frames.schema import schema


class Rows:
    """Rows of a frame while they are gathered."""

    def __init__(self, frame: str) -> None:
        defaults, self._paths = _paths(frame)
        self._nothing: dict[str, Any] = {name: None for name in schema(frame) if name not in ("proxy", "source")}
        self._defaults = self._nothing | defaults
        self._cells = itemgetter(*self._nothing)
        self._rows: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def columns(self) -> dict[str, list[Any]]:
        """The rows as columns, but for the proxy and the source that all of a file share."""
        found = zip(*self._rows, strict=True) if self._rows else ((),) * len(self._defaults)
        return {name: list(values) for name, values in zip(self._defaults, found, strict=True)}

    def made(self, roots: Mapping[str, Any], computed: dict[str, Any]) -> dict[str, Any]:
        """Make a row: columns with a path are taken from the roots, others are computed; what is neither is missing.

        A path such as ``tls:/sni`` begins at the root named ``tls``, a path such as ``/name`` at the root named ``""``.
        """
        row = self._defaults.copy() if roots else self._nothing.copy()
        for root, node in self._paths.items():
            if (found := roots.get(root)) and isinstance(found, dict):
                node.fill(row, found)
        row.update(computed)
        return row

    def append(self, row: dict[str, Any]) -> None:
        """Add a row that was made."""
        self._rows.append(self._cells(row))


@dataclass(slots=True)
class _Node:
    """One key of the paths of a frame: the columns that are right below it, and what is deeper."""

    ends: list[tuple[str, str, type | None, Callable[[Any], Any]]] = field(default_factory=list)
    below: dict[str, _Node] = field(default_factory=dict)

    def fill(self, row: dict[str, Any], found: dict[str, Any]) -> None:
        """Take the columns of a row out of an object; keys that are not there cost nothing."""
        get = found.get
        for key, column, usual, convert in self.ends:
            if (value := get(key)) is not None:
                if type(value) is not usual:
                    value = convert(value)
                if value is not None and value != "":
                    row[column] = value
        for key, node in self.below.items():
            if (inner := get(key)) and isinstance(inner, dict):
                node.fill(row, inner)


@cache
def _paths(frame: str) -> tuple[dict[str, Any], dict[str, _Node]]:
    """Compile the paths of a frame: the values of what is not there, and a tree of keys for each root."""
    defaults: dict[str, Any] = {}
    roots: defaultdict[str, _Node] = defaultdict(_Node)
    for column, known in schema(frame).items():
        if known.path:
            paths, _, default = known.path.partition("=")
            usual, convert = _CONVERT[known.type, known.unit if known.unit == "ms" else ""]
            if default:
                defaults[column] = default if usual is str else convert(default)
            for path in reversed(paths.split("|")):  # a later one is overwritten by one before it
                root, _, keys = path.rpartition(":") if ":/" in path else ("", "", path)
                _grow(roots[root], keys.split("/")[1:], column, usual, convert)
    return defaults, dict(roots)


def _grow(node: _Node, keys: list[str], column: str, usual: type | None, convert: Callable[[Any], Any]) -> None:
    keys, inner = (keys[: keys.index("*")], keys[keys.index("*") + 1 :]) if "*" in keys else (keys, [])
    for key in keys[:-1]:
        node = node.below.setdefault(key, _Node())
    node.ends.append((keys[-1], column, None, partial(_each, inner)) if inner else (keys[-1], column, usual, convert))


def _each(inner: list[str], found: Any) -> Any:
    return comma_text(v for item in found if (v := walk(item, inner)) is not None) if isinstance(found, list) else None


def walk(found: Any, keys: list[str]) -> Any:
    """Follow keys into nested objects; None when one is not there."""
    for key in keys:
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found


def comma_text(values: Any) -> str | None:
    """Write a set as sorted comma text; None when it is empty."""
    found = {v if type(v) is str else text_of(v) for v in values}
    return ",".join(sorted(found) if len(found) > 1 else found) or None


def text_of(value: Any) -> str:
    """Write any JSON value as text: matchers by what they match, objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = value.get("matcher", value)
        for kind in ("exact", "prefix", "suffix", "contains"):
            if isinstance(value.get(kind), str):
                return _AFFIX[kind].format(value[kind])
        if isinstance(regex := value.get("safe_regex"), dict) and isinstance(regex.get("regex"), str):
            return f"~{regex['regex']}"
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


_AFFIX = {"exact": "{}", "prefix": "{}*", "suffix": "*{}", "contains": "*{}*"}


def _count(value: Any) -> int | None:
    return count(value.get("value") if isinstance(value, dict) else value)


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        return ",".join(f"{k}={text_of(v)}" for k, v in sorted(value.items())) or None
    return comma_text(value) if isinstance(value, list) else text_of(value)


# How a column is made of a value: the kind of value that may stay as it is, and what is done with others.
_CONVERT: dict[tuple[str, str], tuple[type | None, Callable[[Any], Any]]] = {
    ("text", ""): (str, _text),
    ("label", ""): (str, _text),
    ("count", ""): (None, _count),
    ("count", "ms"): (None, milliseconds),
    ("yes_no", ""): (bool, yes_no),
    ("time", ""): (None, time),
}
