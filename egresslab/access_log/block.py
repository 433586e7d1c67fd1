"""One block of lines to typed columns: the fast ways first, then line by line what they leave."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from egresslab.access_log.alike import read_alike, read_alike_objects
from egresslab.access_log.bare import reads
from egresslab.access_log.cast import text_of, typed_columns
from egresslab.access_log.damaged import Damaged
from egresslab.access_log.format import LogFormat, Operator, compile_format, named
from egresslab.access_log.jsonl import Keys, json_object, read_json
from egresslab.access_log.lines import Block
from egresslab.access_log.mended import LEFTOVERS, mended
from egresslab.access_log.messages import message_of
from egresslab.access_log.origin import NOBODY, Whose
from egresslab.access_log.pattern import match_any
from egresslab.access_log.piece import Piece, Stranger
from egresslab.access_log.plan import plan_of
from egresslab.access_log.projection import ALL, Projection
from egresslab.access_log.records import is_several
from egresslab.access_log.strays import is_foreign, stray
from egresslab.access_log.text import Wants, read_text
from egresslab.access_log.ztunnel import entries_of, may_hold
from egresslab.access_log.ztunnel_columns import columns_of

_FEW = 100  # lines below which the slow pattern costs less than one more fast pass
_MANY = 30  # times as many lines cost less to cut all at once than one of them to find
_SAMPLE = 64_000
_ENOUGH = 50  # entries to know the formats of a log by
_POST = 256 << 10
_BY_HAND = re.compile('\\.\\.\\.|[…–—“”\u00a0\u200b]|"~~"|\\*\\*'.encode())  # noqa: RUF001 (what people and their editors write)


@dataclass(frozen=True)
class Grammar:
    """The formats to try, best first, and what the keys of JSON entries mean."""

    texts: tuple[LogFormat, ...]
    keys: Keys | None
    likely: int = 0
    json_first: bool = False
    columns: Projection = ALL

    @classmethod
    def of(cls, given: Any, columns: str | Iterable[str] | None = None) -> Grammar:
        """Take a given format alone, or all named ones; and the columns that are wanted."""
        found = cls._of(given)
        return replace(found, columns=Projection.of(columns, found.texts + ((found.keys.given,) if found.keys and found.keys.given else ())))

    @classmethod
    def _of(cls, given: Any) -> Grammar:
        if given is None:
            alike = {tuple(p.column if isinstance(p, Operator) else p for p in f.parts): f for f in reversed(named().values()) if f.kind == "text"}
            return cls(tuple(reversed(alike.values())), Keys())
        one = compile_format(given)
        return cls((one,), None, 1) if one.kind == "text" else cls((), Keys(one), json_first=True)

    def ordered(self, block: Block) -> Grammar:
        """Put the text formats first that fit most lines of a sample, or JSON when that is most of it."""
        if len(self.texts) < 2 or block.lines <= _FEW:
            return self
        fit = Counter(islice(self._formats(block.data[:_SAMPLE].split(b"\n")), _ENOUGH))
        order = sorted(self.texts, key=lambda f: -fit[f])
        return replace(self, texts=tuple(order), likely=len([f for f in order if fit[f]]), json_first=2 * fit[None] > fit.total())

    def _formats(self, lines: Iterable[bytes]) -> Iterator[LogFormat | None]:
        """Give the format of each entry in a sample; None for a JSON object."""
        for line in lines:
            if line.startswith(b"{"):
                yield None
            elif found := match_any(self.texts, line, loose=False):
                yield found[0]


@dataclass
class _Reading:
    """The state of reading one block: lines not yet read, and what was read of the others."""

    block: Block
    positions: np.ndarray[Any, Any]
    wants: Wants = lambda _: True
    piece: Piece = field(default_factory=Piece)
    bare: dict[int, bytes] = field(default_factory=dict)
    strays: dict[int, Whose] = field(default_factory=dict)

    def take(self, rows: np.ndarray[Any, Any], columns: dict[str, Any], name: str) -> None:
        """Keep rows that were read; ``rows`` count among the lines not yet read."""
        if len(rows) == 0:
            return
        where = self.positions[rows]
        self.piece.tables.append(pa.table({**{c: v for c, v in columns.items() if self.wants(c)}, "line": pa.array(where)}))
        self.piece.formats[name] += len(rows)
        left = np.ones(len(self.positions), bool)
        left[rows] = False
        self.positions = self.positions[left]

    def data(self) -> bytes:
        """Give the lines not yet read."""
        if len(self.positions) == self.block.lines and not self.bare:
            return self.block.data
        return b"\n".join([*self.texts(), b""])

    def texts(self) -> list[bytes]:
        """Give the lines not yet read, without their ends."""
        positions = self.positions.tolist()
        line = self.block.line if len(positions) * _MANY < self.block.lines else self.block.data.split(b"\n").__getitem__
        return [self.bare.get(p) or line(p) for p in positions]

    def objects(self) -> np.ndarray[Any, Any]:
        """Find the lines not yet read that begin a JSON object."""
        first = np.frombuffer(self.block.data, np.uint8)[self.block.starts]
        return np.flatnonzero(first[self.positions] == ord("{"))


def read_block(block: Block, grammar: Grammar) -> Piece:
    """Read all lines of a block."""
    reading = _Reading(block, np.arange(block.lines), grammar.columns.needs, Piece(lines=block.lines, bytes=len(block.data)))
    if may_hold(block.data[:_SAMPLE]):
        _read_ztunnel(reading)
    if not _is_post(block):
        ways = [_read_objects, _read_texts]
        for way in ways if grammar.json_first else reversed(ways):
            way(reading, grammar)
    _read_strays(reading, grammar)
    _read_ztunnel(reading)
    _read_lines(reading, grammar)
    reading.piece.place(block.origin, reading.strays)
    return reading.piece


def _is_post(block: Block) -> bool:
    """Tell whether a person may have left out fields, as in lines posted to ask for help; their dots can fool the fast ways."""
    return len(block.data) < _POST and _BY_HAND.search(block.data) is not None


def _read_texts(reading: _Reading, grammar: Grammar) -> None:
    for n, log_format in enumerate(grammar.texts):
        plan, likely = plan_of(log_format), n < grammar.likely
        if plan and likely and (found := read_alike(reading.data(), plan, reading.wants)):
            reading.take(found[0], typed_columns(found[1], log_format.operators, clean=True), log_format.name)
            likely = False
        if plan and len(reading.positions) and (likely or len(reading.positions) > _FEW):
            rows, raw = read_text(reading.data(), len(reading.positions), plan, reading.wants)
            reading.take(rows, typed_columns(raw, log_format.operators) if len(rows) else {}, log_format.name)


def _read_objects(reading: _Reading, grammar: Grammar) -> None:
    keys = grammar.keys
    if keys is None or not (grammar.json_first or len(reading.positions) > _FEW):
        return
    alike = read_alike_objects(reading.data(), keys, reading.wants) if grammar.json_first else None
    if alike:
        reading.take(*alike, keys.name)
    rows = reading.objects() if not alike or len(reading.positions) > _FEW else ()
    if len(rows) == 0:
        return
    lines = reading.texts() if len(rows) < reading.block.lines else None
    data = reading.block.data if lines is None else b"\n".join([*(lines[r] for r in rows), b""])
    found, columns = read_json(data, len(rows), keys)
    reading.take(rows[found], columns, keys.name)


def _read_ztunnel(reading: _Reading) -> None:
    """Read the connection lines of ambient's ztunnel."""
    data = reading.data()
    if not may_hold(data):
        return
    numbers = reading.positions.tolist()
    entries, at = list(entries_of(data.decode().split("\n")[:-1], numbers)), dict(zip(numbers, range(len(numbers)), strict=True))
    if entries:
        reading.take(np.array([at[e.lines[0]] for e in entries]), columns_of(entries), "ztunnel")
        further = [number for e in entries for number in e.lines[1:]]
        reading.piece.joined += further
        reading.positions = reading.positions[~np.isin(reading.positions, further)]


