"""A log read block by block, by several threads, in the order of its lines."""

from __future__ import annotations

import os
import warnings
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from egresslab.access_log.block import Grammar, Piece, Stranger, read_block
from egresslab.access_log.cast import to_frame
from egresslab.access_log.lines import blocks_of
from egresslab.access_log.loose import Loose
from egresslab.access_log.messages import Message
from egresslab.access_log.nearest import departure
from egresslab.errors import LogFormatError
from egresslab.sources import Source, TruncatedError, name_of, proxies_of

Format = str | Mapping[str, object] | None


@dataclass
class LogFile:
    """What one file held beside its entries."""

    source: str
    proxy: str
    lines: int = 0
    rows: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    messages: list[Message] = field(default_factory=list)
    unread: list[Stranger] = field(default_factory=list)

    def keep(self, piece: Piece) -> None:
        """Count a piece, and join continuation lines to the message before them."""
        piece.begin_at(self.lines + 1)
        self.lines += piece.lines
        self.rows += piece.rows
        self.formats += piece.formats
        for other in piece.others:
            last = self.messages[-1] if self.messages else None
            if isinstance(other, Message):
                self.messages.append(other)
            elif last and other.line == last.line + last.lines and last.takes(other.text):
                last.join(other.text)
            else:
                self.unread.append(other)


class LogScan:
    """A log that is read block by block, as :func:`scan_access_log` gives it."""

    def __init__(self, sources: list[Source], log_format: Format, root: Path | None = None) -> None:
        self._sources = [(name_of(s, root), s) for s in sources]
        self._grammar = Grammar.of(log_format)
        self.files: list[LogFile] = []

    def __repr__(self) -> str:
        return f"LogScan of {', '.join(name for name, _ in self._sources)}: iterate over .batches()"

    def batches(self) -> Iterator[pd.DataFrame]:
        """Read the log as ``log`` frames of a bounded number of lines, in order.

        Lines that nothing recognises are counted in one warning at the end.
        """
        for file, piece in self.pieces():
            if piece.rows:
                yield self.framed(file, [piece])
        warn_unread(self.files)

    def pieces(self) -> Iterator[tuple[LogFile, Piece]]:
        """Read the log block by block, each with the file it stands in."""
        proxies = proxies_of(name for name, _ in self._sources)
        self.files = []
        for name, source in self._sources:
            file = LogFile(name, proxies[name])
            self.files.append(file)
            for piece in self._pieces(source):
                file.keep(piece)
                yield file, piece
            self._recognised(file)

    def framed(self, file: LogFile, pieces: list[Piece]) -> pd.DataFrame:
        """Make one log frame of blocks of a file."""
        loose = Loose()
        for piece in pieces:
            loose.add(piece.loose)
        frame = to_frame([t for p in pieces for t in p.tables] + loose.tables(self._grammar.texts, self._grammar.keys))
        for name in ("proxy", "source"):
            frame[name] = pd.Categorical.from_codes([0] * len(frame), dtype=pd.CategoricalDtype(pd.Index([getattr(file, name)], dtype="str")))
        return frame

    def _pieces(self, source: Source) -> Iterator[Piece]:
        """Read the blocks of a file by several threads, in order; a truncated file ends in an unread line that says so."""
        workers = min(8, os.cpu_count() or 1)
        pending: deque[Future[Piece]] = deque()
        grammar, truncated = None, None
        with ThreadPoolExecutor(workers) as pool:
            try:
                for block in blocks_of(source):
                    grammar = grammar or self._grammar.ordered(block)
                    pending.append(pool.submit(read_block, block, grammar))
                    if len(pending) > workers:
                        yield pending.popleft().result()
            except TruncatedError as error:
                truncated = Stranger(0, "", str(error))
            while pending:
                yield pending.popleft().result()
        if truncated:
            yield Piece(others=[truncated])

    def _recognised(self, file: LogFile) -> None:
        if file.unread and not file.rows and not file.messages:
            first = file.unread[0]
            raise LogFormatError(
                f"{file.source}: none of its {file.lines:,} lines is an access entry or a line of the proxy's own. "
                f"Line {first.line}: {first.reason}. {departure(first.text, self._grammar.texts, self._grammar.keys)}"
            )


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
