"""The bytes of a source: plain, gzip or zstandard, in UTF-8 whatever they were."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from egresslab.errors import EgresslabError
from egresslab.sources.paths import Source

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # PowerShell and editors leave them


_PIECE = 1 << 20
_SURELY_FINE, _MOST_EXPANSION = 64 << 20, 200  # bytes; config dumps and logs shrink to a tenth or a fiftieth
_MOST = 4 << 30


class TruncatedError(EgresslabError):
    """Compressed data ends before its end; what came before has been read."""


def chunks_of(source: Source, size: int = _PIECE) -> Iterator[bytes]:
    """Read a source piece by piece, uncompressed and in UTF-8.

    Raises
    ------
    TruncatedError
        After the last piece, when compressed data ends too early or is damaged.
    """
    with _stream(source) as stream:
        yield from _unzipped(stream, size)


def is_plain(path: Path) -> bool:
    """Tell whether a path is a file whose bytes can be taken as they are: not packed, in no encoding that a mark names."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return not stream.read(len(_ZSTD)).startswith((_GZIP, _ZSTD, *_MARKS))


def read_bytes(source: Source) -> bytes:
    """Read a source whole, uncompressed and in UTF-8.

    Raises
    ------
    TruncatedError
        When compressed data ends too early or is damaged.
    EgresslabError
        When it unfolds to so much more than it is that it must be a trap, or is more than 4 GB.
    """
    if isinstance(source, str | os.PathLike) and is_plain(path := Path(source)) and path.stat().st_size <= _MOST:
        return path.read_bytes()
    with _stream(source) as stream:
        counted = _Counted(stream)
        found, total = [], 0
        for chunk in _unzipped(counted, _PIECE):
            found.append(chunk)
            total += len(chunk)
            if total > _MOST or total > max(_SURELY_FINE, _MOST_EXPANSION * counted.bytes):
                raise EgresslabError(
                    f"it unfolds to more than {total >> 20:,} MB out of {counted.bytes:,} bytes, as no dump or YAML does; unpack it by hand and look"
                )
    return b"".join(found)


class _Counted:
    """A stream that knows how much was read from it."""

    def __init__(self, stream: Any) -> None:
        self._stream, self.bytes = stream, 0

    def read(self, size: int) -> Any:
        data = self._stream.read(size)
        self.bytes += len(data)
        return data


def _stream(source: Source) -> Any:
    if source == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    return Path(source).open("rb", buffering=0) if isinstance(source, str | os.PathLike) else contextlib.nullcontext(source)


def _raw(stream: Any, size: int) -> Iterator[bytes]:
    while data := stream.read(size):
        yield data.encode() if isinstance(data, str) else data


def _unzipped(stream: Any, size: int) -> Iterator[bytes]:
    head, chunks = _begun(_raw(stream, size))
    if head.startswith(_GZIP):
        head, chunks = _begun(_gunzip(chunks, size))
    elif head.startswith(_ZSTD):
        head, chunks = _begun(_unzstd(chunks, size))
    encoding = next((e for mark, e in _MARKS.items() if head.startswith(mark)), None)
    return (text.encode() for text in codecs.iterdecode(chunks, encoding, errors="replace")) if encoding else chunks


class _Readable(io.RawIOBase):
    """Pieces as a file, which pyarrow reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._rest or next(self._chunks, b"")
        length = min(len(buffer), len(data))
        buffer[:length], self._rest = data[:length], data[length:]
        return length


def _unzstd(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    stream = pa.CompressedInputStream(pa.PythonFile(io.BufferedReader(_Readable(chunks)), "r"), "zstd")
    try:
        while piece := stream.read(size):
            yield piece
    except OSError as error:
        raise TruncatedError(f"its compressed data is damaged or ends too early ({error}); ask for the file again") from error


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


def _before_damage(member: Any, data: bytes) -> bytes:
    """Unzip the whole lines that stand before damaged data."""
    found = bytearray()
    with contextlib.suppress(zlib.error):
        while piece := member.decompress(data, 1):
            found += piece
            data = member.unconsumed_tail
    return bytes(found[: found.rfind(b"\n") + 1])
