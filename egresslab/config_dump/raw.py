"""The JSON behind a row: the file is opened again, and a pointer followed into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from egresslab.config_dump.document import find_json
from egresslab.config_dump.snake_case import snake
from egresslab.config_dump.unwrap import opened
from egresslab.errors import ConfigDumpError, EgresslabError
from egresslab.sources import Source, read_bytes

_SECRET = {"private_key", "generic_secret", "session_ticket_keys", "password", "private_key_provider"}
_REDACTED = {"inline_string": "[redacted]"}


def open_raw(files: Mapping[str, Source], source: str, pointer: str) -> Any:
    """Give the object at a pointer, or the line of a text; private keys never come with it.

    Raises
    ------
    EgresslabError
        When the file is not among those that were read, or has changed since.
    """
    if source not in files:
        raise EgresslabError(f"{source} is not among the files of this config; they are {', '.join(list(files)[:8])}")
    data = read_bytes(files[source])
    if pointer.startswith("L"):
        return data.decode("utf-8", "replace").splitlines()[int(pointer[1:]) - 1]
    try:
        return redacted(_at(_whole(data, source), pointer))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ConfigDumpError(f"{source} has nothing at {pointer}; it has changed since it was read, read it again") from error


def _whole(data: bytes, source: str) -> Any:
    if data.lstrip()[:1] in (b"{", b"["):
        return find_json(data, source)
    import yaml

    try:
        return find_json(data, source)
    except ConfigDumpError:
        return yaml.load(data, Loader=yaml.CSafeLoader)


def _at(found: Any, pointer: str) -> Any:
    for key in pointer.split("/")[1:]:
        found = opened(found)
        found = found[int(key)] if isinstance(found, list) else found[_same(found, key)]
    return orjson.loads(memoryview(found)) if isinstance(found, bytes | memoryview | msgspec.Raw) else found


def _same(found: Mapping[str, Any], key: str) -> str:
    """Find a key as it is written in the file: pointers name keys in snake case, istioctl writes camel case."""
    return key if key in found else next((k for k in found if snake(k) == key), key)


def redacted(found: Any) -> Any:
    """Take private keys and other secrets out."""
    if isinstance(found, list):
        return [redacted(one) for one in found]
    if not isinstance(found, dict):
        return found
    return {k: _REDACTED if snake(k) in _SECRET and not (isinstance(v, dict) and v.keys() <= {"filename"}) else redacted(v) for k, v in found.items()}
