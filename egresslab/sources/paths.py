"""What readers read from: files, globs, streams and standard input, and whose they are."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from egresslab.errors import EgresslabError, near

_ENDING = re.compile(r"(?<=[^/])(?:\.(?:gz|log|json|jsonl|txt|out|\d+))+$")

Source = str | os.PathLike[str] | IO[bytes] | IO[str]


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
        raise EgresslabError("nothing to read was given; give files, globs such as 'logs/*.log', or - for standard input")
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
