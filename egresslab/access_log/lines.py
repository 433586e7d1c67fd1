"""Files to blocks of whole lines: plain or gzip, files, globs, streams and standard input."""

from __future__ import annotations

import glob
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import IO, Any

import numpy as np

from egresslab.access_log.cast import text_of
from egresslab.errors import EgresslabError, near

BLOCK = 8 << 20
_LOOK = 64 << 10
_GZIP = b"\x1f\x8b"
_ENDING = re.compile(r"(?<=[^/])(?:\.(?:gz|log|json|jsonl|txt|out|\d+))+$")

Source = str | os.PathLike[str] | IO[bytes] | IO[str]


@dataclass
class Block:
    """Whole lines of one file; a worker reads them when it asks for them."""

    load: Callable[[], bytes]

    @cached_property
    def data(self) -> bytes:
        """The lines, each with its end."""
        data = self.load()
        if b"\r" in data:  # one byte is found much faster than two
            data = data.replace(b"\r\n", b"\n")
        if not data.isascii() and not _is_utf8(data):  # the CSV reader cannot hand over a line in another encoding
            data = b"\n".join(text_of(line).encode() for line in data.split(b"\n"))
        return data if data.endswith(b"\n") else data + b"\n"

    @cached_property
    def ends(self) -> np.ndarray[Any, Any]:
        """Where each line ends, after a first -1."""
        return np.concatenate([[-1], np.flatnonzero(np.frombuffer(self.data, np.uint8) == ord("\n"))])

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.ends) - 1

    def line(self, number: int) -> bytes:
        """Give one line, counted from 0, without its end."""
        return self.data[self.ends[number] + 1 : self.ends[number + 1]]


class TruncatedError(EgresslabError):
    """Compressed data ends before its end; what came before has been read."""


def sources_of(paths: Iterable[Source]) -> list[Source]:
    """Open globs, and make sure that each path is a file; ``-`` is standard input.

    Raises
    ------
    EgresslabError
        When a path does not exist or is a folder, or no path is given.
    """
    found: list[Source] = []
    for path in paths:
        if not isinstance(path, str | os.PathLike) or path == "-":
            found.append(path)
        elif (matches := sorted(glob.glob(os.fspath(path)))) and not Path(path).exists():  # noqa: PTH207 (Path.glob takes no absolute pattern)
            found += [m for m in matches if Path(m).is_file()]
        else:
            found.append(_file(Path(path)))
    if not found:
        raise EgresslabError("no access log was given; give files, globs such as 'logs/*.log', or - for standard input")
    return found


def _file(path: Path) -> str:
    if path.is_dir():
        raise EgresslabError(f"{path} is a folder; eg.read_case({str(path)!r}) reads a folder, eg.read_access_log takes files and globs")
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise EgresslabError(f"there is no file {path}; " + (near(path.name, beside) if beside else f"the folder {path.parent} does not hold any"))
    return str(path)


def name_of(source: Source, root: Path | None = None) -> str:
    """Name a source as rows name it: the path as given or below a root, ``<stdin>``, or the name of a stream."""
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return "<stdin>" if source == "-" else (path.relative_to(root) if root else path).as_posix()
    return str(getattr(source, "name", "<stream>"))


def proxies_of(names: Iterable[str]) -> dict[str, str]:
    """Name the proxy of each file: its stem, with the folder before it where folders hold files of one stem.

    >>> proxies_of(["a/sidecar.json.log.gz", "a/sidecar.log.1", "b/sidecar.log", "gateway.log"])
    {'a/sidecar.json.log.gz': 'a/sidecar', 'a/sidecar.log.1': 'a/sidecar', 'b/sidecar.log': 'b/sidecar', 'gateway.log': 'gateway'}
    """
    whole = {name: _ENDING.sub("", name) for name in names}
    folders: dict[str, set[str]] = {}
    for stem in whole.values():
        folders.setdefault(stem.rsplit("/", 1)[-1], set()).add(stem)
    return {name: stem if len(folders[last := stem.rsplit("/", 1)[-1]]) > 1 else last for name, stem in whole.items()}


def blocks_of(source: Source, size: int = BLOCK) -> Iterator[Block]:
    """Cut a source into blocks of whole lines; a plain file is read by whoever asks for a block.

    Raises
    ------
    TruncatedError
        After the last block, when compressed data ends too early.
    """
    if isinstance(source, str | os.PathLike) and source != "-" and _is_plain(Path(source)):
        return _ranges(Path(source), size)
    return _streamed(_chunks(source, size))


def _is_plain(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(_GZIP)) != _GZIP


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
    rest: list[bytes] = []
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield _held(b"".join((*rest, memoryview(chunk)[:cut])))
            rest = []
        rest.append(chunk[cut:])
    if any(rest):
        yield _held(b"".join(rest))


def _held(data: bytes) -> Block:
    return Block(lambda: data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _chunks(source: Source, size: int) -> Iterator[bytes]:
    if source == "-":
        yield from _unzipped(sys.stdin.buffer, size)
    elif isinstance(source, str | os.PathLike):
        with Path(source).open("rb", buffering=0) as stream:
            yield from _unzipped(stream, size)
    else:
        yield from _unzipped(source, size)


def _raw(stream: Any, size: int) -> Iterator[bytes]:
    while data := stream.read(size):
        yield data.encode() if isinstance(data, str) else data


def _unzipped(stream: Any, size: int) -> Iterator[bytes]:
    chunks = _raw(stream, size)
    head = next(chunks, b"")
    if not head.startswith(_GZIP):
        yield from filter(None, (head,))
        yield from chunks
        return
    yield from _gunzip(_chain(head, chunks), size)


def _chain(head: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from others


def _gunzip(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Unzip members one after another, a bounded piece at a time."""
    member = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        data = chunk
        while data:
            try:
                piece = member.decompress(data, size)
            except zlib.error as error:
                raise TruncatedError(f"its compressed data is damaged ({error}); what came before was read, ask for the file again") from error
            if piece:
                yield piece
            data = member.unconsumed_tail
            if member.eof and member.unused_data.startswith(_GZIP):
                data, member = member.unused_data, zlib.decompressobj(wbits=31)
    if not member.eof:
        raise TruncatedError("its compressed data ends too early; what came before was read, ask for the file again")
