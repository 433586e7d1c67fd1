"""The words of a line that is cut or elided, and of each whether it stands there whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from egresslab.access_log.pattern import TIME

MOST_WORDS = 200  # no format has as many
_MARKS = r"\.{3,}|…"
_GAP = re.compile(rf"\[?(?:{_MARKS})\]?")
_WORD = re.compile(r'"([^"]*)"(?= |$)|"([^"]*)$|([^ "]+)(?= |$)')
_TORN_QUOTE = re.compile(r'([^"]*)"(?= |$)')
_TIME = re.compile(rf"\[?{TIME}\]?")
_FREE = ("path", "user_agent")  # a client may write dots
_CLIENTS = (*_FREE, "x_forwarded_for", "request_id", "authority", "istio_policy_status", "requested_server_name")  # a client may write anything
_LAST = ("route_name", "requested_server_name", "upstream_host")
_MORE = re.compile(r'(?:-|default|allow_any|block_all) |[^"]*"')
_TYPED = re.compile("^[\u2013\u2014\u2212]$|[\u201c\u201d\u200b]|\\*\\*")  # what editors put for a dash and for quotes, and what Markdown marks
_OPERATOR = re.compile(r"%[A-Z_0-9]+(?:\(.*?\))?(?::\d+)?%")


@dataclass(frozen=True)
class Word:
    """One word of a line; torn where its beginning or end may be cut off."""

    text: str
    quoted: bool = False
    torn_start: bool = False
    torn_end: bool = False

    @cached_property
    def gap(self) -> bool:
        """Whether it stands for fields that an author left out."""
        return not self.quoted and _GAP.fullmatch(self.text) is not None

    @cached_property
    def elided(self) -> bool:
        """Whether a part of its text is left out."""
        return re.search(_MARKS, self.text) is not None


def elided(column: str, value: str) -> bool:
    """Tell whether an author left out a field's value, or a part of it.

    >>> elided("request_id", "17fde8f7-..."), elided("path", "/compare/main...dev")
    (True, False)
    """
    if "..." not in value and "…" not in value:
        return False
    return _GAP.fullmatch(value) is not None or "…" in value or (column not in _FREE and (value.endswith("...") or value.startswith("...")))


def spoiled(column: str, value: str) -> bool:
    """Tell whether a value cannot be one that Envoy wrote: an author's dots, an editor's dash or quotes, more fields behind the last.

    >>> spoiled("response_flags", "\u2014"), spoiled("route_name", "my route"), spoiled("route_name", '- "Internal"')
    (True, False, True)
    """
    if value == "~~":  # struck through
        return True
    if column in _LAST and " " in value:
        return _MORE.match(value) is not None or column != "route_name"
    return elided(column, value) or (column not in _CLIENTS and _TYPED.search(value) is not None)


def is_marked_up(entry: Mapping[str, object]) -> bool:
    """Tell whether an object is the format of entries instead of one, or has keys that a person set in bold."""
    return any("**" in key or (isinstance(value, str) and _OPERATOR.fullmatch(value)) for key, value in entry.items())


def readings(line: str) -> Iterator[list[Word]]:
    """Give the ways to cut a line into words: as it stands, and as one whose beginning is lost inside quotes."""
    text = line.lstrip()
    words, clean = _words(text, 0)
    if words and not (words[0].gap or _TIME.fullmatch(words[0].text)):
        words[0] = replace(words[0], torn_start=True)
    yield words
    if (not clean or text.startswith('" ')) and (found := _TORN_QUOTE.match(text)):
        words, clean = _words(text, found.end())
        if clean:
            yield [Word(found[1], quoted=True, torn_start=True), *words]


def _words(text: str, at: int) -> tuple[list[Word], bool]:
    """Cut a text into words up to the first quote that stands where none can; tell whether there is none."""
    words: list[Word] = []
    while at < len(text) and len(words) <= MOST_WORDS:
        if text[at] == " ":
            at += 1
            continue
        found = _WORD.match(text, at)
        if found is None:
            return words, False
        at = found.end()
        quoted, unclosed, bare = found.groups()
        words.append(Word(bare or (quoted if unclosed is None else unclosed + "…"), quoted=bare is None, torn_end=at == len(text)))
    return words, True
