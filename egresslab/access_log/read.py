"""Access logs to one typed frame, in blocks and by several threads."""

from __future__ import annotations

import os
import warnings
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from egresslab.access_log.block import Grammar, Piece, Stranger, read_block
from egresslab.access_log.cast import text_of, to_frame
from egresslab.access_log.lines import Source, TruncatedError, blocks_of, name_of, proxies_of, sources_of
from egresslab.access_log.loose import Loose
from egresslab.access_log.messages import Message
from egresslab.access_log.nearest import departure
from egresslab.errors import EgresslabError, LogFormatError
from egresslab.frames import empty, join, typed

Format = str | Mapping[str, object] | None
_SNIFF = 64 << 10


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
            elif last and other.line == last.line + 1 + last.text.count("\n") and last.takes(other.text):
                last.join(other.text)
            else:
                self.unread.append(other)


@dataclass
class LogParts:
    """Everything that log files held: entries, the proxies' own lines, what nothing recognised, and the files."""

    log: pd.DataFrame
    messages: pd.DataFrame
    unread: pd.DataFrame
    files: list[LogFile]


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


def scan_access_log(*paths: Source, format: Format = None) -> LogScan:  # noqa: A002
    """How do I read a log that is larger than memory?

    Parameters
    ----------
    paths
        Files, globs, open streams or ``-``, as :func:`read_access_log` takes them.
    format
        As :func:`read_access_log` takes it.

    Returns
    -------
    LogScan
        ``.batches()`` reads it as ``log`` frames of about 8 MB of text each.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    LogFormatError
        When the format is no format; while reading, when nothing in a file is recognised.

    Examples
    --------
    >>> import egresslab as eg
    >>> scan = eg.scan_access_log(eg.sample_path("formats/istio.log"))
    >>> sum(len(batch) for batch in scan.batches())
    6
    """
    return LogScan(sources_of(paths), format)


def read_access_log(*paths: Source, format: Format = None) -> pd.DataFrame:  # noqa: A002
    """What does this access log say?

    Parameters
    ----------
    paths
        Files (plain or gzip), globs, open streams, or ``-`` for standard input.
    format
        A named format (``eg.words("log_formats")``), any Envoy format string, or a JSON format as object or text;
        found out from the log when not given.

    Returns
    -------
    pandas.DataFrame
        A ``log`` frame, in the order of the lines. Lines that nothing recognises are counted in one warning; :func:`read_case` keeps them.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    LogFormatError
        When the format is no format, or nothing in a file is recognised: names the nearest format and where the first line departs from it.

    Examples
    --------
    >>> import egresslab as eg
    >>> log = eg.read_access_log(eg.sample_path("formats/istio.log"))
    >>> log.response_flags.value_counts()["-"].item() <= len(log)
    True
    """
    parts = read_logs(sources_of(paths), format)
    warn_unread(parts.files)
    return parts.log


def read_logs(sources: list[Source], log_format: Format = None, root: Path | None = None) -> LogParts:
    """Read everything that log files hold; sources are named by their path below a root."""
    scan = LogScan(sources, log_format, root)
    found: dict[str, list[Piece]] = {}
    for file, piece in scan.pieces():
        found.setdefault(file.source, []).append(piece)
    frames = [scan.framed(f, found[f.source]) for f in scan.files if f.rows]
    return LogParts(
        join(frames) if frames else empty("log"),
        _others("messages", scan.files, lambda f: f.messages, ("time", "level", "component", "text")),
        _others("unread", scan.files, lambda f: f.unread, ("text", "reason")),
        scan.files,
    )


def _others(frame: str, files: list[LogFile], of: Any, names: Iterable[str]) -> pd.DataFrame:
    rows = [(file, other) for file in files for other in of(file)]
    columns = {name: [getattr(o, name) for _, o in rows] for name in (*names, "line")}
    return typed({**columns, "proxy": [f.proxy for f, _ in rows], "source": [f.source for f, _ in rows]}, frame)


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


def looks_like_log(source: Source, log_format: Format = None) -> bool:
    """Tell whether the beginning of a file is a log: most of its lines are recognised, or it is empty but named as one."""
    try:
        block = next(blocks_of(source, _SNIFF), None)
    except EgresslabError:
        return False
    if block is None:
        return ".log" in str(source)
    grammar = Grammar.of(log_format)
    piece = read_block(block, grammar)
    strangers = sum(isinstance(o, Stranger) for o in piece.others)
    return piece.rows + len(piece.others) > 2 * strangers


def raw_line(path: Path, line: int) -> str:
    """Give one line of a log as it stands, unzipped."""
    if path.is_file():
        number = line - 1
        for block in blocks_of(str(path)):
            if 0 <= number < block.lines:
                return text_of(block.line(number))
            number -= block.lines
    raise EgresslabError(f"{path} is not there or has no line {line}; it has changed since it was read, read the case again")
