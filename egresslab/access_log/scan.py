"""A log read block by block, by several threads, in the order of its lines."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

import pandas as pd

from egresslab.access_log.block import Grammar, read_block
from egresslab.access_log.doubts import warn_doubts
from egresslab.access_log.framing import framed
from egresslab.access_log.layers import unwrapped
from egresslab.access_log.lines import Block, blocks_of
from egresslab.access_log.log_file import LogFile
from egresslab.access_log.messages import Message
from egresslab.access_log.nearest import departure
from egresslab.access_log.piece import Piece, Stranger
from egresslab.access_log.progress import Progress
from egresslab.access_log.workers import Workers
from egresslab.errors import LogFormatError
from egresslab.frames import empty
from egresslab.sources import Source, TruncatedError, is_plain, name_of, proxies_of

Columns = str | Iterable[str] | None
Format = str | Mapping[str, object] | None


class LogScan:
    """A log that is read block by block, as :func:`scan_access_log` gives it."""

    def __init__(self, sources: list[Source], log_format: Format, root: Path | None = None, columns: Columns = None) -> None:
        self._sources = [(name_of(s, root), s) for s in sources]
        self._given, self._grammar = log_format, Grammar.of(log_format, columns)
        self.files: list[LogFile] = []

    def __repr__(self) -> str:
        return f"LogScan of {', '.join(name for name, _ in self._sources)}: iterate over .batches()"

    def batches(self) -> Iterator[pd.DataFrame]:
        """Read the log as ``log`` frames of a bounded number of lines, in order.

        Lines that nothing recognises are counted in one warning at the end.
        """
        with closing(self.pieces()) as pieces:
            for file, piece in pieces:
                if piece.rows:
                    yield self.framed([(file, [piece])])
        warn_unread(self.files)
        warn_doubts(self._given)

    def pieces(self) -> Generator[tuple[LogFile, Piece]]:
        """Read the log block by block, each with the file it stands in; a bounded number of blocks at a time."""
        proxies = proxies_of(name for name, _ in self._sources)
        self.files = []
        with Progress(_size(s for _, s in self._sources)) as progress, Workers() as workers:
            for name, source in self._sources:
                file = LogFile(name, proxies[name])
                self.files.append(file)
                for piece in self._pieces(source, workers):
                    file.keep(piece)
                    progress.advance(piece.bytes)
                    yield file, piece
                self._recognised(file)

    def framed(self, read: Sequence[tuple[LogFile, Sequence[Piece]]]) -> pd.DataFrame:
        """Make one log frame of blocks of files."""
        return framed(read, self._grammar)

    def empty(self) -> pd.DataFrame:
        """Give the frame of a log without entries."""
        log = empty("log")
        return log[[name for name in log.columns if self._grammar.columns.has(name)]]

    def _pieces(self, source: Source, workers: Workers) -> Iterator[Piece]:
        """Read the blocks of a file, in order; a truncated file ends in an unread line that says so."""
        damage: list[Message | Stranger] = []
        blocks = self._blocks(source, damage)
        if (first := next(blocks, None)) is not None:
            grammar = self._grammar.ordered(first)
            yield from workers.in_order(lambda block: read_block(block, grammar), chain([first], blocks))
        if damage:
            yield Piece(others=damage)

    def _blocks(self, source: Source, damage: list[Message | Stranger]) -> Iterator[Block]:
        try:
            yield from unwrapped(blocks_of(source), self._grammar.texts, self._grammar.keys)
        except TruncatedError as error:
            damage.append(Stranger(0, "", str(error)))

    def _recognised(self, file: LogFile) -> None:
        if file.unread and not file.rows and not file.messages:
            first = file.unread[0]
            raise LogFormatError(
                f"{file.source}: none of its {file.lines:,} lines is an access entry or a line of the proxy's own. "
                f"Line {first.line}: {first.reason}. {departure(first.text, self._grammar.texts, self._grammar.keys)}"
            )


def _size(sources: Iterable[Source]) -> int | None:
    """Give the bytes of all sources; None when one is packed or no file."""
    paths = [Path(s) for s in sources if isinstance(s, str | os.PathLike) and s != "-"]
    return sum(p.stat().st_size for p in paths) if all(map(is_plain, paths)) else None


def warn_unread(files: Iterable[LogFile]) -> None:
    """Count the lines that nothing recognised in one warning."""
    unread = [(file, line) for file in files for line in file.unread]
    if unread:
        file, first = unread[0]
        total = sum(f.lines for f in files)
        warnings.warn(
            f"{len(unread):,} of {total:,} lines were not recognised; the first is {file.source}:{first.line} ({first.reason}). "
            "eg.read_case keeps them in case.unread.",
            UserWarning,
            stacklevel=3,
        )
