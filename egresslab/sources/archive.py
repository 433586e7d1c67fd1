"""Archives: tar (plain, gzip, zstandard) and zip, read in memory member by member, never unpacked to disk."""

from __future__ import annotations

import contextlib
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from egresslab.errors import EgresslabError
from egresslab.sources.opened import TruncatedError, chunks_of, read_bytes
from egresslab.sources.paths import Source

_ZIP, _TAR, _TAR_AT = (b"PK\x03\x04", b"PK\x05\x06"), b"ustar", 257
_SURELY_FINE, _MOST_EXPANSION, _MOST = 64 << 20, 200, 4 << 30  # bytes, and how much larger than packed; as for single files
_MOST_MEMBERS = 200_000
_CUT = "the archive is damaged or ends too early; what came before was read, ask for it again"


@dataclass(frozen=True)
class Member:
    """A file in an archive: a stream to read before the next member is asked for, or why it is not read."""

    name: str
    size: int
    stream: Any = None
    because: str | None = None


def is_archive(head: bytes) -> bool:
    """Tell whether uncompressed first bytes are those of a tar or zip archive."""
    return head.startswith(_ZIP) or head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR


def members_of(source: Source) -> Iterator[Member]:
    """Read an archive in one pass: each file, and each thing that a safe archive does not have with why it is not read.

    Raises
    ------
    TruncatedError
        After the last member, when the archive is damaged or ends too early.
    EgresslabError
        When it is encrypted, holds far too many members, or unfolds to so much more than it is that it must be a trap.
    """
    with _opened(source) as stream:
        packed = _Counted(stream, stream.read(len(_ZIP[0])))
        seen: set[str] = set()
        for member in _zipped(packed) if packed.head.startswith(_ZIP) else _tarred(packed):
            if len(seen) == _MOST_MEMBERS:
                raise EgresslabError(f"it holds more than {_MOST_MEMBERS:,} files, as no bug report does; unpack it by hand and look")
            yield Member(member.name, member.size, because="a second file of this name: the first was read") if member.name in seen else member
            seen.add(member.name)


def _opened(source: Source) -> Any:
    return contextlib.nullcontext(source) if hasattr(source, "read") else Path(source).open("rb")


def read_member(source: Source, name: str) -> IO[bytes]:
    """Open one file of an archive again.

    Raises
    ------
    EgresslabError
        When the archive no longer holds it.
    """
    for member in members_of(source):
        if member.name == name and member.stream:
            found = io.BytesIO(member.stream.read(_MOST))
            found.name = name
            return found
    raise EgresslabError(f"{source} holds no file {name} any more; it has changed since it was read, read it again")


class _Counted:
    """A stream that knows how much was read from it, and gives back the bytes that were looked at."""

    def __init__(self, stream: Any, head: bytes) -> None:
        self.stream, self.head, self.bytes = stream, head, 0

    def read(self, size: int) -> Any:
        data = self.stream.read(size) if self.bytes else self.head
        self.bytes += len(data)
        return data


class _Unfolded:
    """The uncompressed bytes of a tar; where they are cut off they end, and ``cut`` is set."""

    def __init__(self, packed: _Counted) -> None:
        self._packed, self._chunks, self._rest = packed, chunks_of(packed), memoryview(b"")  # type: ignore[arg-type]
        self.bytes, self.cut = 0, False

    def read(self, size: int) -> bytes:
        if not self._rest:
            try:
                self._rest = memoryview(next(self._chunks, b""))
            except TruncatedError:
                self.cut = True
        data, self._rest = bytes(self._rest[:size]), self._rest[size:]
        self.bytes += len(data)
        _refuse_bomb(self.bytes, self._packed.bytes)
        return data


def _refuse_bomb(unfolded: int, packed: int) -> None:
    if unfolded > max(_SURELY_FINE, _MOST_EXPANSION * packed):
        raise EgresslabError(
            f"it unfolds to more than {unfolded >> 20:,} MB out of {packed:,} bytes, as no bug report does; unpack it by hand and look"
        )


