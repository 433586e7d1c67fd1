"""The argument of a time operator, such as ``%d/%b/%Y:%H:%M:%S %z``: what its texts look like, and what they tell."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Envoy puts in %s and %f by itself and leaves the rest to absl::FormatTime: C's strftime, and more behind %E.
_MADE_OF = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "E*S": "%S%E*.",
    "E0S": "%S",
    "E4Y": "%Y",
    "ET": "T",
    "F": "%Y-%m-%d",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "r": "%I:%M:%S %p",
    "t": "\t",
    "x": "%m/%d/%y",
    "%": "%",
}
# Name: what it tells, how it looks, its width where that never varies (s has 10 digits from 2001 to 2286).
_NAMES = {
    "Y": ("Y", r"\d{4}", 4),
    "y": ("y", r"\d\d", 2),
    "m": ("m", r"\d\d", 2),
    "b": ("b", "|".join(m[:3] for m in MONTHS), 3),
    "h": ("b", "|".join(m[:3] for m in MONTHS), 3),
    "B": ("b", "|".join(MONTHS), None),
    "d": ("d", r"\d\d", 2),
    "e": ("d", r"[ \d]\d", 2),
    "j": ("j", r"\d{3}", 3),
    "H": ("H", r"\d\d", 2),
    "k": ("H", r"[ \d]\d", 2),
    "I": ("I", r"\d\d", 2),
    "l": ("I", r"[ \d]\d", 2),
    "M": ("M", r"\d\d", 2),
    "S": ("S", r"\d\d", 2),
    "s": ("s", r"\d{1,12}", 10),
    "E*.": ("f", r"(?:\.\d{1,9})?", None),
    "E*f": ("f", r"\d{1,9}", None),
    "p": ("p", "AM|PM", 2),
    "P": ("p", "am|pm", 2),
    "z": ("z", r"[+-]\d{4}", 5),
    "Ez": ("z", r"[+-]\d\d:\d\d", 6),
    ":z": ("z", r"[+-]\d\d:\d\d", 6),
    "E*z": ("z", r"[+-]\d\d:\d\d:\d\d", 9),
    "::z": ("z", r"[+-]\d\d:\d\d:\d\d", 9),
    "Z": ("Z", r"[A-Za-z]+|[+-]\d+", None),
    "a": (" ", "|".join(d[:3] for d in _WEEKDAYS), 3),
    "A": (" ", "|".join(_WEEKDAYS), None),
    "C": (" ", r"\d\d", 2),
    "G": (" ", r"\d{4}", 4),
    "g": (" ", r"\d\d", 2),
    "u": (" ", r"\d", 1),
    "w": (" ", r"\d", 1),
    "U": (" ", r"\d\d", 2),
    "V": (" ", r"\d\d", 2),
    "W": (" ", r"\d\d", 2),
}
_ELEMENT = re.compile(r"%(E\*[Szf.]|E\d+[Sf]|E4Y|E[zT]|::?z|[1-9]?f|[a-zA-Z%])")
_DATES, _HOURS = ({"m", "d"}, {"b", "d"}, {"j"}), ({"H"}, {"I", "p"})


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of a time: the letter of what it tells (empty for a literal, a blank for nothing of use), and how its text looks."""

    letter: str
    pattern: str
    width: int | None
    literal: bytes = b""


@dataclass(frozen=True)
class TimeFormat:
    """A compiled format of times."""

    elements: tuple[Element, ...]

    @cached_property
    def pattern(self) -> str:
        """The pattern of its texts, without groups."""
        return "".join(f"(?:{e.pattern})" for e in self.elements)

    @cached_property
    def width(self) -> int | None:
        """How many bytes its texts have; None where that varies."""
        widths = [e.width for e in self.elements]
        return None if None in widths else sum(w for w in widths if w)

    @cached_property
    def chars(self) -> frozenset[str]:
        """The characters that its texts can hold."""
        literals = "".join(e.literal.decode() for e in self.elements)
        names = string.ascii_letters if any(e.letter in ("b", "p", "Z", " ") for e in self.elements) else ""
        return frozenset(string.digits + "+-.: " * any(e.letter in ("z", "f", "d", "H", "I", "Z") for e in self.elements) + literals + names)

    def words(self, delimiter: str) -> int:
        """How many words each of its texts has between delimiters; 0 where that varies."""
        if delimiter == " " and any("[ " in e.pattern for e in self.elements):
            return 0
        return 1 + sum(e.literal.count(delimiter.encode()) for e in self.elements)

    def lacks(self, *, local: bool) -> str | None:
        """Say what keeps its texts from telling an instant; None when nothing does."""
        has = {e.letter for e in self.elements}
        if "s" in has:
            return None
        if not (has & {"Y", "y"} and any(d <= has for d in _DATES)):
            return "no date"
        if not (has >= {"M", "S"} and any(h <= has for h in _HOURS)):
            return "no time of day to the second"
        return "no time zone" if local and not has & {"z", "Z"} else None


@cache
def time_format_of(text: str) -> TimeFormat:
    """Compile the argument of a time operator."""
    return TimeFormat(tuple(_elements(text)))


def _elements(text: str) -> Iterable[Element]:
    at = 0
    for found in _ELEMENT.finditer(text):
        yield from _literal(text[at : found.start()])
        yield from _named(found[1])
        at = found.end()
    yield from _literal(text[at:])


def _named(name: str) -> Iterable[Element]:
    if name in _MADE_OF:
        return _elements(_MADE_OF[name]) if name != "%" else _literal("%")
    if name in _NAMES:
        return [Element(*_NAMES[name])]
    if found := re.fullmatch(r"E(\d+)S", name):
        return [Element(*_NAMES["S"]), *_literal("."), _fraction(int(found[1]))]
    if found := re.fullmatch(r"E?(\d*)f", name):
        return [_fraction(int(found[1] or 9))]
    return _literal("%" + name)  # absl writes what it does not know as it stands


def _literal(text: str) -> Iterable[Element]:
    return [Element("", re.escape(text), len(text.encode()), text.encode())] if text else []


def _fraction(digits: int) -> Element:
    return Element("f", rf"\d{{{digits}}}", digits)
