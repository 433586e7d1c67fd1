"""Which file is what: a folder or loose files to a case."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

import pandas as pd

from egresslab.access_log import LogFile, LogParts, looks_like_log, read_logs
from egresslab.cases.case import Case
from egresslab.errors import EgresslabError
from egresslab.frames import concat, log_of, typed
from egresslab.sources import Source, sources_of

_NEVER_LOGS = (".csv", ".html", ".ipynb", ".md", ".png", ".py", ".toml", ".yaml", ".yml")


def read_case(*paths: Source, format: str | Mapping[str, object] | None = None) -> Case:  # noqa: A002
    """What do these files say, put together?

    Parameters
    ----------
    paths
        A folder (all files in it), or files and globs of logs; logs that egresslab wrote as Parquet, too.
    format
        Format of the access logs, as :func:`read_access_log` takes it; found out when not given.

    Returns
    -------
    Case
        ``log``, ``messages``, ``unread`` and ``files``; sources are relative to the folder, or to the folder that holds all files.

    Raises
    ------
    EgresslabError
        When a path cannot be read, or a folder holds no access log.
    LogFormatError
        When nothing in a file that was named is recognised.

    Examples
    --------
    >>> import egresslab as eg
    >>> case = eg.read_case(eg.sample_path("healthy"))
    >>> case.files.kind.value_counts()["access log"].item()
    2
    """
    folders = [Path(p) for p in paths if _is_path(p) and Path(p).is_dir()]
    if not folders:
        return _from_files(sources_of(paths), format)
    if len(paths) > 1:
        raise EgresslabError(f"{folders[0]} is a folder and was given beside other paths; give one folder, or files alone")
    return _from_folder(folders[0].absolute(), format)


def _is_path(source: Any) -> TypeGuard[str | os.PathLike[str]]:
    return isinstance(source, str | os.PathLike) and source != "-"


def _from_folder(root: Path, log_format: Any) -> Case:
    found = sorted(p for p in root.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.relative_to(root).parts))
    tables = {p: t for p in found if p.suffix == ".parquet" and (t := _table(p)) is not None}
    logs = [p for p in found if p.suffix not in (*_NEVER_LOGS, ".parquet") and looks_like_log(p, log_format)]
    if not logs and not tables:
        raise EgresslabError(
            f"no file in the folder {root} is an access log ({len(found)} files looked at); "
            "name the log itself to see why it is not recognised, or give format="
        )
    aside = [p for p in found if p not in {*logs, *tables}]
    return _case(read_logs(list(logs), log_format, root), tables, aside, root)


def _from_files(sources: list[Source], log_format: Any) -> Case:
    once = list(dict.fromkeys(Path(s).absolute() if _is_path(s) else s for s in sources))
    named = [s for s in once if isinstance(s, Path)]
    root = Path(os.path.commonpath([p.parent for p in named])) if named else None
    tables = {p: t for p in named if p.suffix == ".parquet" and (t := _table(p)) is not None}
    if strange := [p for p in named if p.suffix == ".parquet" and p not in tables]:
        raise EgresslabError(
            f"{strange[0]} is no log that egresslab wrote as Parquet; read it with pandas, "
            "eg.as_log(frame, columns={'theirs': 'ours'}) makes a log of it, and eg.Case(log=log) a case"
        )
    return _case(read_logs([s for s in once if s not in tables], log_format, root), tables, [], root)


def _table(path: Path) -> pd.DataFrame | None:
    """Read a log that egresslab wrote as Parquet; None when the file is something else."""
    try:
        return log_of(pd.read_parquet(path))
    except (OSError, ValueError):
        return None


def _case(parts: LogParts, tables: dict[Path, pd.DataFrame], aside: list[Path], root: Path | None) -> Case:
    rows = [_log_file(f, root) for f in parts.files]
    if root:
        rows += [_file(p, root, kind="log table", rows=len(f)) for p, f in tables.items()]
        rows += [_file(p, root, kind="other", because="not an access log") for p in aside]
    names = dict.fromkeys(name for row in rows for name in row)
    files = typed({name: [row.get(name) for row in rows] for name in names}, "files")
    log = concat([*([parts.log] if parts.files else []), *tables.values()]) if tables else parts.log
    return Case(log, parts.messages, parts.unread, files, root)


def _log_file(file: LogFile, root: Path | None) -> dict[str, Any]:
    path = root / file.source if root else None
    own = _file(path, root) if root and path and path.is_file() else {}
    counts = {"rows": file.rows, "messages": len(file.messages), "unread": len(file.unread)}
    return {**own, "source": file.source, "kind": "access log", "proxy": file.proxy, "format": ",".join(sorted(file.formats)) or None, **counts}


def _file(path: Path, root: Path, **more: Any) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"source": path.relative_to(root).as_posix(), "bytes": path.stat().st_size, "sha256": digest, **more}
