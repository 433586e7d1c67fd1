"""JSON lines: pyarrow's JSON reader with an explicit schema, and Python's for the lines and values that do not fit it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import chain, count
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from egresslab import envoy
from egresslab.access_log.cast import FLAGS, encodable, typed_columns, with_lost_flags
from egresslab.access_log.format import DEEP, INSIDE, LogFormat, Operator, named, paths
from egresslab.access_log.fragments import elided
from egresslab.access_log.pattern import match_line
from egresslab.access_log.text import read_distinct

_EVIDENCE = frozenset({"response_code", "response_flags", "response_flags_long", "upstream_cluster"})
_SAMPLE = 50
_TEXT = r'"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
_STRING = re.compile(_TEXT)
_PAIR = re.compile(rf'"([\w.:@-]+)"\s*:\s*({_TEXT}(?=\s*(?:[,}}]|$))|(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=\s*[,}}]))')


@dataclass
class Keys:
    """What the keys of JSON entries mean: those of a given format alone, or all that are known."""

    given: LogFormat | None = None
    seen: dict[str, LogFormat | Operator] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name under which such entries are counted among the formats."""
        return self.given.name if self.given else "json"

    def of(self, key: str) -> LogFormat | Operator | None:
        """Give the operator of a key, or the text format of a value that holds several."""
        if key not in self.seen:
            found = self._given(key) if self.given else _known_keys().get(key) or self._guess(key)
            if found is None:
                return None
            self.seen[key] = found
        return self.seen[key]

    def _given(self, key: str) -> LogFormat | Operator | None:
        parts = (self.given.keys or {}).get(key) if self.given else None
        if parts is None:
            return None
        return parts[0] if len(parts) == 1 and isinstance(parts[0], Operator) else LogFormat(key, "text", parts)

    def fit(self, entry: Mapping[str, Any]) -> bool:
        """Tell whether an object is an access entry."""
        if self.given:
            return any(k in (self.given.keys or {}) for k, _ in self.paths(entry))
        known = {_known_keys()[k].column for k in entry if k in _known_keys()}
        return len(known) >= 3 and bool(known & _EVIDENCE)

    def paths(self, entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Give the values of an entry by the keys that lead to them; a list is one value, unless a given format looks into it."""
        return paths(entry, lists=self.given is not None, whole=(self.given.keys or {}) if self.given else ())

    def _guess(self, key: str) -> Operator:
        """Keep a key that names no operator under its own name, marked as such; two keys never share a column."""
        column = "json_" + (re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_") or "key")
        taken = {o.column for other, o in list(self.seen.items()) if other != key and isinstance(o, Operator)}
        free = chain([column], (f"{column}_{n}" for n in count(2)))
        return Operator("", "", next(c for c in free if c not in taken), "text", "free")

    def certain(self) -> set[str]:
        """Columns of which one must have a value in a row that is an entry."""
        return {o.column for o in self.given.operators} if self.given else set(_EVIDENCE)


@cache
def _known_keys() -> dict[str, Operator]:
    """The keys of the named JSON formats, and operators by their own name in lower case."""
    known = {row["operator"].lower(): _bare(row) for row in envoy.rows("operators") if not row["argument"] and row["arguments"] != "required"}
    for log_format in named().values():
        for key, parts in (log_format.keys or {}).items():
            operator = parts[0]
            known[key] = operator if isinstance(operator, Operator) else known[key]
    return known


def _bare(row: Mapping[str, str]) -> Operator:
    return Operator(row["operator"], "", row["column"], row["type"], row["values"])


def read_json(block: bytes, lines: int, keys: Keys) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    """Read a block in which each line begins an object: positions of the entries, and their typed columns."""
    sample = [entry for line in block.split(b"\n", _SAMPLE)[:_SAMPLE] if keys.fit(entry := json_object(line) or {})]
    types = _types(sample, keys)
    if types is None:
        return np.empty(0, np.int64), {}
    try:
        table = pa.json.read_json(
            pa.BufferReader(block),
            read_options=pa.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=pa.json.ParseOptions(explicit_schema=pa.schema(list(types.items())), unexpected_field_behavior="infer"),
        )
        columns = dict(_columns(table))
        if table.num_rows == lines and _plain(columns, _leaves(types)):
            return _entries(columns, keys)
    except pa.ArrowInvalid:  # a line or value that does not fit: Python's reader takes the block
        pass
    return np.empty(0, np.int64), {}


def _types(sample: list[dict[str, Any]], keys: Keys, within: str = "") -> dict[str, Any] | None:
    """Choose the type of each key from entries; None when a value is a list, or an object beside other values."""
    types: dict[str, Any] = {}
    for key in dict.fromkeys(k for entry in sample for k in entry):
        values = [e[key] for e in sample if e.get(key) is not None]
        kinds = {type(v) for v in values}
        if kinds == {dict} and within.count(INSIDE) < DEEP and not (keys.given and keys.of(within + key)):
            inner = _types(values, keys, f"{within}{key}{INSIDE}")
            types[key] = pa.struct(list(inner.items())) if inner else None
        else:
            types[key] = _type(kinds, keys.of(within + key))
        if types[key] is None:
            return None
    return types or None


def _type(kinds: set[type], meaning: LogFormat | Operator | None) -> Any:
    if kinds & {dict, list} or (isinstance(meaning, LogFormat) and kinds - {str}):
        return None
    if isinstance(meaning, Operator) and meaning.type == "count" and not kinds & {str, bool}:
        return pa.float64() if float in kinds else pa.int64()
    if kinds <= {str}:
        return pa.string()
    return pa.bool_() if kinds == {bool} else pa.int64() if kinds == {int} else None


def _leaves(types: Mapping[str, Any], within: str = "") -> Iterator[str]:
    for key, kind in types.items():
        if pa.types.is_struct(kind):
            yield from _leaves({f.name: f.type for f in kind}, f"{within}{key}{INSIDE}")
        else:
            yield within + key


def _columns(table: Any) -> Iterator[tuple[str, Any]]:
    """Give the columns of a table, those of objects in it by all keys down to them."""
    waiting = [(name, table[name].combine_chunks()) for name in table.column_names]
    while waiting:
        name, values = waiting.pop()
        if pa.types.is_struct(values.type):
            waiting += [(f"{name}{INSIDE}{f.name}", inner) for f, inner in zip(values.type, values.flatten(), strict=True)]
        else:
            yield name, values


def _plain(columns: Mapping[str, Any], known: Iterable[str]) -> bool:
    """Tell whether the columns that no sample showed hold text or nothing, so that no guess of a type changed them."""
    guessed = columns.keys() - set(known)
    return all(pa.types.is_string(columns[n].type) or pa.types.is_null(columns[n].type) for n in guessed)


def _entries(columns: Mapping[str, Any], keys: Keys) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    raw: dict[str, Any] = {}
    operators: list[Operator] = []
    for name, values in columns.items():
        meaning = keys.of(name)
        if isinstance(meaning, LogFormat):
            fits, several = read_distinct(meaning, values.cast(pa.binary()))
            if not (fits | values.is_null().to_numpy(zero_copy_only=False)).all():
                return np.empty(0, np.int64), {}
            raw, operators = raw | several, [*operators, *meaning.operators]
        elif meaning is not None:
            raw[meaning.column] = _flat(values, meaning)
            operators.append(meaning)
    return _evident(raw, operators, keys, len(values))


def _evident(raw: dict[str, Any], operators: Sequence[Operator], keys: Keys, length: int) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    """Keep the rows that are entries."""
    evidence = [raw[c].is_valid() for c in keys.certain() & raw.keys()]
    if not evidence:
        return np.empty(0, np.int64), {}
    mask = reduce(pc.or_, evidence)
    rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    return rows, _typed(raw if len(rows) == length else {c: v.filter(mask) for c, v in raw.items()}, operators)


def _flat(values: Any, operator: Operator) -> Any:
    if pa.types.is_null(values.type) or (operator.type != "count" and not pa.types.is_string(values.type)):
        values = values.cast(pa.string())
    return values


def json_object(line: bytes | str) -> dict[str, Any] | None:
    """Parse one line as an object, or say that it is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def torn_object(text: str) -> dict[str, Any] | None:
    """Give the keys and values that stand whole in a JSON object that is cut or elided; None when there may be others in it or beside it."""
    if "{" in _STRING.sub("", text)[1:]:
        return None
    return {key: json.loads(value, strict=False) for key, value in _PAIR.findall(text)}


def read_objects(entries: Iterable[Mapping[str, Any]], keys: Keys) -> dict[str, Any]:
    """Read parsed entries one by one: typed columns."""
    rows = [dict(_fields(entry, keys)) for entry in entries]
    operators = {o.column: o for row in rows for o in row}
    by_column = [{o.column: v for o, v in row.items()} for row in rows]
    raw = {c: pa.array([row.get(c) for row in by_column], pa.string()) for c in operators}
    return _typed(raw, operators.values())


def _typed(raw: dict[str, Any], operators: Iterable[Operator]) -> dict[str, Any]:
    columns, flags = typed_columns(raw, operators), [raw[name].is_valid() for name in FLAGS if name in raw]
    return with_lost_flags(columns, reduce(pc.or_, flags)) if flags else columns


def _fields(entry: Mapping[str, Any], keys: Keys) -> Iterable[tuple[Operator, str | None]]:
    for key, value in keys.paths(entry):
        meaning = keys.of(key)
        if isinstance(meaning, Operator):
            yield meaning, _text(value, meaning)
        elif meaning is not None and isinstance(value, str) and (groups := match_line(meaning, encodable(value).encode())):
            yield from ((o, g.decode()) for o, g in zip(meaning.operators, groups, strict=True) if g is not None)


def _text(value: Any, operator: Operator) -> str | None:
    if value is None:
        return None
    if operator.type == "count":
        return _number(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Envoy before 1.40 writes 100000 as 1e+05
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return None if elided(operator.column, text) else encodable(text)


def _number(value: Any) -> str | None:
    try:
        number = int(value) if isinstance(value, int) else int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return str(number) if abs(number) < 1 << 63 else None
