"""The files of a case, each read by the reader of its kind."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from egresslab.access_log import LogParts, read_logs
from egresslab.cases.entries import unread_log
from egresslab.cases.files import LOOK, File, Given, head_of
from egresslab.cases.kinds import NEVER_READ, UNKNOWN, kind_of
from egresslab.cases.own_formats import best_format, own_formats
from egresslab.cases.posts import is_post, parts_of
from egresslab.cases.reopened import named
from egresslab.cases.told import pod_told
from egresslab.errors import EgresslabError, LogFormatError
from egresslab.frames import log_of
from egresslab.sources import Source, name_of, read_bytes

if TYPE_CHECKING:
    from egresslab.config_dump import DumpFile

Row = dict[str, Any]


@dataclass
class Reading:
    """What was read so far. Files on disk are read together at the end, those of archives when it is their turn."""

    log_format: Any
    root: Path | None
    rows: dict[str, Row] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    logs: list[Source] = field(default_factory=list)
    dumps: list[Source] = field(default_factory=list)
    log_parts: list[LogParts] = field(default_factory=list)
    dump_files: list[DumpFile] = field(default_factory=list)
    resources: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    printed: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: {"proxy-status": [], "analysis": []})
    tables: list[pd.DataFrame] = field(default_factory=list)
    errors: dict[str, EgresslabError] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)  # the proxy of a file, where its text names it

    def take(self, file: File) -> None:
        """Read a file, or note it to be read."""
        kind, because = (file.kind, file.because) if file.kind else kind_of(file, self.log_format)
        self.files[file.name] = file
        digest = None if because == NEVER_READ else file.sha256()
        self.rows[file.name] = {"source": file.name, "kind": kind, "because": because, "bytes": file.size, "sha256": digest}
        if kind == "unreadable":
            self.errors[file.name] = file.error or EgresslabError(f"{file.name}: {because}")
        if len(file.head) < LOOK and (pod := pod_told(file.head.decode("utf-8", "replace"))):
            self.told[file.name] = pod
        if (kind in _READ or because == UNKNOWN) and is_post(file, kind) and self._take_post(file):
            return
        if read := _READ.get(kind):
            self._guarded(file.name, partial(read, self, file))

    def _guarded(self, name: str, read: Callable[[], None]) -> None:
        """Let a broken file not stop the others."""
        try:
            read()
        except (EgresslabError, OSError) as error:
            self.fail(name, error)

    def fail(self, name: str, error: Exception) -> None:
        """Note why a file is not read."""
        self.errors[name] = error if isinstance(error, EgresslabError) else EgresslabError(f"{name} cannot be read: {error}")
        self.rows[name] |= {"kind": "unreadable", "because": str(error)}

    def _take_post(self, file: File) -> bool:
        """Read each part of a text in which several things were pasted."""
        parts = parts_of(file.head, self.log_format)
        failed = dict[str, EgresslabError]()
        for kind, data in parts.items():
            part = File(file.name, named(data, file.name), data)
            self._guarded(file.name, partial(_log_or_unread if kind == "access log" and len(parts) > 1 else _READ[kind], self, part))
            if error := self.errors.pop(file.name, None):
                failed[kind] = error
        if parts:
            holds = [kind + (f", which cannot be read ({failed[kind]})" if kind in failed else "") for kind in sorted(parts)]
            self.rows[file.name] |= {"kind": "post", "because": f"holds: {', '.join(holds)}"}
        if parts and len(failed) == len(parts):
            self.fail(file.name, next(iter(failed.values())))
        return bool(parts)

    def finish(self, given: Given) -> None:
        """Read the files on disk: dumps first, which tell the formats of logs."""
        if self.dumps:
            self._dumps(self.dumps)
        if self.log_format is None and (formats := own_formats(self.dump_files)):
            self._read_own_formats(given, formats)
        self._read_logs()

    def _read_own_formats(self, given: Given, formats: list[str]) -> None:
        """Read logs that fit a format of the proxies' own better than any that has a name; archives a second time, but once for all."""
        logs = [f for f in self.files.values() if self.rows[f.name]["kind"] == "access log" or self.rows[f.name]["because"] == UNKNOWN]
        again = {f.name: found for f in logs if (f.path or f.member) and (found := best_format(f.head or head_of(f.source), formats))}
        for file in replace(given, streams=()).files() if again else ():
            if found := again.get(file.name):
                self.logs = [log for log in self.logs if log != file.path]
                self.log_parts = [part for part in self.log_parts if part.files[0].source != file.name]
                self.rows[file.name] |= {"kind": "access log", "because": "read with the format in the config dump"}
                self._guarded(file.name, partial(self._read_log, file.source, found))

    def _read_log(self, source: Source, log_format: Any) -> None:
        self.log_parts.append(read_logs([source], log_format, self.root))

    def _read_logs(self) -> None:
        """Read the logs together, or one by one where one of them is none."""
        try:
            self.log_parts += [read_logs(self.logs, self.log_format, self.root)] if self.logs else []
        except (EgresslabError, OSError):
            for log in self.logs:
                self._guarded(name_of(log, self.root), partial(self._read_log, log, self.log_format))

    def _dumps(self, sources: Iterable[Source]) -> None:
        from egresslab.config_dump import read_dumps

        for found in read_dumps(sources, self.root):
            row = self.rows[found.source]
            if found.error:
                self.fail(found.source, found.error)
                continue
            self.dump_files.append(found)
            if row["kind"] == "config dump":
                row["kind"] = found.part.kind
            if found.part.skipped:
                row["because"] = f"{found.part.skipped:,} lines or objects of it were not understood"


