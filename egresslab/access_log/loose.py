"""Entries that were read line by line, kept until they are given types together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from egresslab.access_log.cast import FLAGS, text_of, typed_columns, with_lost_flags
from egresslab.access_log.format import LogFormat, Operator
from egresslab.access_log.fragments import is_marked_up, spoiled
from egresslab.access_log.jsonl import Keys, json_object, read_objects, torn_object
from egresslab.access_log.pattern import match_any

CUT = "cut"  # the name under which cut and elided lines are counted among the formats
MENDED = "mended"  # and lines that are whole once what was done to them is undone


@dataclass
class Loose:
    """Entries of one block or of several, each with the number of its line."""

    texts: dict[LogFormat, list[tuple[int, Sequence[bytes | None]]]] = field(default_factory=dict)
    objects: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    cut: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def take_whole(self, line: bytes, number: int, formats: Sequence[LogFormat], *, loose: bool = True) -> str | None:
        """Read a line that fits a text format whole; names that format, or None when it fits none."""
        log_format, groups = match_any(formats, line, loose=loose) or (None, ())
        if log_format is None or any(v is not None and spoiled(o.column, text_of(v)) for o, v in zip(log_format.operators, groups, strict=True)):
            return None
        self.texts.setdefault(log_format, []).append((number, groups))
        return log_format.name

    def take_object(self, text: str, number: int, keys: Keys | None) -> str | None:
        """Read a line that is a JSON entry."""
        if keys is None or not text.startswith("{") or not (entry := json_object(text)) or not keys.fit(entry) or is_marked_up(entry):
            return None
        self.objects.append((number, entry))
        return keys.name

    def take_torn(self, text: str, number: int, keys: Keys | None) -> str | None:
        """Read what stands whole in a JSON entry that is cut or elided."""
        if keys is None or not (entry := torn_object(text)) or not keys.fit(entry) or is_marked_up(entry):
            return None
        self.objects.append((number, entry))
        return CUT

    def numbers(self) -> list[int]:
        """Give the numbers of the lines."""
        groups: list[Sequence[tuple[int, Any]]] = [*self.texts.values(), self.objects, self.cut]
        return [n for found in groups for n, _ in found]

    def move(self, anew: Callable[[int], int]) -> None:
        """Number the lines anew."""
        self.texts = {f: [(anew(n), groups) for n, groups in found] for f, found in self.texts.items()}
        self.objects = [(anew(n), entry) for n, entry in self.objects]
        self.cut = [(anew(n), certain) for n, certain in self.cut]

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
    known = [raw[name].is_valid() for name in FLAGS if name in raw]
    columns = typed_columns(raw, operators)
    columns = with_lost_flags(columns, reduce(pc.or_, known)) if known else columns
    for again in (o.column for o in operators if o.name == "RESPONSE_FLAGS" and o.column not in FLAGS):
        columns = with_lost_flags(columns, raw[again].is_valid(), again)
    return columns


def _certain(found: Sequence[dict[str, str]], formats: Sequence[LogFormat]) -> dict[str, Any]:
    """Give cut lines types: a field that was lost is missing, flags among them."""
    operators = {o.column: o for f in formats for o in f.operators}
    return _columns([[c[name].encode() if name in c else None for name in operators] for c in found], list(operators.values()))
