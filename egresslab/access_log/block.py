"""One block of lines to typed columns: the fast ways first, then line by line what they leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from egresslab.access_log.cast import text_of, typed_columns
from egresslab.access_log.format import LogFormat, Operator, compile_format, named
from egresslab.access_log.jsonl import Keys, json_object, read_json
from egresslab.access_log.lines import Block
from egresslab.access_log.loose import Loose
from egresslab.access_log.messages import Message, is_ztunnel, message_of
from egresslab.access_log.plan import plan_of
from egresslab.access_log.text import read_text

_FEW = 100  # lines below which the slow pattern costs less than one more fast pass
_SAMPLE = 64_000
_POST = 256 << 10


@dataclass(slots=True)
class Stranger:
    """A line that nothing recognised, and why not."""

    line: int
    text: str
    reason: str


@dataclass
class Piece:
    """What one block held: entries as Arrow tables with their line numbers, and its other lines in order."""

    tables: list[Any] = field(default_factory=list)
    loose: Loose = field(default_factory=Loose)
    others: list[Message | Stranger] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)
    lines: int = 0

    @property
    def rows(self) -> int:
        """How many entries it has."""
        return self.formats.total()

    def begin_at(self, line: int) -> None:
        """Number the lines from that of the first of them."""
        self.tables = [t.set_column(t.column_names.index("line"), "line", pc.add(t["line"], line)) for t in self.tables]
        self.loose.move(line)
        for other in self.others:
            other.line += line


@dataclass(frozen=True)
class Grammar:
    """The formats to try, best first, and what the keys of JSON entries mean."""

    texts: tuple[LogFormat, ...]
    keys: Keys | None
    likely: int = 0
    json_first: bool = False

    @classmethod
    def of(cls, given: Any) -> Grammar:
        """Take a given format alone, or all named ones."""
        if given is None:
            alike = {tuple(p.column if isinstance(p, Operator) else p for p in f.parts): f for f in reversed(named().values()) if f.kind == "text"}
            return cls(tuple(reversed(alike.values())), Keys())
        one = compile_format(given)
        return cls((one,), None, 1) if one.kind == "text" else cls((), Keys(one), json_first=True)

    def ordered(self, block: Block) -> Grammar:
        """Put the text formats first that fit most lines of a sample, or JSON when that is most of it."""
        if len(self.texts) < 2 or block.lines <= _FEW:
            return self
        sample = block.data[:_SAMPLE]
        sample = sample[: sample.rfind(b"\n") + 1] or block.data
        lines = sample.count(b"\n")
        fit = {f: len(read_text(sample, lines, plan)[0]) for f in self.texts if (plan := plan_of(f))}
        order = sorted(self.texts, key=lambda f: -fit.get(f, 0))
        objects = sample.count(b"\n{") + sample.startswith(b"{")
        return Grammar(tuple(order), self.keys, sum(n > 0 for n in fit.values()), json_first=objects > max(fit.values()))


@dataclass
class _Reading:
    """The state of reading one block: lines not yet read, and what was read of the others."""

    block: Block
    positions: np.ndarray[Any, Any]
    piece: Piece = field(default_factory=Piece)

    def take(self, rows: np.ndarray[Any, Any], columns: dict[str, Any], name: str) -> None:
        """Keep rows that were read; ``rows`` count among the lines not yet read."""
        if len(rows) == 0:
            return
        where = self.positions[rows]
        self.piece.tables.append(pa.table({**columns, "line": pa.array(where)}))
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
        return map(self.block.line, self.positions)

    def objects(self) -> np.ndarray[Any, Any]:
        """Find the lines not yet read that begin a JSON object."""
        first = np.frombuffer(self.block.data, np.uint8)[self.block.starts]
        return np.flatnonzero(first[self.positions] == ord("{"))


def read_block(block: Block, grammar: Grammar) -> Piece:
    """Read all lines of a block."""
    reading = _Reading(block, np.arange(block.lines), Piece(lines=block.lines))
    if not _is_post(block):
        ways = [_read_objects, _read_texts]
        for way in ways if grammar.json_first else reversed(ways):
            way(reading, grammar)
    _read_lines(reading, grammar)
    return reading.piece


def _is_post(block: Block) -> bool:
    """Tell whether a person may have left out fields, as in lines posted to ask for help; their dots can fool the fast ways."""
    return len(block.data) < _POST and (b"..." in block.data or "…".encode() in block.data)


def _read_texts(reading: _Reading, grammar: Grammar) -> None:
    for n, log_format in enumerate(grammar.texts):
        plan = plan_of(log_format)
        if plan and len(reading.positions) and (n < grammar.likely or len(reading.positions) > _FEW):
            rows, raw = read_text(reading.data(), len(reading.positions), plan)
            reading.take(rows, typed_columns(raw, log_format.operators) if len(rows) else {}, log_format.name)


def _read_objects(reading: _Reading, grammar: Grammar) -> None:
    keys = grammar.keys
    if keys is None or not (grammar.json_first or len(reading.positions) > _FEW):
        return
    rows = reading.objects()
    if len(rows) == 0:
        return
    lines = list(reading.texts()) if len(rows) < reading.block.lines else None
    data = reading.block.data if lines is None else b"\n".join([*(lines[r] for r in rows), b""])
    found, columns = read_json(data, len(rows), keys)
    reading.take(rows[found], columns, keys.name)


def _read_lines(reading: _Reading, grammar: Grammar) -> None:
    """Read line by line what the fast ways left."""
    piece = reading.piece
    for position in reading.positions:
        line, number = reading.block.line(position), int(position)
        if not line.strip():
            continue
        name = piece.loose.take_whole(line, number, grammar.texts)
        text = "" if name else text_of(line)
        name = name or piece.loose.take_object(text, number, grammar.keys)
        if name is None and (message := message_of(text, number)):
            piece.others.append(message)
        elif name := name or piece.loose.take_cut(text, number, grammar.texts, grammar.keys):
            piece.formats[name] += 1
        else:
            piece.others.append(Stranger(number, text, reason_of(text)))


def reason_of(text: str) -> str:
    """Say why a line was not read."""
    if text.startswith("{"):
        entry = json_object(text)
        if entry is None:
            return "begins like a JSON object but is none: cut or damaged"
        return f"a JSON object without the keys of an access entry; it has {', '.join(map(repr, list(entry)[:8]))}"
    if is_ztunnel(text):
        return "an entry of ambient's ztunnel, which is not read yet"
    return "neither an access entry of a known format nor a line of the proxy's own"
