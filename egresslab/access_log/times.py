"""Times to microseconds since 1970: in Envoy's default form by their digits, and in any format of the mesh's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, reduce
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from egresslab.access_log.time_format import MONTHS, Element, TimeFormat, time_format_of

Mask = np.ndarray[Any, Any]
_TIME_WIDTH = len("2026-11-23T19:43:13.254Z")
_NAMED = {
    "b": {m[:3].encode(): n for n, m in enumerate(MONTHS, 1)},
    "p": {b"AM": 0, b"PM": 12, b"am": 0, b"pm": 12},
    "Z": {b"UTC": 0, b"GMT": 0},
}
_MOST = {"m": 12, "d": 31, "j": 366, "H": 23, "I": 12, "M": 59, "S": 60}
_ALIKE = {"s": 12, "f": 9, "b": 3, "Z": 3}  # widths to which texts that vary are brought


def read_times(values: Any, given: str, before: bytes = b"", after: bytes = b"") -> tuple[Mask, Mask]:
    """Read times between two literals, in Envoy's default form or a given one: which rows tell one, and microseconds since 1970."""
    if not given:
        return _times(values, before, after)
    form = _between(given, before, after)
    known, micros = np.zeros(len(values), bool), np.zeros(len(values), np.int64)
    if form.width is not None:
        at = np.flatnonzero(pc.equal(pc.fill_null(pc.binary_length(values), -1), form.width).to_numpy(zero_copy_only=False))
        known[at], micros[at] = _instants(_bytes(values.take(pa.array(at)), form.width), form.elements)
    left = np.flatnonzero(~known)
    if len(left):
        at, alike, elements = _alike(values.take(pa.array(left)).to_pylist(), form.elements)
        known[left[at]], micros[left[at]] = _instants(alike, elements)
    return known, np.where(known, micros, 0)


@cache
def _between(given: str, before: bytes, after: bytes) -> TimeFormat:
    literals = [(Element("", re.escape(text.decode()), len(text), text),) if text else () for text in (before, after)]
    return TimeFormat((*literals[0], *time_format_of(given).elements, *literals[1]))


def _alike(texts: Sequence[bytes | None], elements: Sequence[Element]) -> tuple[Mask, Mask, list[Element]]:
    """Bring texts of different widths to one: which of them have the form, and their elements as a matrix of bytes."""
    told = [e for e in elements if e.letter.strip()]
    pattern = re.compile("".join(f"({e.pattern})" if e in told else f"(?:{e.pattern})" for e in elements).encode())
    found = [pattern.fullmatch(t or b"") for t in texts]
    widths = [_ALIKE.get(e.letter) or e.width or 0 for e in told]
    rows = [b"".join(_widened(p, e.letter, w) for p, e, w in zip(m.groups(), told, widths, strict=True)) for m in found if m]
    data = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), sum(widths))
    return np.flatnonzero([m is not None for m in found]), data, [Element(e.letter, "", w) for e, w in zip(told, widths, strict=True)]


def _widened(part: bytes, letter: str, width: int) -> bytes:
    if letter == "s":
        return part.rjust(width, b"0")
    return part.removeprefix(b".").ljust(width, b"0")[:width] if letter in ("f", "b", "Z") else part


def _instants(data: Mask, elements: Sequence[Element]) -> tuple[Mask, Mask]:
    """Read texts of one width by the place of each element."""
    good: Mask = np.ones(len(data), bool)
    found: dict[str, Mask] = {}
    columns = np.ascontiguousarray(data.T)
    for element, end in zip(elements, accumulate(e.width or 0 for e in elements), strict=True):
        part = columns[end - (element.width or 0) : end]
        if element.letter.strip():
            fits, found[element.letter] = _number(part, element.letter)
            good &= fits
        for column, byte in zip(part, element.literal, strict=False):
            good &= column == byte
    return good, _micros(found) if len(data) else np.zeros(0, np.int64)


def _number(part: Mask, letter: str) -> tuple[Mask, Mask]:
    """Read one element of each text, given by its columns of bytes: whether it is one, and its number."""
    if letter in _NAMED:
        return _named(part, _NAMED[letter])
    if letter == "z":
        fits, number = _digits(part[[1, 2, -2, -1] if len(part) < 9 else [1, 2, 4, 5]])
        minutes = number // 100 * 60 + number % 100
        return fits & np.isin(part[0], (ord("+"), ord("-"))), np.where(part[0] == ord("-"), -minutes, minutes)
    fits, number = _digits(part[:6] if letter == "f" else part)
    if letter == "f":  # to microseconds, whatever Envoy wrote
        number *= 10 ** max(0, 6 - len(part))
    return fits & (number <= _MOST.get(letter, number)), number


