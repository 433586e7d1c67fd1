"""What was read of many files, put together: one frame of each kind, proxies named, moments told apart."""

from __future__ import annotations

import dataclasses
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from egresslab.access_log import LogParts
from egresslab.cases.case import Case
from egresslab.cases.files import Given
from egresslab.cases.moments import Moments
from egresslab.cases.reading import Reading
from egresslab.cases.reopened import Reopened, named
from egresslab.cases.told import with_refusals
from egresslab.cases.whose import name_proxies, with_proxies
from egresslab.errors import ResourceError
from egresslab.frames import Config, Resources, concat, empty, join, schema, typed

if TYPE_CHECKING:
    from egresslab.config_dump import DumpFile

_COPY = re.compile(r"/debug/configz$")
_OF_ISTIOD = re.compile(r"(?:^|/)(?:istio/[^/]+/[^/]+/|discovery/)[^/]*\.log$|/discovery/logs/")


def together(given: Given, reading: Reading) -> Case:
    """Make a case of what was read."""
    reopened = Reopened(reading.log_format)
    for file in reading.files.values():
        reopened.add(file)
    logs = _logs(reading.log_parts)
    names = name_proxies([f.source for f in logs.files], reading.dump_files, logs.log, reading.told)
    moments = Moments(reading.dump_files)
    resources = _resources(reading, reopened)
    _note(reading.rows, logs, names, moments)
    log = with_proxies(logs.log, names)
    return Case(
        log=concat([*([log] if logs.files else []), *reading.tables]) if reading.tables else log,
        messages=with_refusals(with_proxies(logs.messages, names)),
        config=_config(moments.current, reopened),
        resources=resources,
        proxy_status=_joined(reading.printed["proxy-status"], "proxy_status"),
        analysis=_joined(reading.printed["analysis"], "analysis"),
        unread=with_proxies(logs.unread, names),
        files=typed({name: [row.get(name) for row in reading.rows.values()] for name in schema("files")}, "files"),
        snapshots={source: _config(files, reopened) for source, files in moments.snapshots.items()},
        paths=given.paths if not given.streams else (),
        root=given.root,
        opener=reopened,
    )


def _logs(parts: list[LogParts]) -> LogParts:
    if len(parts) == 1:
        return parts[0]
    frames = {name: [f for part in parts if len(f := getattr(part, name))] for name in ("log", "messages", "unread")}
    return LogParts(**{name: _joined(found, name) for name, found in frames.items()}, files=[f for part in parts for f in part.files])


def _joined(frames: list[pd.DataFrame], name: str) -> pd.DataFrame:
    return join(frames) if frames else empty(name)


def _config(files: list[DumpFile], reopened: Reopened) -> Config:
    if not files:
        return Config()
    from egresslab.config_dump import config_of_files

    return dataclasses.replace(config_of_files(files), opener=partial(_raw_config, reopened))


def _raw_config(reopened: Reopened, source: str, pointer: str) -> Any:
    from egresslab.config_dump.raw import open_raw

    return open_raw({source: named(reopened.data(source, "config dump"), source)}, source, pointer)


def _resources(reading: Reading, reopened: Reopened) -> Resources:
    if not reading.resources:
        return Resources()
    from egresslab.istio import resources_from

    _leave_copies(reading)
    found = resources_from(reading.resources.items(), partial(reopened.data, kind="resources"))
    broken = found.problems.groupby("source", observed=True) if len(found.problems) else ()
    for source, problems in broken:
        first = problems.iloc[0]
        reason = ("" if pd.isna(first["line"]) else f"line {first['line']}: ") + str(first["reason"])
        row = reading.rows[str(source)]
        if row["kind"] == "post" or (found.objects["source"] == source).any():
            told = f"{len(problems):,} of its documents cannot be read: {reason}"
            row["because"] = f"{row['because']}; {told}" if row["kind"] == "post" else told
        else:
            reading.fail(str(source), ResourceError(f"{source}: {reason}"))
    return found


def _leave_copies(reading: Reading) -> None:
    """Leave istiod's own copies of the resources aside where the resources themselves are there."""
    copies = [name for name in reading.resources if _COPY.search(name)]
    for name in copies[1:] if len(copies) == len(reading.resources) else copies:
        del reading.resources[name]
        reading.rows[name] |= {"kind": "other", "because": "istiod's copy of the resources that other files hold"}


def _note(rows: dict[str, dict[str, Any]], logs: LogParts, names: dict[str, str], moments: Moments) -> None:
    """Note what was read of each file, and which proxy it is of."""
    for log in logs.files:
        counts = {"rows": log.rows, "messages": len(log.messages), "unread": len(log.unread)}
        rows[log.source] |= {"format": ",".join(sorted(log.formats)) or None, **counts}
        if _OF_ISTIOD.search(log.source) and not log.rows:
            rows[log.source]["kind"] = "messages"
    for source, proxy in names.items():
        rows[source]["proxy"] = proxy
    for source, because in moments.because.items():
        rows[source]["because"] = because
