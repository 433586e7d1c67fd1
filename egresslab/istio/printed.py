"""What istioctl printed: its text without colours, the JSON or YAML in it, and what a file is that is none of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from egresslab.errors import ResourceError
from egresslab.frames import visible
from egresslab.sources import Source, read_bytes

HEAD = 64 << 10

_COLOUR = re.compile(r"\x1b\[[0-9;]*m|\[(?:33|1;31|0)m")  # pasting loses the escape character, not the rest
_JSON = re.compile(r"^[\[{]\s*(?:$|[\[{\"}\]])", re.MULTILINE)  # an access log's [2026-… is none
_ALIAS = re.compile(r"(?:: |- )\*[\w-]+\s*$", re.MULTILINE)

_LOOKS_LIKE = (
    (r"\A\s*<(?:!doctype|html|\?xml)", "an HTML page, as a proxy or a login sends it instead of an answer; run the command again and look"),
    (r"\bIST0\d{3}\b", "what istioctl analyze prints; eg.read_analysis reads it"),
    (r"envoy\.service\.status\.v3\.ClientConfig|_(?:sent|acked)\"", "what istioctl proxy-status prints; eg.read_proxy_status reads it"),
    (r"^NAME\s.*\sISTIOD\b", "what istioctl proxy-status prints; eg.read_proxy_status reads it"),
    (r"envoy\.admin\.v3\.|\"(?:configs|dynamic_listeners|dynamicListeners)\"\s*:", "an Envoy config dump; eg.read_config_dump reads it"),
    (r"\"response_code\"\s*:|\" \d{3} [A-Z-]\S* ", "an access log; eg.read_access_log reads it"),
    (r"^\s*\"?(?:kind|apiVersion)\"?\s*:", "Kubernetes resources; eg.read_resources reads them"),
)


def text_of(source: Source) -> str:
    """Read what istioctl printed, without the colours that a terminal gave it."""
    return _COLOUR.sub("", read_bytes(source).decode("utf-8", errors="replace"))


def json_in(text: str, name: str) -> Iterator[Any]:
    """Decode the JSON values of a text, one after another, whatever stands before and between."""
    decoder, at = json.JSONDecoder(strict=False), 0
    while start := _JSON.search(text, at):
        try:
            value, at = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, start.start()) + 1
            raise ResourceError(f"{name}: the JSON that begins at line {line} cannot be read ({error}); ask for the file again") from error
        yield value


def yaml_in(text: str, name: str) -> Any:
    """Decode one YAML document, all scalars as text."""
    if alias := _ALIAS.search(text):
        raise ResourceError(f"{name}: it holds the YAML alias {visible(alias.group()[2:].strip())}, as istioctl never prints; write it out")
    try:
        return yaml.load(text, Loader=yaml.CBaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise ResourceError(f"{name}: its YAML cannot be read ({' '.join(visible(str(error)).split())}); ask for the file again") from error


def lines_of(text: str, begin: str, count: int) -> list[int | None]:
    """Number the lines at which objects begin; none are known when there are not as many beginnings as objects."""
    found, line, at = list[int | None](), 1, 0
    for match in re.finditer(begin, text, re.MULTILINE):
        line, at = line + text.count("\n", at, match.start()), match.start()
        found.append(line)
    return found if len(found) == count else [None] * count


def mapping(value: Any) -> dict[str, Any]:
    """Give a mapping, an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """Give the mappings of a list, none where something else stands."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def said(value: Any) -> str | None:
    """Give a value as text that a frame can hold; what says nothing is missing."""
    return None if value is None or value == "" else str(value).encode(errors="replace").decode()


def looks_like(text: str, command: str) -> str | None:
    """Say what a text looks like that is not what a command prints, and who reads it."""
    found = (what for pattern, what in _LOOKS_LIKE if command not in what and re.search(pattern, text[:HEAD], re.MULTILINE | re.IGNORECASE))
    return next(found, None)


def stranger(text: str, name: str, command: str, way_out: str) -> ResourceError:
    """Make the error for a file that is not what a command prints, and say what it looks like instead."""
    fact = f"{name}: nothing in it is what {command} prints"
    if not text.strip():
        return ResourceError(f"{name}: it is empty; {way_out}")
    if what := looks_like(text, command):
        return ResourceError(f"{fact}; it looks like {what}")
    first = next(line for line in text.splitlines() if line.strip())
    return ResourceError(f"{fact}; it begins with {visible(first.strip()[:80])!r}. {way_out[:1].upper()}{way_out[1:]}")
