"""Lines with fields cut off or elided, as people post them: what is certain is read, the rest is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from egresslab.access_log.format import LogFormat
from egresslab.access_log.fragments import MOST_WORDS, Word, elided, readings
from egresslab.access_log.shapes import ROUTES, Slot, is_code, is_mark, is_request, slots_of, whole_from_start, whole_to_end

_FEWEST = 3  # a request, its code, its flags, and what tells of them
_METHODS = frozenset(("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"))

Values = dict[str, str]


def read_partial(line: str, formats: Iterable[LogFormat]) -> Values | None:
    """Read what is certain in a line that no format fits whole: values by column, or None when it is no entry.

    All ways in which the words of the line, in order, can be words of a format are looked at; a value is certain when all ways agree on it.
    """
    lines = [words for words in readings(line) if 1 < len(words) <= MOST_WORDS and _is_entry(words)]
    found = [certain for f in formats if (slots := slots_of(f)) for words in lines if (certain := _Layout(words, slots).certain()) is not None]
    certain = _agreed(found) if found else {}
    return certain if len(certain) > 1 else None


def read_to_mark(line: str, formats: Iterable[LogFormat]) -> Values | None:
    """Read a line up to its cluster, or else its details, when what is behind fits no format: people take out addresses, and formats differ there."""
    words = next(readings(line))
    if not 1 < len(words) <= MOST_WORDS or (words[0].torn_start and not words[0].quoted) or not _is_entry(words):
        return None
    for at in [n for n, word in reversed(list(enumerate(words))) if not (word.quoted or word.torn_end) and is_mark(word.text)][:2]:
        known = [*words[: at + 1], Word("...")]
        found = [certain for f in formats if (slots := slots_of(f)) and (certain := _Layout(known, slots).certain())]
        if found and at >= _FEWEST:
            return _agreed(found)
    return None


def _agreed(readings: Sequence[Values]) -> Values:
    return {column: text for column, text in readings[0].items() if all(other.get(column) == text for other in readings[1:])}


def _is_entry(words: Sequence[Word]) -> bool:
    """Tell whether a line has the marks of an Envoy entry: a request line and its code behind the time, or details or a cluster."""
    if len(words) > 2 and any(not w.quoted and is_mark(w.text) for w in words):
        return True
    request = 0 if words[0].quoted else 1
    code = words[request + 1] if len(words) > request + 1 else None
    return (
        code is not None
        and words[request].quoted
        and is_request(words[request].text, torn=words[request].torn_start)
        and (code.gap or code.elided or is_code(code.text))
    )


@dataclass
class _Layout:
    """All ways to lay the words of a line on the slots of a format, in order and without holes but at gaps."""

    words: Sequence[Word]
    slots: Sequence[Slot]
    _known: dict[tuple[int, int], Values | None] = field(default_factory=dict)

    def certain(self) -> Values | None:
        """Give the values on which all ways agree; None when there is no way."""
        ways = self._ways()
        if not ways:
            return None
        found: Values = {}
        for at in range(len(self.slots)):
            if not self._passed(at, ways) and (readings := list(self._readings(at, ways))):
                found |= _agreed(readings)
        return found

    def _ways(self) -> list[set[int]]:
        """Give, before each word and behind the last, the slots that can come next in a way that reaches the end; nothing when none does."""
        ways = [set(range(len(self.slots)))]
        for n in range(len(self.words)):
            ways.append(self._next(n, ways[-1]))
            if not ways[-1]:
                return []
        for n in range(len(self.words) - 1, -1, -1):
            ways[n] = {at for at in ways[n] if not self._next(n, {at}).isdisjoint(ways[n + 1])}
        return ways

    def _next(self, n: int, before: set[int]) -> set[int]:
        end = len(self.slots)
        if self.words[n].gap:  # an author leaves out at least one field
            return set(range(min(min(before) + 1, end), end + 1))
        return {at + 1 for at in before if at < end and self._values(n, at) is not None}

    def _passed(self, at: int, ways: list[set[int]]) -> bool:
        """Tell whether a way begins behind a slot, ends before it, or leaves it out in a gap."""
        gaps = (n for n, word in enumerate(self.words) if word.gap)
        return max(ways[0]) > at or min(ways[-1]) <= at or any(min(ways[n]) <= at < max(ways[n + 1]) for n in gaps)

    def _readings(self, at: int, ways: list[set[int]]) -> Iterator[Values]:
        for n, word in enumerate(self.words):
            if at in ways[n] and at + 1 in ways[n + 1] and not word.gap and (values := self._values(n, at)) is not None:
                yield values

    def _values(self, n: int, at: int) -> Values | None:
        if (n, at) not in self._known:
            self._known[n, at] = _read(self.words[n], self.slots[at], final=at + 1 == len(self.slots))
        return self._known[n, at]


def _read(word: Word, slot: Slot, *, final: bool) -> Values | None:
    """Read a word as a slot's fields: None when it cannot be them; what is or may be cut is left out."""
    if word.quoted != slot.quoted:
        return None
    values = slot.values(word.text)
    if word.torn_start or (word.torn_end and (values is None or not final)):
        return _of_quoted(word, slot, values) if word.quoted else _of_bare(word, slot, values or {})
    if values is None:
        return {} if word.elided else None
    return {column: text for column, text in values.items() if not elided(column, text)}


def _of_quoted(word: Word, slot: Slot, values: Values | None) -> Values:
    """Read a torn word in quotes: a request line from a method on, or its last part."""
    if word.torn_end or len(slot.operators) < 2:
        return {}
    if values and values.get("method") in _METHODS:
        return values
    _, blank, last = word.text.rpartition(" ")
    column = slot.operators[-1].column
    return {column: last} if slot.is_last(last) and (blank or whole_from_start(column, last)) else {}


def _of_bare(word: Word, slot: Slot, values: Values) -> Values | None:
    """Read a torn word outside quotes: values of which nothing can be lost."""
    if word.text in ROUTES and all(o.column != "route_name" for o in slot.operators):
        return None
    if not (slot.begins(word.text) or word.torn_start) or not (slot.ends(word.text) or word.torn_end):
        return None
    return {
        column: text
        for column, text in values.items()
        if (not word.torn_start or whole_from_start(column, text)) and (not word.torn_end or whole_to_end(column, text))
    }
