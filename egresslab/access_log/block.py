"""One block of lines to typed columns: the fast ways first, then line by line what they leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from egresslab.access_log.cast import text_of, typed_columns
from egresslab.access_log.format import LogFormat, Operator, compile_format, named
from egresslab.access_log.jsonl import Keys, json_object, read_json, read_objects
from egresslab.access_log.lines import Block
from egresslab.access_log.messages import Message, message_of
from egresslab.access_log.partial import read_partial
from egresslab.access_log.pattern import match_line
from egresslab.access_log.plan import plan_of
from egresslab.access_log.text import read_text

_FEW = 100  # lines below which the slow pattern costs less than one more fast pass
_SAMPLE = 500_000


@dataclass(frozen=True, slots=True)
class Stranger:
    """A line that nothing recognised, and why not."""

    line: int
    text: str
    reason: str


@dataclass
class Piece:
    """What one block held: entries as an Arrow table with their line numbers, and its other lines in order."""

    table: Any = None
    others: list[Message | Stranger] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Grammar:
    """The formats to try, best first, and what the keys of JSON entries mean."""

    texts: tuple[LogFormat, ...]
    keys: Keys | None
    likely: int = 0

    @classmethod
    def of(cls, given: Any) -> Grammar:
        """Take a given format alone, or all named ones."""
        if given is None:
            alike = {tuple(p.column if isinstance(p, Operator) else p for p in f.parts): f for f in reversed(named().values()) if f.kind == "text"}
            return cls(tuple(reversed(alike.values())), Keys())
        one = compile_format(given)
        return cls((one,), None, 1) if one.kind == "text" else cls((), Keys(one))

    def ordered(self, block: Block) -> Grammar:
        """Put the text formats first that fit most lines of a sample."""
        if len(self.texts) < 2:
            return self
        sample = block.data[:_SAMPLE]
        sample = sample[: sample.rfind(b"\n") + 1] or block.data
        lines = sample.count(b"\n")
        fit = {f: len(read_text(sample, lines, plan)[0]) for f in self.texts if (plan := plan_of(f))}
        order = sorted(self.texts, key=lambda f: -fit.get(f, 0))
        return Grammar(tuple(order), self.keys, sum(n > 0 for n in fit.values()))


@dataclass
class _Reading:
    """The state of reading one block: lines not yet read, and what was read of the others."""

    block: Block
    positions: np.ndarray[Any, Any]
    piece: Piece = field(default_factory=Piece)
    tables: list[Any] = field(default_factory=list)
    starts: np.ndarray[Any, Any] | None = None

    def take(self, rows: np.ndarray[Any, Any], columns: dict[str, Any], name: str) -> None:
        """Keep rows that were read; ``rows`` count among the lines not yet read."""
        if len(rows) == 0:
            return
        where = self.positions[rows]
        self.tables.append(pa.table({**columns, "line": pa.array(where + self.block.first)}))
        self.piece.formats[name] += len(rows)
        left = np.ones(len(self.positions), bool)
        left[rows] = False
        self.positions = self.positions[left]

    def data(self) -> bytes:
        """Give the lines not yet read."""
        if len(self.positions) == self.block.lines:
            return self.block.data
        return b"\n".join([*self.texts(), b""])

    def texts(self) -> Iterator[bytes]:
        """Give the lines not yet read, one by one, without their ends."""
        ends = self._ends()
        for at in self.positions:
            yield self.block.data[ends[at] + 1 : ends[at + 1]]

    def _ends(self) -> np.ndarray[Any, Any]:
        if self.starts is None:
            self.starts = np.concatenate([[-1], np.flatnonzero(np.frombuffer(self.block.data, np.uint8) == 10)])
        return self.starts

    def objects(self) -> np.ndarray[Any, Any]:
        """Find the lines not yet read that begin a JSON object."""
        if not self.block.data.startswith(b"{") and b"\n{" not in self.block.data:
            return np.empty(0, np.int64)
        first = np.frombuffer(self.block.data, np.uint8)[np.minimum(self._ends()[:-1] + 1, len(self.block.data) - 1)]
        return np.flatnonzero(first[self.positions] == ord("{"))


def read_block(block: Block, grammar: Grammar) -> Piece:
    """Read all lines of a block."""
    reading = _Reading(block, np.arange(block.lines))
    if grammar.keys:
        _read_objects(reading, grammar.keys)
    for n, log_format in enumerate(grammar.texts):
        plan = plan_of(log_format)
        if plan and len(reading.positions) and (n < grammar.likely or len(reading.positions) > _FEW):
            rows, raw = read_text(reading.data(), len(reading.positions), plan)
            reading.take(rows, typed_columns(raw, log_format.operators) if len(rows) else {}, log_format.name)
    _read_lines(reading, grammar)
    reading.piece.table = _in_order(reading.tables)
    return reading.piece


def _read_objects(reading: _Reading, keys: Keys) -> None:
    rows = reading.objects()
    if len(rows) == 0:
        return
    lines = list(reading.texts()) if len(rows) < reading.block.lines else None
    data = reading.block.data if lines is None else b"\n".join([*(lines[r] for r in rows), b""])
    found, columns = read_json(data, len(rows), keys)
    reading.take(rows[found], columns, _json_name(keys))


def _json_name(keys: Keys) -> str:
    return keys.given.name if keys.given else "json"


def _read_lines(reading: _Reading, grammar: Grammar) -> None:
    """Read line by line what the fast ways left."""
    slow: dict[LogFormat, list[tuple[int, tuple[bytes, ...]]]] = {}
    objects: list[tuple[int, dict[str, Any]]] = []
    partial: list[tuple[int, dict[str, str]]] = []
    for row, line in enumerate(list(reading.texts())):
        number = int(reading.positions[row]) + reading.block.first
        if not line.strip():
            continue
        if found := next(((f, g) for f in grammar.texts if (g := match_line(f, line))), None):
            slow.setdefault(found[0], []).append((row, found[1]))
            continue
        text = text_of(line)
        if grammar.keys and text.startswith("{") and (entry := json_object(text)) and grammar.keys.fit(entry):
            objects.append((row, entry))
        elif other := message_of(text, number):
            reading.piece.others.append(other)
        elif certain := read_partial(text, list(grammar.texts)):
            partial.append((row, certain))
        else:
            reading.piece.others.append(Stranger(number, text, reason_of(text)))
    _take_slow(reading, slow, objects, partial, grammar)


def _take_slow(reading: _Reading, slow: dict[LogFormat, Any], objects: list[Any], partial: list[Any], grammar: Grammar) -> None:
    taken: list[tuple[list[int], dict[str, Any], str]] = []
    for log_format, found in slow.items():
        taken.append(([r for r, _ in found], _columns([g for _, g in found], log_format.operators), log_format.name))
    if objects and grammar.keys:
        taken.append(([r for r, _ in objects], read_objects([e for _, e in objects], grammar.keys), _json_name(grammar.keys)))
    if partial:
        operators = {o.column: o for f in grammar.texts for o in f.operators}
        values = [[c.get(name, "").encode() or None for name in operators] for _, c in partial]
        columns = _columns(values, list(operators.values()))
        flags = [f if "response_flags" in c else None for f, (_, c) in zip(columns["response_flags"].to_pylist(), partial, strict=True)]
        columns["response_flags"] = pa.array(flags, pa.string()).dictionary_encode()
        taken.append(([r for r, _ in partial], columns, "cut"))
    positions = reading.positions
    for rows, columns, name in taken:
        reading.positions = positions
        reading.take(np.array(rows), columns, name)


def _columns(groups: Sequence[Sequence[bytes | None]], operators: Sequence[Operator]) -> dict[str, Any]:
    raw = {o.column: pa.array([g[n] for g in groups], pa.binary()) for n, o in enumerate(operators)}
    return typed_columns(raw, operators)


def _in_order(tables: list[Any]) -> Any:
    """Put the tables of a block together, in the order of its lines."""
    if len(tables) < 2:
        return tables[0] if tables else None
    joined = pa.concat_tables(tables, promote_options="default").unify_dictionaries()
    order = np.argsort(joined["line"].to_numpy(), kind="stable")
    return joined.take(pa.array(order))


def reason_of(text: str) -> str:
    """Say why a line was not read."""
    if text.startswith("{"):
        entry = json_object(text)
        if entry is None:
            return "begins like a JSON object but is none: cut or damaged"
        return f"a JSON object without the keys of an access entry; it has {', '.join(map(repr, list(entry)[:8]))}"
    if "\taccess\t" in text or "\taccess: " in text:
        return "an entry of ambient's ztunnel, which is not read yet"
    return "neither an access entry of a known format nor a line of the proxy's own"
