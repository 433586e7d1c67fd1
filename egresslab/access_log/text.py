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

Mask = np.ndarray[Any, Any]

_LABEL = pa.dictionary(pa.int32(), pa.binary())
_TIME_WIDTH = len("2026-11-23T19:43:13.254Z")
_FEW = 100  # distinct runs in a thousand, up to which only the distinct ones are cut


@dataclass
class _Columns:
    """Which rows fit, and the columns of those that do."""

    fits: Mask
    raw: Raw

    def only(self, fits: Mask) -> Raw:
        """Give the columns of fewer rows; nearly always these are all."""
        keep = fits[self.fits]
        if keep.all():
            return self.raw
        mask = pa.array(keep)
        return {column: values.filter(mask) for column, values in self.raw.items()}


def read_text(block: bytes, lines: int, plan: tuple[Run, ...]) -> tuple[Mask, Raw]:
    """Read the lines of a block that fit a plan: their positions in the block, and their raw columns."""
    if b"\r" in block:  # the CSV reader would end a line at it
        return np.empty(0, np.int64), {}
    names = [str(n) for n in range(len(plan))]
    types = {n: _type(run.tokens[0]) if run.whole else pa.binary() for n, run in zip(names, plan, strict=True)}
    within, table = _split(block, lines, '"', types)
    found = [_run(table.pop(name), run) for name, run in zip(names, plan, strict=True)]
    fits = np.logical_and.reduce([f.fits for f in found])
    raw = {column: values for f in found for column, values in f.only(fits).items()}
    return np.flatnonzero(within)[fits], raw


def _type(token: Token) -> Any:
    operator = token.operator
    if operator is None or token.before or token.after or operator.type == "time":
        return pa.binary()
    return {"count": pa.int64(), "label": _LABEL}.get(operator.type, pa.binary())


def _split(data: Any, lines: int, delimiter: str, types: dict[str, Any]) -> tuple[Mask, dict[str, Any]]:
    """Cut lines at a delimiter: which of them have as many pieces as there are types, and the pieces of those."""
    within = np.ones(lines, bool)

    def leave_out(row: Any) -> str:
        within[row.number - 1] = False
        return "skip"

    if lines == 0:
        return within, {n: pa.array([], t) for n, t in types.items()}
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
    return within, {n: _one(table[n]) for n in types}


def _one(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _run(values: Any, run: Run) -> _Columns:
    """Cut the runs between two quotes at their blanks."""
    if run.whole:
        return _verified(np.ones(len(values), bool), [(run.tokens[0], values)])
    if run.time:
        before, operator, after = run.time
        fits, micros = times(values, before.encode(), after.encode())
        return _Columns(fits, {operator.column: pa.array(micros[fits])})
    if run.literal:
        return _Columns(_true(pc.equal(values, run.literal.encode())), {})
    return _few(values, run) or _cut(values, run)


def _few(values: Any, run: Run) -> _Columns | None:
    """Cut only the distinct runs, where there are few: code, flags and details repeat."""
    if len(values) < 1000 or len(pc.unique(values[:1000])) > _FEW:
        return None
    encoded = values.dictionary_encode(null_encoding="encode")
    cut = _cut(encoded.dictionary, run)
    fits = cut.fits[encoded.indices.to_numpy()]
    index = pa.array((np.cumsum(cut.fits, dtype=np.int32) - 1)[encoded.indices.to_numpy()[fits]])
    return _Columns(fits, {c: _spread(v, index) for c, v in cut.raw.items()})


def _spread(values: Any, index: Any) -> Any:
    if pa.types.is_dictionary(values.type):
        return pa.DictionaryArray.from_arrays(values.indices.take(index), values.dictionary)
    return values.take(index)


def _cut(values: Any, run: Run) -> _Columns:
    names = [str(n) for n in range(len(run.tokens))]
    data = pc.binary_join_element_wise(pc.fill_null(values, b""), b"", b"\n").buffers()[2] or b""
    types = {n: _type(t) for n, t in zip(names, run.tokens, strict=True)}
    try:
        within, pieces = _split(data, len(values), " ", types)
    except pa.ArrowInvalid:  # a word where a number belongs: read it as text, so that only its line is left out
        within, pieces = _split(data, len(values), " ", dict.fromkeys(names, pa.binary()))
    found = _verified(within, [(t, pieces[n]) for n, t in zip(names, run.tokens, strict=True)])
    if values.null_count == 0 or len(names) == 1:
        return found
    fits = found.fits & _true(values.is_valid())  # nothing at all is no run of several words, but the CSV reader takes it for one of nulls
    return _Columns(fits, found.only(fits))


def _verified(within: Mask, pieces: list[tuple[Token, Any]]) -> _Columns:
    """Keep the rows in which literals, numbers and times are what the format says."""
    good: Mask = np.ones(int(within.sum()), bool)
    raw: Raw = {}
    for token, values in pieces:
        fits, column = _piece(token, values)
        good &= fits
        if token.operator:
            raw[token.operator.column] = column
    within[within] = good
    return _Columns(within, _Columns(np.ones(len(good), bool), raw).only(good))


def _piece(token: Token, values: Any) -> tuple[Any, Any]:
    operator = token.operator
    if operator is None:
        literal = token.before.encode()
        return _true(values.is_null() if literal in (b"", b"-") else pc.equal(values, literal)), values
    if operator.type == "time":
        good, micros = times(values, token.before.encode(), token.after.encode())
        return good, pa.array(micros)
    fits: Any = True
    if token.before or token.after:
        before, after = token.before.encode(), token.after.encode()
        fits = _true(pc.and_(pc.starts_with(values, pattern=before), pc.ends_with(values, pattern=after)))
        values = pc.binary_slice(values, len(before), -len(after) if after else 2**31 - 1)
    if operator.type == "count" and not pa.types.is_integer(values.type):
        text = pc.fill_null(values, b"-")
        number = pc.match_substring_regex(text, pattern=r"^(-?\d{1,18}|-)$")
        values = pc.if_else(pc.and_(number, pc.not_equal(text, b"-")), text, None).cast(pa.string()).cast(pa.int64())
        fits &= _true(number)
    return fits, values


def _true(mask: Any) -> Any:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)


def times(values: Any, before: bytes = b"", after: bytes = b"") -> tuple[Mask, Mask]:
    """Read times of Envoy's default form by their digits: which rows have that form, and microseconds since 1970."""
    width = len(before) + _TIME_WIDTH + len(after)
    fits: Mask = pc.equal(pc.fill_null(pc.binary_length(values), 0), width).to_numpy(zero_copy_only=False)
    data = _bytes(values if fits.all() else values.filter(pa.array(fits)), width)
    good = _fits(data, before, after)
    micros = np.zeros(len(values), np.int64)
    micros[fits] = np.where(good, _micros(data[:, len(before) : len(before) + _TIME_WIDTH]), 0)
    fits = fits.copy()
    fits[fits] = good
    return fits, micros


def _bytes(values: Any, width: int) -> Mask:
    """Look at texts of one width as a matrix of bytes, without a copy."""
    if len(values) == 0:
        return np.empty((0, width), np.uint8)
    start = np.frombuffer(values.buffers()[1], np.int32)[values.offset]
    return np.frombuffer(values.buffers()[2], np.uint8, len(values) * width, start).reshape(-1, width)


def _fits(data: Mask, before: bytes, after: bytes) -> Mask:
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


def _micros(digits: Mask) -> Mask:
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
