"""Which files are resources: by how they begin, and of a folder those that may be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from egresslab.errors import EgresslabError
from egresslab.istio.manifests import MESH_KEYS
from egresslab.sources import Source, chunks_of

_SNIFF = 64 << 10
_NAMED = re.compile(r"\.(?:ya?ml|json)(?:\.(?:gz|zst))?")
_MESH = "|".join((*MESH_KEYS, "meshConfig"))
_YAML = re.compile(rf"^(?:- )?kind:\s*\S+|^apiVersion:.*\nitems:|^(?:{_MESH}):", re.MULTILINE)  # the kind of kubectl's lists is at their end
_BESIDE_KIND = re.compile(r"^(?:- |  )?(?:apiVersion|metadata|spec|items):", re.MULTILINE)
_JSON = re.compile(r'\A[^{\[]{0,4000}[\[{]\s*(?:\{\s*)?"(?:apiVersion|kind|items|metadata|spec|' + _MESH + r')"\s*:')
_JSON_KIND = re.compile(rf'"(?:kind|{_MESH})"\s*:')


def looks_like_resources(text: str) -> bool:
    r"""Tell whether a text, of which the beginning is enough, holds resources of Istio or Kubernetes, or a MeshConfig.

    >>> looks_like_resources("apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata:\n  name: api\n")
    True
    """
    head = text[:_SNIFF]
    if _JSON.match(head):
        return _JSON_KIND.search(head) is not None
    found = _YAML.search(head)
    return found is not None and ("kind:" not in found.group() or _BESIDE_KIND.search(head) is not None)


def resource_files(paths: Iterable[Source]) -> Iterator[Source]:
    """Open folders: YAML in them, and JSON that begins like resources, so that a config dump beside them is passed by."""
    for path in paths:
        if isinstance(path, str | os.PathLike) and path != "-" and Path(path).is_dir():
            found = sorted(p for p in Path(path).rglob("*") if p.is_file() and not _hidden(p.relative_to(path)) and _may_be(p))
            if not found:
                raise EgresslabError(
                    f"no file in the folder {os.fspath(path)} is YAML or JSON of resources; give the file itself to see why it is not read"
                )
            yield from found
        else:
            yield path


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _may_be(path: Path) -> bool:
    name = _NAMED.search(path.name)
    if not name or name.end() != len(path.name):
        return False
    return "json" not in name.group() or looks_like_resources(_head(path))


def _head(path: Path) -> str:
    try:
        return next(chunks_of(path, _SNIFF), b"").decode("utf-8", errors="replace")
    except EgresslabError:
        return ""
