"""ztunnel's connection lines, as text in the shapes that it had over the years and as JSON: the fields that each line says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from egresslab.access_log.fragments import elided
from egresslab.access_log.mended import mended
from egresslab.access_log.pattern import TIME

SAID = ("connection complete", "connection failed", "request complete")
_HEAD = 200  # time, level and scope stand before it, and what a viewer wrote there
_LEVELS = "trace|debug|info|warn|error"
_ENTRY = re.compile(  # in front of it no more than marks, and the time that a log viewer wrote
    rf"(?:{TIME} \| )?[\W_]*(?:({TIME})\s+)?(?:((?i:{_LEVELS}))\s+)?((?:http )?access)(?::\s*|\s+)({'|'.join(SAID)})(?:\s+|$)"
)
_PAIR = re.compile(r'(?:^|(?<=\s))([a-z][\w.]*)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"(?!\w)|"(.*)$|([^\s"]\S*))', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_GOES_ON = re.compile(r"[\W_]*(?:(?:src|dst)\.\w+|direction|bytes_sent|bytes_recv|duration|error|method|response_code)=")
_FAILED = ("warn", "error")
_BENT = re.compile("=(?:[“”„]|&(?:quot|#34);)")  # quotes that an editor or a web page changed
_MOST_LINES = 60  # of an object that is printed over many


@dataclass(slots=True)
class Entry:
    """One connection or request: the lines that it stands on, what ztunnel says of it, at which level, and its fields by ztunnel's keys."""

    lines: list[int]
    said: str
    level: str
    fields: dict[str, str] = field(default_factory=dict)
    gaps: bool = False
    last: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is lost behind what it says: how it ended stands last."""
        return "error" in self.fields or ("duration" in self.fields and self.level not in _FAILED) or "response_code" in self.fields

    def take(self, text: str) -> None:
        """Read the fields in a line, or in a part of it."""
        text = text.rstrip().removesuffix("\\")  # with which a shell's line goes on
        if "\\" in text or "..." in text or "…" in text or text.count('"') != 2 * text.count('="'):
            self._take_with_care(text)
        else:
            self._take_plain(text)

    def _take_plain(self, text: str) -> None:
        """Read fields of which no quoted one holds a quote: twice as fast as a pattern."""
        parts = iter(text.split('"'))
        for bare in parts:
            key = self.last = ""
            for word in bare.split():
                key, _, value = word.partition("=")
                if value:
                    self.fields[key] = value
                    self.last = key
            if quoted := next(parts, ""):
                self.fields[key] = quoted

    def _take_with_care(self, text: str) -> None:
        """Read fields of which some are elided, cut or escaped."""
        for key, quoted, torn, bare in _PAIR.findall(text):
            value = _unescaped(quoted) if "\\" in quoted else quoted or bare
            if key == "error" and torn:  # that it failed is certain, and how the reason begins
                value = torn[:-1] if torn.endswith('"') else f"{torn}…"
            if value and (key == "error" or not elided(key, value)):
                self.fields[key] = value
            self.last = key if bare else ""
        self.gaps = self.gaps or "..." in text or "…" in text

    def end(self) -> bool:
        """Leave out a last value that may be cut: one without quotes that is not where such entries end; tell whether anything is said."""
        if self.last and not self.whole:
            self.fields.pop(self.last, None)
        return len(self.fields) > ("time" in self.fields)


def may_hold(data: bytes) -> bool:
    """Tell whether a text may hold entries of ztunnel's."""
    return any(said.encode() in data for said in SAID)


def entries_of(texts: Sequence[str], numbers: Sequence[int]) -> Iterator[Entry]:
    """Find ztunnel's entries among lines; one that is wrapped over several lines goes on where the next line begins with a field."""
    last: Entry | None = None
    for text, lines in _records(texts, numbers):
        found = _begun(text, lines)
        if last and found is None and not last.whole and lines[0] == last.lines[-1] + 1 and _GOES_ON.match(text):
            last.take(_straight(text))
            last.lines += lines
            continue
        if last and last.end():
            yield last
        last = found
    if last and last.end():
        yield last


def _records(texts: Sequence[str], numbers: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """Give lines with their numbers, an object that is printed over many lines as one."""
    end = 0
    for at, text in enumerate(texts):
        if at < end:
            continue
        end = at + 1
        if text.strip() == "{":
            closing = (n for n in range(at + 1, min(at + _MOST_LINES, len(texts))) if texts[n].strip().startswith("}"))
            end = next(closing, at) + 1
        yield text if end == at + 1 else "\n".join(texts[at:end]).strip(), list(numbers[at:end])


def _begun(text: str, lines: list[int]) -> Entry | None:
    """Read what an entry's first line says."""
    if text.startswith("{"):
        return _from_json(text, lines)
    head = _ENTRY.match(text[:_HEAD])
    if head is None:
        return None
    time, level, _, said = head.groups()
    entry = Entry(lines, said, (level or "").lower(), {"time": time} if time else {})
    entry.take(_straight(text[head.end() :]))
    return entry


def _straight(text: str) -> str:
    """Give text its quotes back that a person's editor, a web page or a log store changed."""
    text = mended(text) if ("&" in text or not text.isascii()) and _BENT.search(text) else text
    return text.replace('\\"', '"') if '=\\"' in text and '="' not in text else text


def _from_json(text: str, lines: list[int]) -> Entry | None:
    if '"access"' not in text and '"http access"' not in text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("message") not in SAID or found.get("scope") not in ("access", "http access"):
        return None
    said, level = found.pop("message"), str(found.pop("level", ""))
    del found["scope"]
    fields = {key: value if type(value) is str else str(value) for key, value in found.items() if value is not None and value != ""}
    if "..." in text or "…" in text:
        fields = {key: value for key, value in fields.items() if not elided(key, value)}
    return Entry(lines, said, level, fields)


def _unescaped(text: str) -> str:
    """Read a string as Rust's Debug writes it."""
    return _ESCAPE.sub(lambda m: _character(m[1]) if m[1] else _ESCAPED.get(m[2], m[2]), text)


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else f"\\u{{{digits}}}"
