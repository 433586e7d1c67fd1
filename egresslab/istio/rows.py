"""Rows of a frame, out of objects: which column is where in an object stands in ``fields.csv``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from egresslab.frames import Field, empty, schema, typed
from egresslab.istio.cells import writer

Getter = Callable[[Mapping[str, Any]], Any]

_DTYPES: dict[str, Any] = {"text": "str", "count": "Int64", "number": "Float64", "yes_no": "boolean"}


@dataclass(slots=True)
class Row:
    """One row of a frame: the things that columns with a path look into, and the columns that are given.

    A path such as ``port:/number`` looks into the root named ``port``, a path such as ``/spec/resolution`` into the object itself.
    """

    pointer: str = ""
    roots: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)


def row(pointer: str = "", roots: Mapping[str, Any] | None = None, **columns: Any) -> Row:
    """Make a row: its place in the object, its roots, and the columns that no path finds."""
    return Row(pointer, dict(roots or {}), columns)


def framed(frame: str, rows: Sequence[Row]) -> pd.DataFrame:
    """Build a frame of its rows."""
    return typed({name: _column(name, found, rows) for name, found in schema(frame).items()}, frame) if rows else empty(frame)


def _column(name: str, column: Field, rows: Sequence[Row]) -> Any:
    write, get = writer(column), getter(column.path) if column.path else None
    values = (r.columns[name] if name in r.columns else get(r.roots) if get else None for r in rows)
    cells = [None if value is None else write(value) for value in values]
    return pd.array(cells, dtype=_DTYPES[column.type]) if column.type in _DTYPES else cells


@cache
def getter(path: str) -> Getter:
    """Compile the path of a column: ``root:/key/*/key``, several joined by ``|`` of which the first that finds something counts.

    >>> getter("port:/name|port:/number")({"port": {"number": 443}})
    443
    """
    ways = [_way(one) for one in path.split("|")]
    return lambda roots: next((value for root, keys in ways if (value := follow(roots.get(root), keys)) not in (None, [], {})), None)


def _way(path: str) -> tuple[str, tuple[str, ...]]:
    root, _, rest = path.partition(":/") if ":/" in path else ("", "", path[1:])
    return root, tuple(key.replace("~1", "/") for key in rest.split("/"))


def follow(value: Any, keys: Sequence[str]) -> Any:
    """Follow keys into an object, ``*`` into each item of a list; None where the way ends.

    >>> follow({"ports": [{"number": 80}, {"number": 443}]}, ["ports", "*", "number"])
    [80, 443]
    """
    for at, key in enumerate(keys):
        if key == "*":
            return [found for item in listed(value) if (found := follow(item, keys[at + 1 :])) is not None]
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def listed(value: Any) -> list[Any]:
    """Give the items of a list; a single thing that stands where a list is expected is its only item."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def mapped(value: Any) -> dict[str, Any]:
    """Give a mapping; an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def each(value: Any) -> Iterable[tuple[int | None, Any]]:
    """Number the items of a list; nothing in it is one row without an item, so that its object keeps a row."""
    return list(enumerate(listed(value))) or [(None, None)]
