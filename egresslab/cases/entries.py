"""Which lines of a text are a log's? The reader of logs tells; a look at the text only spares asking it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from egresslab.access_log import LogFile, LogParts, read_logs
from egresslab.access_log.block import reason_of
from egresslab.access_log.piece import Stranger
from egresslab.errors import EgresslabError
from egresslab.frames import empty, typed

_BEGIN = r'(?:\[\d{4}-\d\d-\d\dT[\d:.]+Z?\] "|"(?:[^"\n]* HTTP/[\d.]+|- - -)" \d)'
_KEYS = r'\{(?!.*"%[A-Z_]{4,}[(%]).*"(?:response_flags|response_code)"'  # a format has operators there
_LEVELS = r"trace|debug|info|warn|warning|error|critical|fatal"
OWN_LINE = rf"\d{{4}}-\d\d-\d\dT[\d:.]+Z?\s+(?:{_LEVELS})\s|\[Envoy \(|\[\d{{4}}-\d\d-\d\d [\d:.]+\]\["
ENTRY = re.compile(rf"^(?:{_BEGIN}|{_KEYS}).*$", re.MULTILINE)
LIKE_ENTRY = re.compile(rf"{_BEGIN}|^[\s>`]*{_KEYS}")
OF_A_LOG = re.compile(rf"\s*(?:{_BEGIN}|{_KEYS}|{OWN_LINE})")
# What an entry holds, whatever was done to it and wherever it stands; YAML and dumps seldom do.
_MAYBE_ENTRY = re.compile(
    r'\[\d{4}-\d\d-\d\dT[\d:.]+Z?\]|HTTP/[\d.]+\S{0,6} \d|- - -\S{1,6} \d|"(?:response_(?:flags|code)|downstream_remote_address)\\?"\s*:\s*(?!"%)'
)
_MAYBE_LOG = re.compile(
    rf"{_MAYBE_ENTRY.pattern}|^{OWN_LINE}|\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d|^[IWEF]\d{{4}} | HTTP/\d|outbound\||[a-z]Cluster\b", re.MULTILINE
)
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def may_hold_entries(text: str) -> bool:
    """Tell whether it is worth asking the reader of logs for entries in a text."""
    return _MAYBE_ENTRY.search(text) is not None


def may_be_log(text: str) -> bool:
    """Tell whether it is worth asking it for lines of any kind."""
    return _MAYBE_LOG.search(text) is not None


def holds_entry(text: str, log_format: Any = None) -> bool:
    """Tell whether the reader of logs finds an entry in a text, be it one amid prose."""
    return bool(log_lines([lifted(line) for line in text.split("\n")], log_format, messages=False))


def log_lines(lines: Sequence[str], log_format: Any = None, *, messages: bool = True) -> set[int]:
    """Number, from 0, the lines that hold entries, whole or in part, and those of the proxy's own."""
    try:
        found = read_logs([io.BytesIO("\n".join(lines).encode("utf-8", "replace"))], log_format)
    except EgresslabError:
        return set()
    file = found.files[0]
    said = (n for message in file.messages for n in range(message.line, message.line + message.lines)) if messages else ()
    held = (*found.log["line"], *file.joined, *said)
    return {int(n) - 1 for n in held if n <= len(lines)}  # an export on one line may hold several entries, which are numbered


def lifted(line: str) -> str:
    """Take an entry that is set as code out of a sentence; other lines stay as they are."""
    codes = [code for code in _CODE.findall(line) if LIKE_ENTRY.search(code)] if "`" in line else []
    return " ".join(codes) or line


def unread_log(data: bytes, source: str) -> LogParts:
    """Keep lines of which the reader of logs can read none, each with its reason."""
    lines = [(n, line) for n, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1) if line.strip()]
    file = LogFile(source, source, len(lines), unread=[Stranger(n, line, reason_of(line)) for n, line in lines])
    columns = {name: [getattr(s, name) for s in file.unread] for name in ("text", "reason", "line", "pod", "container")}
    unread = typed({**columns, "proxy": [source] * len(lines), "source": [source] * len(lines)}, "unread")
    return LogParts(empty("log"), empty("messages"), unread, [file])
