"""The files of a case: of folders, globs, streams and archives, one after another, each with its first bytes."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, TypeGuard

from egresslab.errors import EgresslabError
from egresslab.sources import Source, TruncatedError, chunks_of, name_of, sources_of
from egresslab.sources.archive import is_archive, members_of

LOOK = 64 << 10
_ZIP, _ZIPPED = b"PK", (".zip", "")  # spreadsheets, wheels and others are zip archives, too


@dataclass
class File:
    """One file: its bytes are read from a path, or from a stream that ends when the next file is asked for."""

    name: str
    source: Any = None
    head: bytes = b""
    size: int | None = None
    kind: str | None = None
    because: str | None = None
    error: EgresslabError | None = None
    member: tuple[Path, str] | None = None  # the archive that it is in, and its name there

    @property
    def path(self) -> Path | None:
        """Where it lies on disk; None when it is part of an archive or a stream."""
        return self.source if isinstance(self.source, Path) else None

    def sha256(self) -> str | None:
        """Hash its bytes; None when it is not on disk or cannot be opened."""
        if self.path is None or self.error:
            return None
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Given:
    """What a case is made of: paths and streams, and the folder that names are relative to."""

    paths: tuple[Path, ...] = ()
    streams: tuple[Any, ...] = ()
    root: Path | None = None

    @classmethod
    def of(cls, given: Iterable[Source]) -> Given:
        """Open globs, and make sure that each path is there."""
        sources = list(given)
        folders = [Path(s) for s in sources if _is_path(s) and Path(s).is_dir()]
        others = [s for s in sources if not (_is_path(s) and Path(s).is_dir())]
        found = sources_of(others) if others or not folders else []
        named = [Path(s).absolute() for s in found if _is_path(s) and Path(s).is_file()]
        paths = tuple(dict.fromkeys([*(f.absolute() for f in folders), *named]))
        root = Path(os.path.commonpath([p if p.is_dir() else p.parent for p in paths])) if paths else None
        return cls(paths, tuple(s for s in found if not (_is_path(s) and Path(s).is_file())), root)

    @property
    def is_one_file(self) -> bool:
        """Tell whether one file was named and nothing else."""
        return len(self.paths) + len(self.streams) == 1 and not any(p.is_dir() for p in self.paths)

    def files(self) -> Iterator[File]:
        """Give all files; an archive comes before what is in it."""
        for path in dict.fromkeys(chain.from_iterable(_below(p) if p.is_dir() else [p] for p in self.paths)):
            yield from self._opened(File(name_of(path, self.root), path, size=path.stat().st_size))
        for n, stream in enumerate(self.streams, 1):
            name = name_of(stream)
            if name in map(name_of, self.streams[: n - 1]):
                name += f" {n}"
            with _stream(stream) as opened:
                yield from self._opened(File(name, Peeked(opened, name)))

    def _opened(self, file: File) -> Iterator[File]:
        try:
            file.head = head_of(file.source)
        except OSError as error:
            file.error = EgresslabError(f"{file.name} cannot be opened ({error.strerror}); give yourself the right to read it")
            file.kind, file.because = "unreadable", str(file.error)
        if not is_archive(file.head) or (file.head.startswith(_ZIP) and Path(file.name).suffix.lower() not in _ZIPPED):
            yield file
            return
        file.kind, stream = "archive", file.source
        yield file
        yield from self._members(file, stream, "" if self.is_one_file else f"{file.name}/")

    def _members(self, archive: File, stream: Any, prefix: str) -> Iterator[File]:
        try:
            for member in members_of(stream):
                if _is_hidden(PurePosixPath(member.name)):
                    continue
                file = File(prefix + member.name, size=member.size, kind="other" if member.because else None, because=member.because)
                if member.stream:
                    file.member = (archive.path, member.name) if archive.path else None
                    file.source = Peeked(member.stream, file.name)
                    file.head = head_of(file.source)
                    if is_archive(file.head):
                        file.kind, file.because = "other", "an archive within an archive: not opened; unpack it and give it"
                yield file
        except EgresslabError as error:
            archive.because, archive.error = str(error), error
            archive.kind = "archive" if isinstance(error, TruncatedError) else "unreadable"


def _is_path(source: Any) -> TypeGuard[str | os.PathLike[str]]:
    return isinstance(source, str | os.PathLike) and source != "-"


def _below(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not _is_hidden(p.relative_to(folder)))


def _is_hidden(path: PurePath) -> bool:
    return any(part.startswith(".") and part != ".." for part in path.parts)


class Peeked:
    """A stream whose first bytes were looked at, and are read again."""

    def __init__(self, stream: Any, name: str) -> None:
        self._stream, self.name, self.begin = stream, name, b""
        self._error: TruncatedError | None = None
        try:
            while len(self.begin) < LOOK and (data := self._read(LOOK)):
                self.begin += data
        except TruncatedError as error:
            self._error = error
        self._head = self.begin

    def read(self, size: int = -1) -> bytes:
        """Read some bytes; the error of a stream that is cut comes after its last bytes."""
        if self._head:
            data, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return data
        if self._error:
            raise self._error
        return self._read(size)

    def _read(self, size: int) -> bytes:
        data = self._stream.read(size)
        return data.encode() if isinstance(data, str) else bytes(data)


def _stream(source: Any) -> Any:
    if isinstance(source, str | os.PathLike) and source != "-":
        return Path(source).open("rb")  # a pipe, as the shell's <(…) makes it
    return contextlib.nullcontext(sys.stdin.buffer if source == "-" else source)


def head_of(source: Any) -> bytes:
    """Look at the first bytes of a source, uncompressed."""
    found = b""
    try:
        for chunk in chunks_of(io.BytesIO(source.begin) if isinstance(source, Peeked) else source, LOOK):
            found += chunk
            if len(found) >= LOOK:
                break
    except TruncatedError:
        pass
    return found[:LOOK]
