"""What readers read from: files, globs, streams and standard input, and whose they are."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple

from egresslab.errors import EgresslabError, near

_ENDING = re.compile(r"(?<=[^/])(?:\.(?:gz|zst|log|json|jsonl|ndjson|csv|yaml|yml|txt|out|\d+))+$")
# What a file holds, at the end of its name: config_dump, config_dump_warming, clusters, istio-proxy, ...
_CONTENT = re.compile(
    r"(?:^|[._-])(?:pc[._-])?(?:config[._-]?dump(?:\?include_eds)?|clusters?|endpoints?|eds|ecds|stats|proxy_stats|listeners?|routes?|secrets?|"
    r"bootstrap|certs|access[._-]?log|istio-proxy|all)(?P<moment>(?:[._-][a-z0-9]+)*)$"
)

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


class Group(NamedTuple):
    """Files of one proxy: what they have in common, what it is called as long as no dump tells its name, and what tells moments apart."""

    key: tuple[str, str]
    name: str
    moment: str = ""


def groups_of(names: Iterable[str]) -> dict[str, Group]:
    """Bring files of one proxy together: one folder, and names with one beginning before a word such as ``config_dump``.

    >>> groups_of(["in/sidecar_config_dump.json.gz", "in/sidecar.log"])["in/sidecar.log"].key
    ('in', 'sidecar')
    >>> groups_of(["proxies/shop/cart-1/config_dump?include_eds"])["proxies/shop/cart-1/config_dump?include_eds"].name
    'cart-1'
    >>> groups_of(["gateway_clusters_warming.txt"])["gateway_clusters_warming.txt"]
    Group(key=('', 'gateway'), name='gateway', moment='_warming')
    """
    return {name: _group(name) for name in names}


def _group(name: str) -> Group:
    folder, _, file = name.rpartition("/")
    stem = _ENDING.sub("", file)
    content = _CONTENT.search(stem)
    prefix = stem[: content.start()] if content else stem
    return Group((folder, prefix), prefix or folder.rpartition("/")[2] or stem, content["moment"] if content else "")