class _Cut:
    """The bytes of a member of a tar, which may end before their end."""

    def __init__(self, stream: Any, name: str, size: int) -> None:
        self._stream, self.name, self._left = stream, name, size

    def read(self, size: int) -> bytes:
        wanted = min(size, self._left)
        data: bytes = self._stream.read(wanted)
        if wanted and not data:
            raise TruncatedError(_CUT)
        self._left -= len(data)
        return data


def _tarred(packed: _Counted) -> Iterator[Member]:
    unfolded = _Unfolded(packed)
    try:
        with tarfile.open(fileobj=unfolded, mode="r|", bufsize=1 << 20) as tar:  # type: ignore[call-overload]
            for info in tar:
                tar.members = []  # else it keeps all that it has seen
                if not info.isdir():
                    because = _why_not(info.name, info.size) or _why_no_file(info)
                    name = _name(info.name)
                    yield Member(name, info.size, None if because else _Cut(tar.fileobj, name, info.size), because)
            whole = tar.fileobj.tell() == tar.offset + tarfile.BLOCKSIZE and not any(tar.fileobj.read(tarfile.BLOCKSIZE))
    except (tarfile.TarError, RecursionError) as error:
        raise TruncatedError(_CUT) from error
    if unfolded.cut or not whole:  # tarfile takes a damaged header for the end
        raise TruncatedError(_CUT)


def _why_no_file(info: tarfile.TarInfo) -> str | None:
    if info.issym() or info.islnk():
        return f"a link (to {info.linkname}): not followed"
    return None if info.isreg() and not info.issparse() else "a device, pipe or sparse file: not read"


def _zipped(packed: _Counted) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(_seekable(packed)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if any(info.flag_bits & 1 for info in infos):
                raise EgresslabError("it is encrypted; unpack it and give the folder")
            unfolded = 0
            for info in infos:
                because = _why_not(info.filename, info.file_size) or _why_no_zipped_file(info)
                if not because:
                    unfolded += info.file_size
                    _refuse_bomb(unfolded, sum(i.compress_size for i in infos))
                name = _name(info.filename)
                yield Member(name, info.file_size, None if because else _Checked(archive, info, name), because)
    except zipfile.BadZipFile as error:
        raise EgresslabError(f"it is no zip archive that can be read ({error}): it may be cut off; ask for it again") from error


def _seekable(packed: _Counted) -> Any:
    """Give a file as it is, and what a stream holds: the contents of a zip archive are listed at its end."""
    return packed.stream if isinstance(packed.stream, io.BufferedReader) and packed.stream.seekable() else io.BytesIO(read_bytes(packed))  # type: ignore[arg-type]


class _Checked:
    """The bytes of a member of a zip archive, opened when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> None:
        self._archive, self._info, self.name = archive, info, name
        self._stream: IO[bytes] | None = None

    def read(self, size: int) -> bytes:
        try:
            self._stream = self._stream or self._archive.open(self._info)
            return self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise TruncatedError(f"its data in the archive is damaged ({error}); what came before was read, ask for it again") from error


def _why_no_zipped_file(info: zipfile.ZipInfo) -> str | None:
    if info.external_attr >> 28 not in (0, 8):  # the kind of file that Unix notes there
        return "a link or device: not followed"
    ratio = info.file_size > max(_SURELY_FINE, _MOST_EXPANSION * info.compress_size)
    return f"it unfolds to {info.file_size >> 20:,} MB out of {info.compress_size:,} bytes: not read" if ratio else None


def _why_not(name: str, size: int) -> str | None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":"):
        return "its path leads out of the archive: not read"
    return f"{size >> 30:,} GB: more than is read out of an archive; unpack it" if size > _MOST else None


def _name(name: str) -> str:
    return PurePosixPath(name).as_posix().encode("utf-8", "backslashreplace").decode()