def _read_strays(reading: _Reading, grammar: Grammar) -> None:
    """Take the wrapping off lines that have another than most, and set aside those of containers that are no proxy."""
    origin, foreign = reading.block.origin, []
    containers = origin.labels.get("container") if origin else None
    for position, line in zip(reading.positions.tolist(), reading.texts(), strict=True):
        container = containers[position].as_py() if containers else None
        if is_foreign(container):
            if line.strip() and not reads(line, grammar.texts, grammar.keys, surely=True):
                reading.piece.others.append(Stranger(position, text_of(line), f"a line of container {container}"))
                foreign.append(position)
        elif found := stray(line, grammar.texts, grammar.keys):
            reading.bare[position] = found[0]
            if found[1] != NOBODY:
                reading.strays[position] = found[1]
    reading.positions = reading.positions[~np.isin(reading.positions, foreign)] if foreign else reading.positions


def _read_lines(reading: _Reading, grammar: Grammar) -> None:
    """Read line by line what the fast ways left."""
    piece, left = reading.piece, []
    post = len(reading.block.data) < _POST
    for number, line in zip(reading.positions.tolist(), reading.texts(), strict=True):
        if not line.strip():
            continue
        odd = line.endswith(b"\r") or (post and _is_odd(line))
        name = None if odd else piece.loose.take_whole(line, number, grammar.texts, loose=False)
        text = "" if name else text_of(line)
        name = name or piece.loose.take_object(text, number, grammar.keys)
        clean = "" if name else mended(text)
        if name := name or (None if odd or clean != text else piece.loose.take_whole(line, number, grammar.texts)):
            piece.formats[name] += 1
        elif message := message_of(text, number):
            piece.others.append(message)
        else:
            left.append((number, text, clean))
    _read_damaged(left, piece, grammar)


def _is_odd(line: bytes) -> bool:
    """Tell whether a line, though it fit a format, may be two lines of a post or end in a mark of its wrapping; a client can write both, too."""
    return line.endswith(LEFTOVERS) or (line.count(b'] "') > 1 and is_several(text_of(line)))


def _read_damaged(left: list[tuple[int, str, str]], piece: Piece, grammar: Grammar) -> None:
    """Read what can be read of lines that nothing reads as they stand."""
    numbers, texts, mends = zip(*left, strict=True) if left else ((), (), ())
    for found in Damaged(numbers, texts, mends, grammar.texts, grammar.keys, piece.loose).read():
        piece.joined += range(found.number + 1, found.number + found.lines)
        if found.name:
            piece.formats[found.name] += found.rows
        else:
            piece.others.append(found.message or Stranger(found.number, found.text, reason_of(found.text)))
    piece.others.sort(key=lambda other: other.line)


def reason_of(text: str) -> str:
    """Say why a line was not read."""
    if text.startswith("{"):
        entry = json_object(text)
        if entry is None:
            return "begins like a JSON object but is none: cut or damaged"
        return f"a JSON object without the keys of an access entry; it has {', '.join(map(repr, list(entry)[:8]))}"
    return "neither an access entry of a known format nor a line of the proxy's own"