def _named(part: Mask, words: Mapping[bytes, int]) -> tuple[Mask, Mask]:
    codes = reduce(lambda code, column: code * 256 + column, part.astype(np.int32))
    known = sorted((int.from_bytes(word, "big"), meaning) for word, meaning in words.items())
    at = np.searchsorted([code for code, _ in known], codes).clip(max=len(known) - 1)
    return np.array([code for code, _ in known])[at] == codes, np.array([meaning for _, meaning in known])[at]


def _digits(part: Mask) -> tuple[Mask, Mask]:
    good, number = np.ones(part.shape[1], bool), np.zeros(part.shape[1], np.int64)
    for column in part:
        digit = np.where(column == ord(" "), np.uint8(0), column - np.uint8(ord("0")))
        good &= digit <= 9
        number = number * 10 + digit
    return good, number


def _micros(told: Mapping[str, Mask]) -> Mask:
    """Put together what texts tell; UTC where they name no zone."""
    if "s" in told:
        return told["s"] * 1_000_000 + told.get("f", 0)
    year = told["Y"] if "Y" in told else told["y"] + 2000
    month, day = (told["m"] if "m" in told else told["b"], told["d"]) if "d" in told else (1, told["j"])
    hour = told["H"] if "H" in told else told["I"] % 12 + told["p"]
    minutes = _days(year, month, day) * 1440 + hour * 60 + told["M"] - told.get("z", 0)
    micros: Mask = (minutes * 60 + told["S"]) * 1_000_000 + told.get("f", 0)
    return micros


def _times(values: Any, before: bytes = b"", after: bytes = b"") -> tuple[Mask, Mask]:
    """Read times of Envoy's default form by their digits: which rows have that form, and microseconds since 1970."""
    width = len(before) + _TIME_WIDTH + len(after)
    fits: Mask = pc.equal(pc.fill_null(pc.binary_length(values), 0), width).to_numpy(zero_copy_only=False)
    data = _bytes(values if fits.all() else values.filter(pa.array(fits)), width)
    good = _is_default(data, before, after)
    micros = np.zeros(len(values), np.int64)
    micros[fits] = np.where(good, _default_micros(data[:, len(before) : len(before) + _TIME_WIDTH]), 0)
    fits = fits.copy()
    fits[fits] = good
    return fits, micros


def _bytes(values: Any, width: int) -> Mask:
    """Look at texts of one width as a matrix of bytes, without a copy."""
    if len(values) == 0:
        return np.empty((0, width), np.uint8)
    start = np.frombuffer(values.buffers()[1], np.int32)[values.offset]
    return np.frombuffer(values.buffers()[2], np.uint8, len(values) * width, start).reshape(-1, width)


def _is_default(data: Mask, before: bytes, after: bytes) -> Mask:
    """Tell which rows are a time between two literals: digits where digits stand, none above what a calendar has."""
    columns = np.ascontiguousarray(data.T)
    good = np.ones(len(data), bool)
    for column, (low, high) in zip(columns, _bounds(before, b"0000-00-00T00:00:00.000Z", after), strict=True):
        good &= (column - np.uint8(low)) <= high - low
    two = columns[len(before) :] - np.uint8(48)
    for at, most in ((5, 12), (8, 31), (11, 23)):
        good &= two[at] * 10 + two[at + 1] <= most
    return good


def _bounds(before: bytes, shape: bytes, after: bytes) -> list[tuple[int, int]]:
    highest = dict.fromkeys((14, 17), 53)  # minutes and seconds end at 59
    inner = [(b, highest.get(n, 57) if b == 48 else b) for n, b in enumerate(shape)]
    return [*((b, b) for b in before), *inner, *((b, b) for b in after)]


def _default_micros(digits: Mask) -> Mask:
    d = np.ascontiguousarray(digits.T).astype(np.int32) - 48
    year, month, day = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], d[5] * 10 + d[6], d[8] * 10 + d[9]
    of_day = ((d[11] * 10 + d[12]) * 60 + d[14] * 10 + d[15]) * 60 + d[17] * 10 + d[18]
    millis: Mask = (_days(year, month, day) * np.int64(86_400) + of_day) * 1000 + d[20] * 100 + d[21] * 10 + d[22]
    return millis * 1000


def _days(year: Any, month: Any, day: Any) -> Any:
    """Days since 1970 of a date of the Gregorian calendar, the year taken to begin in March."""
    year = year - (month <= 2)
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return 365 * year + year // 4 - year // 100 + year // 400 + of_year - 719_468
