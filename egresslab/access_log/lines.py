"""Sources to blocks of whole lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from egresslab.access_log.mended import uncoloured, utf8
from egresslab.access_log.origin import Origin
from egresslab.sources import Source, TruncatedError, chunks_of, is_plain

BLOCK = 8 << 20
HEAD = 64 << 10  # bytes by which a wrapping is known
_LOOK = 64 << 10


@dataclass
class Block:
    """Whole lines of one file; a worker reads them when it asks for them."""

    load: Callable[[], bytes]
    origin: Origin | None = None

    @cached_property
    def data(self) -> bytes:
        """The lines, each with its end."""
        data = self.load()
        if b"\r" in data:  # one byte is found much faster than two
            data = data.replace(b"\r\n", b"\n")
        if b"\x1b" in data:
            data = uncoloured(data)
        if not data.isascii() and not _is_utf8(data):  # the CSV reader cannot hand over a line in another encoding
            data = b"\n".join(utf8(line) for line in data.split(b"\n"))
        return data if data.endswith(b"\n") else data + b"\n"

    @cached_property
    def _ends_before(self) -> np.ndarray[Any, Any]:
        """How many lines end before each stretch of the data: a few lines are found without looking for all ends."""
        return np.cumsum([0, *(np.count_nonzero(self._ends(at)) for at in range(0, len(self.data), _LOOK))])

    def _ends(self, at: int) -> Any:
        """Tell of each byte in a stretch whether a line ends there."""
        return np.frombuffer(self.data, np.uint8, min(_LOOK, len(self.data) - at), at) == ord("\n")

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return int(self._ends_before[-1])

    @property
    def starts(self) -> np.ndarray[Any, Any]:
        """Where each line starts."""
        return np.concatenate([[0], np.flatnonzero(np.frombuffer(self.data, np.uint8) == ord("\n"))[:-1] + 1])

    def line(self, number: int) -> bytes:
        """Give one line, counted from 0, without its end."""
        start = self._end_of(number - 1) + 1 if number else 0
        return self.data[start : self.data.index(b"\n", start)]

    def _end_of(self, number: int) -> int:
        stretch = int(np.searchsorted(self._ends_before, number, side="right")) - 1
        at = stretch * _LOOK
        return at + int(np.flatnonzero(self._ends(at))[number - self._ends_before[stretch]])


def blocks_of(source: Source, size: int = BLOCK) -> Iterator[Block]:
    """Cut a source into blocks of whole lines; a plain file is read by whoever asks for a block.

    Raises
    ------
    TruncatedError
        After the last block, when compressed data ends too early.
    """
    if isinstance(source, str | os.PathLike) and source != "-" and is_plain(Path(source)):
        return _ranges(Path(source), size)
    return _streamed(chunks_of(source, size))


def _ranges(path: Path, size: int) -> Iterator[Block]:
    with path.open("rb", buffering=0) as stream:
        total, end = os.fstat(stream.fileno()).st_size, 0
        while end < total:
            start, end = end, _line_end(stream.fileno(), end + size, total)
            yield Block(partial(_read_range, path, start, end - start))


def _line_end(file: int, at: int, total: int) -> int:
    """Find where the line ends that holds the byte before a position."""
    at -= 1
    while at < total and (chunk := os.pread(file, _LOOK, at)):
        if (found := chunk.find(b"\n")) >= 0:
            return at + found + 1
        at += len(chunk)
    return total


def _read_range(path: Path, start: int, length: int) -> bytes:
    with path.open("rb", buffering=0) as stream:
        return os.pread(stream.fileno(), length, start)


def _streamed(chunks: Iterator[bytes]) -> Iterator[Block]:
    """Cut chunks into blocks, the last line with those before it: it may go on with an entry."""
    block: list[bytes] = []
    rest: list[bytes] = []
    try:
        for chunk in chunks:
            cut = chunk.rfind(b"\n") + 1
            if cut and block:
                yield held(b"".join(block))
            if cut:
                block, rest = [*rest, chunk[:cut]], []
            rest.append(chunk[cut:])
    except TruncatedError:
        if any((*block, *rest)):
            yield held(b"".join((*block, *rest)))
        raise
    if any((*block, *rest)):
        yield held(b"".join((*block, *rest)))


def beginning_of(blocks: Iterator[Block]) -> tuple[bytes, Iterator[Block]]:
    """Look at the first bytes of some blocks, and give all of them."""
    head, found = b"", list[Block]()
    try:
        while len(head) < HEAD and (block := next(blocks, None)):
            found.append(block)
            head += block.data[:HEAD]
    except TruncatedError as error:
        blocks = _ending(error)
    return head[:HEAD], chain(found, blocks)


def _ending(error: TruncatedError) -> Iterator[Block]:
    raise error
    yield


def held(data: bytes, origin: Origin | None = None) -> Block:
    """Make a block of lines that are in memory."""
    return Block(lambda: data, origin)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
