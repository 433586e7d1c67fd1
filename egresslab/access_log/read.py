"""Access logs to frames: whole, or block by block."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from egresslab.access_log.block import Grammar, read_block
from egresslab.access_log.cast import text_of
from egresslab.access_log.doubts import warn_doubts
from egresslab.access_log.exports import raw_entry
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.layers import is_wrapped, unwrapped
from egresslab.access_log.lines import blocks_of
from egresslab.access_log.log_file import LogFile
from egresslab.access_log.piece import Piece, Stranger
from egresslab.access_log.scan import Columns, Format, LogScan, warn_unread
from egresslab.errors import EgresslabError
from egresslab.frames import empty, typed
from egresslab.sources import Source, name_of, sources_of

_SNIFF = 64 << 10


@dataclass
class LogParts:
    """Everything that log files held: entries, the proxies' own lines, what nothing recognised, and the files."""

    log: pd.DataFrame
    messages: pd.DataFrame
    unread: pd.DataFrame
    files: list[LogFile]


def scan_access_log(*paths: Source, format: Format = None, columns: Columns = None) -> LogScan:  # noqa: A002
    """How do I read a log that is larger than memory?

    Parameters
    ----------
    paths
        Files, globs, open streams or ``-``, as :func:`read_access_log` takes them.
    format, columns
        As :func:`read_access_log` takes them.

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
    return LogScan(sources_of(paths), format, columns=columns)


def read_access_log(*paths: Source, format: Format = None, columns: Columns = None) -> pd.DataFrame:  # noqa: A002
    """What does this access log say?

    Parameters
    ----------
    paths
        Files (plain, gzip or zstandard), globs, open streams, or ``-`` for standard input: lines as they are, as kubectl, stern, container
        runtimes and others print them, and what log stores export (JSON, JSON lines, CSV); found out from what is in them.
    format
        A named format (``eg.words("log_formats")``), any Envoy format string, or a JSON format as object or text;
        found out from the log when not given.
    columns
        Names of columns, or patterns in which ``*`` is any text; all when not given. Fewer are read faster: five take half the time.

    Returns
    -------
    pandas.DataFrame
        A ``log`` frame, in the order of the lines; with ``columns`` it has these alone, also when nothing was logged for them, and ``proxy``,
        ``source`` and ``line``, in the order of a log: views and charts may ask for others.
        Lines that nothing recognises are counted in one warning; :func:`read_case` keeps them.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    FrameError
        When ``columns`` names a column that no log can have.
    LogFormatError
        When the format is no format, or nothing in a file is recognised: names the nearest format and where the first line departs from it.

    Examples
    --------
    >>> import egresslab as eg
    >>> log = eg.read_access_log(eg.sample_path("formats/istio.log"))
    >>> log.response_flags.value_counts()["-"].item() <= len(log)
    True
    """
    parts = read_logs(sources_of(paths), format, columns=columns)
    warn_unread(parts.files)
    warn_doubts(format)
    return parts.log


def read_logs(sources: list[Source], log_format: Format = None, root: Path | None = None, columns: Columns = None) -> LogParts:
    """Read everything that log files hold; sources are named by their path below a root."""
    scan = LogScan(sources, log_format, root, columns)
    found: dict[int, list[Piece]] = {}
    with closing(scan.pieces()) as pieces:
        for file, piece in pieces:  # two streams may have one name
            found.setdefault(id(file), []).append(piece)
    read = [(f, found[id(f)]) for f in scan.files if f.rows]
    return LogParts(
        scan.framed(read) if read else scan.empty(),
        _others("messages", scan.files, lambda f: f.messages, ("time", "level", "component", "text", "dns_name", "pod", "container")),
        _others("unread", scan.files, lambda f: f.unread, ("text", "reason", "pod", "container")),
        scan.files,
    )


def _others(frame: str, files: list[LogFile], of: Any, names: Iterable[str]) -> pd.DataFrame:
    rows = [(file, other) for file in files for other in of(file)]
    if not rows:
        return empty(frame)
    columns = {name: [getattr(o, name) for _, o in rows] for name in (*names, "line")}
    return typed({**columns, "proxy": [o.proxy or f.proxy for f, o in rows], "source": [f.source for f, _ in rows]}, frame)


def looks_like_log(source: Source, log_format: Format = None) -> bool:
    """Tell whether the beginning of a file is a log: most of its lines are recognised, or it is empty but named as one."""
    try:
        grammar = Grammar.of(log_format)
        block = next(unwrapped(blocks_of(source, _SNIFF), grammar.texts, grammar.keys), None)
    except EgresslabError:
        return False
    if block is None:
        return ".log" in str(source)
    piece = read_block(block, grammar)
    strangers = sum(isinstance(o, Stranger) for o in piece.others)
    return piece.rows + len(piece.others) > 2 * strangers


def is_wrapped_log(head: bytes, log_format: Format = None) -> bool:
    """Tell whether a file holds a log in the wrapping of a tool or a store, by its beginning."""
    grammar = Grammar.of(log_format)
    wrapped = is_wrapped(head, grammar.texts, grammar.keys)
    return wrapped and looks_like_log(io.BytesIO(head), log_format)


def raw_line(source: Source, line: int) -> str:
    """Give one line of a log as it stands, unzipped; of an export that is one document, that entry."""
    if not isinstance(source, str | os.PathLike) or Path(source).is_file():
        number = line - 1
        blocks, entry = raw_entry(blocks_of(source), line, Keys())
        if entry is not None:
            return entry
        for block in blocks:
            if 0 <= number < block.lines:
                return text_of(block.line(number))
            number -= block.lines
    raise EgresslabError(f"{name_of(source)} is not there or has no line {line}; it has changed since it was read, read the case again")
