"""The fast way to read text lines: pyarrow's CSV reader twice, at the quotes and then at the blanks, every line verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from egresslab.access_log.plan import Run, Token

Raw = dict[str, Any]
"""Columns as the log has them: bytes, dictionaries of bytes, or numbers."""

_LABEL = pa.dictionary(pa.int32(), pa.binary())
_TIME_WIDTH = len("2026-11-23T19:43:13.254Z")


@dataclass
class _Columns:
    """Columns of the rows that still fit, each beside the numbers of its rows."""

    rows: np.ndarray[Any, np.dtype[np.int64]]
    raw: Raw


def read_text(block: bytes, lines: int, plan: tuple[Run, ...]) -> tuple[np.ndarray[Any, Any], Raw]:
    """Read the lines of a block that fit a plan: their positions in the block, and their raw columns."""
    if b"\r" in block:  # the CSV reader would end a line at it
        return np.empty(0, np.int64), {}
    names = [str(n) for n in range(len(plan))]
    types = {n: _type(run.tokens[0]) if run.whole else pa.binary() for n, run in zip(names, plan, strict=True)}
    rows, table = _split(block, lines, '"', types)
    found: list[_Columns] = []
    for name, run in zip(names, plan, strict=True):
        found.append(_run(table[name], run))
    good = _common([f.rows for f in found], len(rows))
    raw = {column: _at(values, f.rows, good) for f in found for column, values in f.raw.items()}
    return rows[good], raw


def _common(groups: list[np.ndarray[Any, Any]], length: int) -> np.ndarray[Any, Any]:
    count = np.zeros(length, np.int32)
    for group in groups:
        count[group] += 1
    return np.flatnonzero(count == len(groups))


def _at(values: Any, rows: np.ndarray[Any, Any], good: np.ndarray[Any, Any]) -> Any:
    """Keep the values of the good rows; nearly always these are all rows."""
    if len(rows) == len(good):
        return values
    return values.take(pa.array(np.searchsorted(rows, good)))


def _type(token: Token) -> Any:
    operator = token.operator
    if operator is None or token.before or token.after or operator.type == "time":
        return pa.binary()
    return {"count": pa.int64(), "label": _LABEL}.get(operator.type, pa.binary())


def _split(data: Any, lines: int, delimiter: str, types: dict[str, Any]) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    """Cut lines at a delimiter; lines with another number of pieces are left out. Gives the rows kept, and their columns."""
    odd: list[int] = []

    def leave_out(row: Any) -> str:
        odd.append(row.number - 1)
        return "skip"

    if lines == 0:
        return np.empty(0, np.int64), {n: pa.array([], t) for n, t in types.items()}
    table = pa.csv.read_csv(
        pa.BufferReader(data),
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=list(types)),
        parse_options=pa.csv.ParseOptions(
            delimiter=delimiter,
            quote_char=False,
            double_quote=False,
            escape_char=False,
            newlines_in_values=False,
            ignore_empty_lines=False,
            invalid_row_handler=leave_out,
        ),
        convert_options=pa.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=["-", ""], check_utf8=False),
    )
    keep = np.ones(lines, bool)
    keep[odd] = False
    return np.flatnonzero(keep), {n: _one(table[n]) for n in types}


def _one(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _run(values: Any, run: Run) -> _Columns:
    """Cut the runs between two quotes at their blanks."""
    if run.whole:
        return _verified(np.arange(len(values)), [(run.tokens[0], values)])
    return _few(values, run) or _cut(values, run)


def _few(values: Any, run: Run) -> _Columns | None:
    """Cut only the distinct runs, where there are few: code, flags and details repeat."""
    if len(values) < 1000 or len(pc.unique(values[:1000])) > 100:
        return None
    encoded = values.dictionary_encode(null_encoding="encode")
    cut = _cut(encoded.dictionary, run)
    position = np.full(len(encoded.dictionary), -1)
    position[cut.rows] = np.arange(len(cut.rows))
    where = position[encoded.indices.to_numpy()]
    rows = np.flatnonzero(where >= 0)
    index = pa.array(where[rows].astype(np.int32))
    return _Columns(rows, {c: _spread(v, index) for c, v in cut.raw.items()})


def _spread(values: Any, index: Any) -> Any:
    if pa.types.is_dictionary(values.type):
        return pa.DictionaryArray.from_arrays(values.indices.take(index), values.dictionary)
    return values.take(index)


def _cut(values: Any, run: Run) -> _Columns:
    names = [str(n) for n in range(len(run.tokens))]
    data = pc.binary_join_element_wise(pc.fill_null(values, b""), b"", b"\n").buffers()[2] or b""
    types = {n: _type(t) for n, t in zip(names, run.tokens, strict=True)}
    try:
        rows, pieces = _split(data, len(values), " ", types)
    except pa.ArrowInvalid:
        rows, pieces = _split(data, len(values), " ", dict.fromkeys(names, pa.binary()))
    return _verified(rows, [(t, pieces[n]) for n, t in zip(names, run.tokens, strict=True)])


def _verified(rows: np.ndarray[Any, Any], pieces: list[tuple[Token, Any]]) -> _Columns:
    """Keep the rows in which literals, numbers and times are what the format says."""
    good = np.ones(len(rows), bool)
    raw: Raw = {}
    for token, values in pieces:
        fits, column = _piece(token, values)
        good &= fits
        if token.operator:
            raw[token.operator.column] = column
    if good.all():
        return _Columns(rows, raw)
    index = pa.array(np.flatnonzero(good))
    return _Columns(rows[good], {c: v.take(index) for c, v in raw.items()})


def _piece(token: Token, values: Any) -> tuple[Any, Any]:
    operator = token.operator
    if operator is None:
        literal = token.before.encode()
        alike = values.is_null() if literal in (b"", b"-") else pc.equal(values, literal)
        return _true(alike), values
    if operator.type == "time":
        good, micros = times(values, token.before.encode(), token.after.encode())
        return good, pa.array(micros)
    fits = np.ones(len(values), bool)
    if token.before or token.after:
        before, after = token.before.encode(), token.after.encode()
        fits &= _true(pc.and_(pc.starts_with(values, pattern=before), pc.ends_with(values, pattern=after)))
        values = pc.binary_slice(values, len(before), -len(after) if after else None)
    if operator.type == "count" and not pa.types.is_integer(values.type):
        text = pc.fill_null(values, b"-")
        number = pc.match_substring_regex(text, pattern=r"^(-?\d{1,18}|-)$")
        values = pc.if_else(pc.and_(number, pc.not_equal(text, b"-")), text, None).cast(pa.string()).cast(pa.int64())
        fits &= _true(number)
    return fits, values


def _true(mask: Any) -> Any:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)


def times(values: Any, before: bytes = b"", after: bytes = b"") -> tuple[Any, Any]:
    """Read times of Envoy's default form by their digits: which rows have that form, and microseconds since 1970."""
    width = len(before) + _TIME_WIDTH + len(after)
    fits = pc.equal(pc.fill_null(pc.binary_length(values), 0), width).to_numpy(zero_copy_only=False)
    data = _bytes(values if fits.all() else values.filter(pa.array(fits)), width)
    digits = data[:, len(before) : len(before) + _TIME_WIDTH]
    good = _fits(data, before, after)
    micros = np.zeros(len(values), np.int64)
    micros[fits] = np.where(good, _micros(digits), 0)
    fits[fits] = good
    return fits, micros


