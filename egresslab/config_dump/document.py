"""The JSON in a file: error text before it left aside, and what is wrong with it said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from egresslab.errors import ConfigDumpError

_BEGIN = re.compile(rb"\A\s*[\[{]|^[\[{]", re.MULTILINE)
_HTML = re.compile(rb"\s*<(?:!doctype|html|head|body)", re.IGNORECASE)
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_BYTE = re.compile(r"\(byte (\d+)\)")
_OPENED: dict[bytes, Any] = {b"{": dict[str, msgspec.Raw], b"[": list[msgspec.Raw]}  # a bare Raw takes what follows it, too
_MOST_BEGINS = 200  # lines of error text before the JSON


def find_json(data: bytes, source: str) -> bytes | memoryview:
    """Cut the one JSON value out of a file that may begin with error text.

    Raises
    ------
    ConfigDumpError
        When there is none, when it is cut off or broken, or when there are several.
    """
    if _HTML.match(data):
        raise ConfigDumpError(
            f"{source} is an HTML page, not a config dump: what answered was no Envoy admin port; fetch the dump again and look at it"
        )
    failed: msgspec.DecodeError | None = None
    for begin in _begins(data):
        found = memoryview(data)[begin:] if begin else data
        try:
            msgspec.json.decode(found, type=_OPENED[data[begin : begin + 1]])
        except msgspec.DecodeError as error:
            if end := _TRAILING.search(str(error)):
                return _first_of(data, begin, begin + int(end[1]) - 1, source)  # the message counts from 1
            failed = failed or error
            if "truncated" in str(error):
                break  # what begins further down is a part of it
        else:
            return found
    if failed is None:
        raise ConfigDumpError(f"{source} holds no JSON; give what kubectl exec POD -c istio-proxy -- pilot-agent request GET config_dump prints")
    raise ConfigDumpError(_broken(data, failed, source)) from failed


def _begins(data: bytes) -> Iterator[int]:
    return (m.end() - 1 for m in islice(_BEGIN.finditer(data), _MOST_BEGINS))


def _first_of(data: bytes, begin: int, end: int, source: str) -> bytes:
    """Take the value, and refuse a file in which another one follows; text behind it is left aside."""
    rest = data[end:].lstrip()
    if rest[:1] in (b"{", b"["):
        line = data.count(b"\n", 0, len(data) - len(rest)) + 1
        raise ConfigDumpError(f"{source} holds a second JSON value at line {line}: it is two files in one; cut it there and give both files")
    return data[begin:end]


def _broken(data: bytes, error: msgspec.DecodeError, source: str) -> str:
    if "truncated" in str(error):
        return f"{source} ends in the middle of its JSON, after {len(data):,} bytes: it was cut off; fetch it again and compare its size"
    at = _BYTE.search(str(error))
    line = data.count(b"\n", 0, int(at[1])) + 1 if at else 1
    return f"{source} is no JSON at line {line}: {error}; fetch it again without anything that changes it"
