"""Dumps and what istioctl prints of them, to frames."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from egresslab.config_dump.file import read_part
from egresslab.config_dump.parallel import read_parts
from egresslab.config_dump.part import Part
from egresslab.config_dump.raw import open_raw
from egresslab.errors import EgresslabError
from egresslab.frames import Config, typed
from egresslab.sources import Source, groups_of, name_of, sources_of


def read_config_dump(*paths: Source) -> Config:
    """What were these proxies configured with?

    Parameters
    ----------
    paths
        Files (plain, gzip or zstandard), globs, open streams or ``-``: Envoy's ``/config_dump``, ``/clusters`` and ``/stats``, what
        ``istioctl proxy-config`` prints (json, yaml, tables), all of many proxies at once. Files of one proxy are brought together by
        their folder and the beginning of their names: ``sidecar_config_dump.json`` and ``sidecar_clusters.txt``.

    Returns
    -------
    Config
        One frame for each section, all proxies together.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    ConfigDumpError
        When a file is no dump: cut off, broken, several in one, or something else; says which, where, and what to do.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/sidecar_config_dump.json"))
    >>> config.listeners.port.dropna().nunique() > 5
    True
    """
    files = read_dumps(sources_of(paths))
    if failed := next((f.error for f in files if f.error), None):
        raise failed
    _warn_skipped(files)
    return config_of_files(files)


@dataclass
class DumpFile:
    """One file of a config: what it held, or why it cannot be read."""

    source: str
    where: Source
    part: Part
    proxy: str = ""
    error: EgresslabError | None = None


def read_dumps(sources: Iterable[Source], root: Path | None = None) -> list[DumpFile]:
    """Read files of configs; one that cannot be read carries its error."""
    given = list(sources)
    found = read_parts(given) or [read_part(s) for s in given]
    files = [DumpFile(name_of(s, root), s, *_outcome(f)) for s, f in zip(given, found, strict=True)]
    _name_proxies(files)
    return files


def _outcome(found: Part | EgresslabError) -> tuple[Part, str, EgresslabError | None]:
    return (found, "", None) if isinstance(found, Part) else (Part("other"), "", found)


def _name_proxies(files: list[DumpFile]) -> None:
    groups = groups_of([f.source for f in files])
    named = {groups[f.source].key: f.part.node for f in files if f.part.node}
    for file in files:
        file.proxy = file.part.node or named.get(groups[file.source].key) or groups[file.source].name


def config_of_files(files: list[DumpFile]) -> Config:
    """Put the rows of files together: one frame for each section."""
    read = [f for f in files if f.error is None]
    frames = {name: _framed(name, read) for name in dict.fromkeys(name for f in read for name in f.part.rows)}
    if "secrets" in frames:
        frames["secrets"] = _expired(frames)
    return Config(**frames, files=_files(files), opener=partial(open_raw, {f.source: f.where for f in read}))


def _framed(frame: str, files: list[DumpFile]) -> pd.DataFrame:
    parts = [(f, f.part.rows[frame]) for f in files if frame in f.part.rows]
    columns: dict[str, list[object]] = {}
    for file, rows in parts:
        for name, values in {**rows.columns, "proxy": [file.proxy] * len(rows), "source": [file.source] * len(rows)}.items():
            columns.setdefault(name, []).extend(values)
    return typed(columns, frame)


def _expired(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Tell which certificates had ended when their dump last changed."""
    secrets = frames["secrets"]
    taken = pd.concat([f[["source", "last_updated"]].astype({"source": "str"}) for f in frames.values() if "last_updated" in f])
    newest = secrets["source"].astype("str").map(taken.groupby("source")["last_updated"].max())
    ended = (secrets["not_after"] < newest).astype("boolean").mask(secrets["not_after"].isna() | newest.isna())
    return secrets.assign(expired=secrets["expired"].fillna(ended))


def _files(files: list[DumpFile]) -> pd.DataFrame:
    rows = [{"source": f.source, "kind": f.part.kind, "proxy": f.proxy or None, "because": str(f.error) if f.error else None} for f in files]
    return typed({name: [row[name] for row in rows] for name in ("source", "kind", "proxy", "because")}, "files")


def _warn_skipped(files: list[DumpFile]) -> None:
    odd = {f.source: f.part.skipped for f in files if f.part.skipped}
    if odd:
        source, count = next(iter(odd.items()))
        more = f", {sum(odd.values()):,} in {len(odd)} files" if len(odd) > 1 else ""
        warnings.warn(f"{count:,} lines or objects of {source} were not understood{more}; the rest was read", UserWarning, stacklevel=3)
