"""The objects of documents: lists taken apart, and what is no Kubernetes object sorted out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from egresslab.frames import visible
from egresslab.istio.documents import Document
from egresslab.istio.printed import looks_like
from egresslab.istio.rows import mapped
from egresslab.istio.yaml_events import Lined

# Keys of a MeshConfig that nothing else has at its top.
MESH_KEYS = (
    "accessLogEncoding",
    "accessLogFile",
    "accessLogFormat",
    "defaultConfig",
    "defaultProviders",
    "enableAutoMtls",
    "extensionProviders",
    "meshMTLS",
    "outboundTrafficPolicy",
    "protocolDetectionTimeout",
    "proxyListenPort",
    "rootNamespace",
    "serviceEntryVisibility",
    "trustDomain",
)


_KIND = re.compile(r"^[\s\[{-]*\"?(?:kind|apiVersion)\"?\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object: what it says, and its place in its file."""

    pointer: str
    line: int | None
    body: dict[str, Any]

    @property
    def group(self) -> str | None:
        """The API group of its kind, ``""`` for Kubernetes' own; None when the YAML names no version."""
        version = self.body.get("apiVersion")
        return None if not version else str(version).rpartition("/")[0]

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.body.get("kind"))


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be used: why, and where it stands."""

    reason: str
    document: int
    line: int | None


def manifests(document: Document) -> Iterator[Manifest | Problem]:
    """Give the objects of a document, those of lists one by one."""
    if document.reason:
        yield Problem(_what_else(document) or document.reason, document.number + 1, document.line)
    else:
        yield from _objects(document.content, f"/{document.number}", document)


def _objects(value: Any, pointer: str, document: Document) -> Iterator[Manifest | Problem]:
    top = pointer.count("/") == 1
    line = document.line + value.line if isinstance(value, Lined) else document.line if top else None
    if (isinstance(value, list) and top) or (isinstance(value, dict) and isinstance(value.get("items"), list) and _is_list(value)):
        items, below = (value, pointer) if isinstance(value, list) else (value["items"], f"{pointer}/items")
        for at, item in enumerate(items):
            yield from _objects(item, f"{below}/{at}", document)
    elif isinstance(value, dict) and isinstance(value.get("kind"), str):
        yield Manifest(pointer, line, value)
    elif isinstance(value, dict) and (set(MESH_KEYS) & value.keys() or mapped(value.get("meshConfig"))):
        yield Manifest(pointer, line, {"kind": "MeshConfig", **(mapped(value.get("meshConfig")) or value)})
    elif value is not None:
        yield Problem(_what_else(document) or _stranger(value), document.number + 1, line)


def _is_list(value: dict[str, Any]) -> bool:
    return str(value.get("kind", "List")).endswith("List")


def _what_else(document: Document) -> str | None:
    """Name what was given instead of resources; what has a kind is one that is broken."""
    what = None if _KIND.search(document.written) else looks_like(document.written, "read_resources")
    return f"it looks like {what}" if what else None


def _stranger(value: Any) -> str:
    if not isinstance(value, dict):
        return f"it is {'a list' if isinstance(value, list) else 'plain text'}; expected an object with apiVersion, kind, metadata and spec"
    names = ", ".join(visible(str(key)) for key in list(value)[:6]) or "nothing"
    return f"it has no kind, only {names}; expected a line such as 'kind: ServiceEntry' at the margin, and apiVersion, metadata and spec"
