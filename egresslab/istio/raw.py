"""The text behind a row: its object as it was written, without what must stay secret."""

from __future__ import annotations

import json
import re
from textwrap import dedent
from typing import Any

from egresslab.errors import ResourceError
from egresslab.istio.cells import without_keys
from egresslab.istio.documents import Document, documents
from egresslab.istio.rows import mapped
from egresslab.istio.yaml_events import Lined

_OBJECT = re.compile(r"/(\d+)((?:/items/\d+|(?<=\d)/\d+)*)")
_HIDDEN = "(hidden by egresslab)"


def raw_object(written: str, pointer: str) -> str:
    """Give the object behind a pointer, whole: YAML as written, JSON indented."""
    place = _OBJECT.match(pointer)
    document = next((d for d in documents(written) if place and d.number == int(place[1])), None)
    try:
        found = _at(document.content if document else None, place[2] if place else "")
    except (IndexError, KeyError, TypeError):
        found = None
    if document is None or found is None:
        raise ResourceError(f"nothing stands at {pointer} in that file any more; it has changed since it was read, read it again")
    return without_keys(_shown(found, document))


def _at(value: Any, path: str) -> Any:
    for key in path.split("/")[1:]:
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def _shown(found: Any, document: Document) -> str:
    if str(mapped(found).get("kind")) == "Secret":
        return json.dumps(_without_data(found), indent=2, ensure_ascii=False)
    if not isinstance(found, Lined):
        return json.dumps(found, indent=2, ensure_ascii=False)
    lines = document.written.split("\n")[found.line : found.before]
    return dedent("\n".join([re.sub(r"^(\s*)-", r"\1 ", lines[0]), *lines[1:]])).strip("\n")


def _without_data(secret: dict[str, Any]) -> dict[str, Any]:
    """Keep what names a Secret: kubectl's annotations repeat what it holds."""
    meta = mapped(secret.get("metadata"))
    named = {key: meta[key] for key in ("name", "namespace", "labels", "creationTimestamp") if key in meta}
    keys: dict[str, Any] = {section: dict.fromkeys(mapped(secret.get(section)), _HIDDEN) for section in ("data", "stringData") if section in secret}
    return {**{key: secret[key] for key in ("apiVersion", "kind", "type") if key in secret}, "metadata": named, **keys}