def _bytes(values: Any, width: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Look at texts of one width as a matrix of bytes, without a copy."""
    if len(values) == 0:
        return np.empty((0, width), np.uint8)
    start = np.frombuffer(values.buffers()[1], np.int32)[values.offset]
    return np.frombuffer(values.buffers()[2], np.uint8, len(values) * width, start).reshape(-1, width)


def _fits(data: np.ndarray[Any, Any], before: bytes, after: bytes) -> np.ndarray[Any, Any]:
    """Tell which rows are a time between two literals: digits where digits stand, none above what a calendar has."""
    good = np.ones(len(data), bool)
    for at, (low, high) in enumerate(_bounds(before, b"0000-00-00T00:00:00.000Z", after)):
        good &= (data[:, at] - np.uint8(low)) <= high - low
    two = (data[:, len(before) :] - np.uint8(48)).T
    for at, most in ((5, 12), (8, 31), (11, 23)):
        good &= two[at] * 10 + two[at + 1] <= most
    return good


def _bounds(before: bytes, shape: bytes, after: bytes) -> list[tuple[int, int]]:
    highest = dict.fromkeys((14, 17), 53)  # minutes and seconds end at 59
    inner = [(b, highest.get(n, 57) if b == 48 else b) for n, b in enumerate(shape)]
    return [*((b, b) for b in before), *inner, *((b, b) for b in after)]


def _micros(digits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    d = digits.T.astype(np.int64) - 48
    year, month, day = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], d[5] * 10 + d[6], d[8] * 10 + d[9]
    seconds = (d[11] * 10 + d[12]) * 3600 + (d[14] * 10 + d[15]) * 60 + d[17] * 10 + d[18]
    micros: np.ndarray[Any, Any] = (_days(year, month, day) * 86_400 + seconds) * 1_000_000 + (d[20] * 100 + d[21] * 10 + d[22]) * 1000
    return micros


def _days(year: Any, month: Any, day: Any) -> Any:
    """Days since 1970 of a date of the Gregorian calendar, the year taken to begin in March."""
    year = year - (month <= 2)
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return 365 * year + year // 4 - year // 100 + year // 400 + of_year - 719_468
