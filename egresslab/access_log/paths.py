"""Paths into the objects, tables and documents that log stores export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from egresslab.access_log.jsonl import json_object

Path = tuple[str, ...]
Entry = Mapping[str, Any]


def value_at(found: Any, path: Path) -> Any:
    """Follow a path into objects, lists, and the JSON in texts; keys may hold the dots, too.

    >>> value_at({"kubernetes": {"pod.name": "shop-1"}, "tags": ["pod:shop-1"]}, ("kubernetes", "pod", "name"))
    'shop-1'
    """
    if not path:
        return found
    if isinstance(found, dict):
        value = found.get(path[0])
        if len(path) == 1:
            return value
        keys = ((".".join(path[:n]), path[n:]) for n in range(2, len(path) + 1))
        inner = None if value is None else value_at(value, path[1:])
        return inner if inner is not None else next((v for key, rest in keys if (v := value_at(found.get(key), rest)) is not None), None)
    if isinstance(found, list):
        return _in_list(found, path)
    return value_at(json_object(found), path) if isinstance(found, str) and found.startswith("{") else None


def _in_list(found: list[Any], path: Path) -> Any:
    if path[0].isdigit():
        return value_at(found[int(path[0])], path[1:]) if int(path[0]) < len(found) else None
    tag = path[0] + ":"
    return next((v.removeprefix(tag) for v in found if isinstance(v, str) and v.startswith(tag)), None)


def parsed(data: bytes) -> Any:
    """Parse JSON at speed.

    Raises
    ------
    ValueError
        When it is none, or holds what only Python's own parser takes.
    """
    import orjson

    return orjson.loads(data)


def dumped(entry: Any) -> bytes:
    """Write an entry as one line of JSON."""
    try:
        return json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace")
    except RecursionError:
        return b'{"": "an object too deep to be shown"}'


def lists_in(document: Any, paths: Sequence[Path]) -> Iterator[Entry]:
    """Give the entries of a document that lists them at one of some paths, each with what stands beside the list; else itself."""
    if isinstance(document, list):
        for value in document:
            yield from lists_in(value, paths) if isinstance(value, dict) else [{"": value}]
    elif isinstance(document, dict):
        likely = (path for path in paths if path[0].removesuffix("[]") in document)
        found = next((entries for path in likely if (entries := list(_below(document, path)))), None)
        yield from [document] if found is None else found


def _below(found: Any, path: Path) -> Iterator[Entry]:
    if not path:
        yield from _entry(found)
        return
    key = path[0].removesuffix("[]")
    value = found.get(key) if isinstance(found, dict) else None
    if path[0] == key:
        yield from _below(value, path[1:])
    elif isinstance(value, list):
        for one in value:
            beside = {k: v for k, v in found.items() if k != key and not isinstance(v, list)}
            inner = one if isinstance(one, dict) else _pairs(one)
            yield from _below(inner, path[1:]) if inner is not None else _entry({**beside, key: one})


def _pairs(found: Any) -> dict[str, Any] | None:
    """Make an object of a list of fields, each with its value, as CloudWatch gives them."""
    if isinstance(found, list) and found and all(isinstance(p, dict) and "field" in p for p in found):
        return {str(p["field"]): p.get("value") for p in found}
    return None


def _entry(found: Any) -> Iterator[Entry]:
    """Give an object, or each row of a table in JSON, as Azure gives them."""
    if isinstance(found, dict) and isinstance(columns := found.get("columns"), list) and isinstance(rows := found.get("rows"), list):
        names = [str(c.get("name")) if isinstance(c, dict) else str(c) for c in columns]
        yield from (dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list))
    elif isinstance(found, dict):
        yield found
