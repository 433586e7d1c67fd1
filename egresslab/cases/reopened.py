"""The files of a case, opened again to show what is behind a row."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from egresslab.access_log.exports import is_export
from egresslab.access_log.jsonl import Keys
from egresslab.cases.files import LOOK, File
from egresslab.cases.posts import parts_of
from egresslab.errors import EgresslabError
from egresslab.sources import Source, read_bytes
from egresslab.sources.archive import read_member


class Reopened:
    """Opens the files of a case again, by their names."""

    def __init__(self, log_format: Any) -> None:
        self._places: dict[str, Path | tuple[Path, str]] = {}
        self._format = log_format

    def add(self, file: File) -> None:
        """Remember where a file is."""
        if place := file.path or file.member:
            self._places[file.name] = place

    def __call__(self, name: str) -> Source:
        """Open a log again; of a post that holds the export of a log store, whose entries are numbered, that alone.

        Raises
        ------
        EgresslabError
            When it was a stream, or is gone.
        """
        place = self._place(name)
        if isinstance(place, Path) and (not place.is_file() or place.stat().st_size >= LOOK):
            return place
        log = parts_of(read_bytes(place), self._format).get("access log") if isinstance(place, Path) else None
        return named(log, name) if log and is_export(log, Keys()) else place

    def _place(self, name: str) -> Source:
        place = self._places.get(name)
        if place is None:
            raise EgresslabError(f"{name} was a stream, which can be read once; save it as a file and read that")
        return place if isinstance(place, Path) else read_member(*place)

    def data(self, name: str, kind: str) -> bytes:
        """Read a file again; of a post what belongs to one kind."""
        data = read_bytes(self._place(name))
        return parts_of(data, self._format).get(kind, data)


def named(data: bytes, name: str) -> BytesIO:
    """Make a stream of bytes that has the name of a file."""
    stream = BytesIO(data)
    stream.name = name
    return stream