def _log(reading: Reading, file: File) -> None:
    if file.path:
        reading.logs.append(file.path)
    else:
        reading.log_parts.append(read_logs([file.source], reading.log_format))


def _log_or_unread(reading: Reading, file: File) -> None:
    """Read a log beside something else: lines that only look like entries are no reason to leave that aside."""
    try:
        _log(reading, file)
    except LogFormatError:
        reading.log_parts.append(unread_log(file.head, file.name))


def _dump(reading: Reading, file: File) -> None:
    if file.path:
        reading.dumps.append(file.path)
    else:
        reading._dumps([file.source])


def _resources(reading: Reading, file: File) -> None:
    reading.resources[file.name] = partial(read_bytes, file.path) if file.path else partial(bytes, read_bytes(file.source))


def _printed(kind: str, reading: Reading, file: File) -> None:
    from egresslab.istio import read_analysis, read_proxy_status

    read = {"proxy-status": read_proxy_status, "analysis": read_analysis}[kind]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        reading.printed[kind].append(read(named(read_bytes(file.source), file.name)))
    if said:
        reading.rows[file.name]["because"] = str(said[0].message)


def _table(reading: Reading, file: File) -> None:
    """Read a log that egresslab wrote as Parquet."""
    try:
        log = log_of(pd.read_parquet(BytesIO(read_bytes(file.source))))
    except (OSError, ValueError) as error:
        reading.rows[file.name] |= {"kind": "other", "because": "no log that egresslab wrote as Parquet"}
        reading.errors[file.name] = EgresslabError(
            f"{file.path or file.name} is no log that egresslab wrote as Parquet ({error}); read it with pandas, "
            "eg.as_log(frame, columns={'theirs': 'ours'}) makes a log of it, and eg.Case(log=log) a case"
        )
        return
    reading.tables.append(log)
    reading.rows[file.name]["rows"] = len(log)


_READ: dict[str, Callable[[Reading, File], None]] = {
    "access log": _log,
    "config dump": _dump,
    "resources": _resources,
    "proxy-status": partial(_printed, "proxy-status"),
    "analysis": partial(_printed, "analysis"),
    "log table": _table,
}


_KEEP_HEAD = ("other", "unreadable", "access log")  # they may be read again


def read_files(given: Given, log_format: Any) -> Reading:
    """Read all files of a case."""
    reading = Reading(log_format, given.root)
    for file in given.files():
        reading.take(file)
        if not file.path:
            file.source = None  # its stream ends here
        if file.path or reading.rows[file.name]["kind"] not in _KEEP_HEAD:
            file.head = b""
    for name, file in reading.files.items():  # what an archive is known to lack when all of it was read
        if file.error:
            reading.errors[name] = file.error
            reading.rows[name] |= {"kind": file.kind, "because": file.because}
    reading.finish(given)
    return reading
