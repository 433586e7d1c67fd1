"""Files to blocks of whole lines: plain or gzip, files, globs, streams and standard input."""

from __future__ import annotations

import codecs
import contextlib
import glob
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import IO, Any

import numpy as np

from egresslab.access_log.cast import text_of
from egresslab.errors import EgresslabError, near

BLOCK = 8 << 20
_LOOK = 64 << 10
_GZIP = b"\x1f\x8b"
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # PowerShell and editors leave them
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


class TruncatedError(EgresslabError):
    """Compressed data ends before its end; what came before has been read."""


def sources_of(paths: Iterable[Source]) -> list[Source]:
    """Open globs, and make sure that each path is a file, once each; ``-`` is standard input.

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
    first = {_identity(s): s for s in reversed(found)}
    return [s for s in found if first.pop(_identity(s), None) is not None]


def _file(path: Path) -> str:
    if path.is_dir():
        raise EgresslabError(f"{path} is a folder; eg.read_case({str(path)!r}) reads a folder, eg.read_access_log takes files and globs")
    if not path.exists():
        beside = sorted(p.name for p in path.parent.iterdir() if not p.name.startswith(".")) if path.parent.is_dir() else []
        way_out = near(path.name, beside) if beside else f"the folder {path.parent} holds no file, or is not there"
        raise EgresslabError(f"there is no file {path}; {way_out}")
    return str(path)


def _identity(source: Source) -> object:
    return Path(source).resolve() if isinstance(source, str | os.PathLike) else id(source)


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
        return not stream.read(len(codecs.BOM_UTF8)).startswith((_GZIP, *_MARKS))


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


def _before_damage(member: Any, data: bytes) -> bytes:
    """Unzip the whole lines that stand before damaged data."""
    found = bytearray()
    with contextlib.suppress(zlib.error):
        while piece := member.decompress(data, 1):
            found += piece
            data = member.unconsumed_tail
    return bytes(found[: found.rfind(b"\n") + 1])


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
    head, chunks = _begun(_raw(stream, size))
    if head.startswith(_GZIP):
        head, chunks = _begun(_gunzip(chunks, size))
    encoding = next((e for mark, e in _MARKS.items() if head.startswith(mark)), None)
    return (text.encode() for text in codecs.iterdecode(chunks, encoding, errors="replace")) if encoding else chunks


def _begun(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Look at the first bytes, of which a slow stream may hand out one by one."""
    head = b""
    while len(head) < len(codecs.BOM_UTF8) and (chunk := next(chunks, b"")):
        head += chunk
    return head, chain((head,) if head else (), chunks)


def _gunzip(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Unzip members one after another, a bounded piece at a time."""
    member = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        data = chunk
        while data:
            before = member.copy()
            try:
                piece = member.decompress(data, size)
            except zlib.error as error:
                yield _before_damage(before, data)
                raise TruncatedError(f"its compressed data is damaged ({error}); what came before was read, ask for the file again") from error
            if piece:
                yield piece
            data = member.unconsumed_tail
            if member.eof and member.unused_data.startswith(_GZIP):
                data, member = member.unused_data, zlib.decompressobj(wbits=31)
    if not member.eof:
        raise TruncatedError("its compressed data ends too early; what came before was read, ask for the file again")
