"""The words of a line that is cut or elided, and of each whether it stands there whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from egresslab.access_log.pattern import TIME

_MARKS = r"\.{3,}|…"
_GAP = re.compile(rf"\[?(?:{_MARKS})\]?")
_WORD = re.compile(r'"([^"]*)"(?= |$)|"([^"]*)$|([^ "]+)(?= |$)')
_TORN_QUOTE = re.compile(r'([^"]*)"(?= |$)')
_TIME = re.compile(rf"\[?{TIME}\]?")
_FREE = ("path", "user_agent")  # a client may write dots


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
    while at < len(text):
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
