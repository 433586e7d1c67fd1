"""Entries that were read line by line, kept until they are given types together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from egresslab.access_log.cast import FLAGS, text_of, typed_columns, with_lost_flags
from egresslab.access_log.format import LogFormat, Operator
from egresslab.access_log.fragments import elided
from egresslab.access_log.jsonl import Keys, json_object, read_objects, torn_object
from egresslab.access_log.partial import read_partial
from egresslab.access_log.pattern import match_any

CUT = "cut"  # the name under which cut and elided lines are counted among the formats


@dataclass
class Loose:
    """Entries of one block or of several, each with the number of its line."""

    texts: dict[LogFormat, list[tuple[int, Sequence[bytes | None]]]] = field(default_factory=dict)
    objects: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    cut: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def take_whole(self, line: bytes, number: int, formats: Sequence[LogFormat]) -> str | None:
        """Read a line that fits a text format whole; names that format, or None when it fits none."""
        log_format, groups = match_any(formats, line) or (None, ())
        if log_format is None or any(elided(o.column, text_of(v)) for o, v in zip(log_format.operators, groups, strict=True)):
            return None  # an author's dots may stand for several fields
        self.texts.setdefault(log_format, []).append((number, groups))
        return log_format.name

    def take_object(self, text: str, number: int, keys: Keys | None) -> str | None:
        """Read a line that is a JSON entry."""
        if keys is None or not text.startswith("{") or not (entry := json_object(text)) or not keys.fit(entry):
            return None
        self.objects.append((number, entry))
        return keys.name

    def take_cut(self, text: str, number: int, formats: Sequence[LogFormat], keys: Keys | None) -> str | None:
        """Read what is certain in a line that is cut or elided."""
        if keys and (entry := torn_object(text)) and keys.fit(entry):
            self.objects.append((number, entry))
        elif certain := read_partial(text, formats):
            self.cut.append((number, certain))
        else:
            return None
        return CUT

    def move(self, by: int) -> None:
        """Number the lines further on."""
        self.texts = {f: [(n + by, groups) for n, groups in found] for f, found in self.texts.items()}
        self.objects = [(n + by, entry) for n, entry in self.objects]
        self.cut = [(n + by, certain) for n, certain in self.cut]

    def add(self, other: Loose) -> None:
        """Take the entries of another block, too."""
        for log_format, found in other.texts.items():
            self.texts.setdefault(log_format, []).extend(found)
        self.objects += other.objects
        self.cut += other.cut

    def tables(self, formats: Sequence[LogFormat], keys: Keys | None) -> list[Any]:
        """Give the entries types: Arrow tables with ``line``."""
        tables = [_table(found, _columns([g for _, g in found], f.operators)) for f, found in self.texts.items()]
        if self.objects and keys:
            tables.append(_table(self.objects, read_objects([e for _, e in self.objects], keys)))
        if self.cut:
            tables.append(_table(self.cut, _certain([c for _, c in self.cut], formats)))
        return tables


def _table(found: Sequence[tuple[int, Any]], columns: dict[str, Any]) -> Any:
    return pa.table({**columns, "line": pa.array([n for n, _ in found], pa.int64())})


def _columns(groups: Sequence[Sequence[bytes | None]], operators: Sequence[Operator]) -> dict[str, Any]:
    raw = {o.column: pa.array([g[n] for g in groups], pa.binary()) for n, o in enumerate(operators)}
    return typed_columns(raw, operators)


def _certain(found: Sequence[dict[str, str]], formats: Sequence[LogFormat]) -> dict[str, Any]:
    """Give cut lines types: a field that was lost is missing, flags among them."""
    operators = {o.column: o for f in formats for o in f.operators}
    columns = _columns([[c[name].encode() if name in c else None for name in operators] for c in found], list(operators.values()))
    return with_lost_flags(columns, pa.array([not c.keys().isdisjoint(FLAGS) for c in found]))
