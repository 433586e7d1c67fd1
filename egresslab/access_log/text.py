"""The fast way to read text lines: pyarrow's CSV reader twice, at the quotes and then at the blanks, every line verified."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from egresslab.access_log.format import LogFormat, Operator
from egresslab.access_log.pattern import match_own
from egresslab.access_log.plan import Run, Token
from egresslab.access_log.times import Mask, read_times

Raw = dict[str, Any]
"""Columns as the log has them: bytes, dictionaries of bytes, or numbers."""

Wants = Callable[[str], bool]
"""Whether somebody wants a column; a line is verified as if all were wanted."""

_LABEL = pa.dictionary(pa.int32(), pa.binary())
_FLAGS = ("RESPONSE_FLAGS", "RESPONSE_FLAGS_LONG", "FAILURE_REASON")
_PLAIN = {"quote_char": False, "double_quote": False, "escape_char": False, "newlines_in_values": False, "ignore_empty_lines": False}
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


def read_text(block: bytes, lines: int, plan: tuple[Run, ...], wants: Wants = lambda _: True) -> tuple[Mask, Raw]:
    """Read the lines of a block that fit a plan: their positions in the block, and those of their raw columns that somebody wants."""
    if b"\r" in block:  # the CSV reader would end a line at it
        return np.empty(0, np.int64), {}
    names = [str(n) for n in range(len(plan))]
    types = {n: _type(run.tokens[0], wants) if run.whole else pa.binary() for n, run in zip(names, plan, strict=True)}
    within, table = _split(block, lines, '"', types)
    runs = [(table.pop(name), run) for name, run in zip(names, plan, strict=True)]
    found = [_run(values, run, wants) for values, run in runs if values is not None]
    fits = np.logical_and.reduce([f.fits for f in found])
    raw = {column: values for f in found for column, values in f.only(fits).items()}
    return np.flatnonzero(within)[fits], raw


def _type(token: Token, wants: Wants) -> Any:
    """Give the type that the CSV reader makes of a token; none, when it need not look at it."""
    operator = token.operator
    if operator and operator.type in ("label", "text") and not (token.before or token.after or wants(operator.column)):
        return None
    if operator is None or token.before or token.after or operator.type == "time" or token.words > 1:
        return pa.binary()
    return {"count": pa.int64(), "label": _LABEL}.get(operator.type, pa.binary())


def _split(data: Any, lines: int, delimiter: str, types: dict[str, Any]) -> tuple[Mask, dict[str, Any]]:
    """Cut lines at a delimiter: which of them have as many pieces as there are types, and the pieces of those that have one."""
    within = np.ones(lines, bool)

    def leave_out(row: Any) -> str:
        within[row.number - 1] = False
        return "skip"

    if lines == 0:
        return within, {n: t and pa.array([], t) for n, t in types.items()}
    known = {n: t for n, t in types.items() if t} or {next(iter(types)): pa.binary()}
    table = pa.csv.read_csv(
        pa.BufferReader(data),
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=list(types)),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, invalid_row_handler=leave_out, **_PLAIN),
        convert_options=pa.csv.ConvertOptions(
            include_columns=list(known), column_types=known, strings_can_be_null=True, null_values=["-", ""], check_utf8=False
        ),
    )
    return within, {n: _one(table[n]) if t else None for n, t in types.items()}


def _one(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _run(values: Any, run: Run, wants: Wants) -> _Columns:
    """Cut the runs between two quotes at their blanks."""
    if run.whole:
        return _verified(np.ones(len(values), bool), [(run.tokens[0], values)])
    if run.time:
        before, operator, after = run.time
        fits, raw = _time(values, operator, before, after)
        return _Columns(fits, _Columns(np.ones(len(values), bool), raw).only(fits))
    if run.odd:
        return _verified(np.ones(len(values), bool), [(run.tokens[0], values)])
    if run.literal:
        return _Columns(_true(pc.equal(values, run.literal.encode())), {})
    return _few(values, run, wants) or _cut(values, run, wants)


def _few(values: Any, run: Run, wants: Wants) -> _Columns | None:
    """Cut only the distinct runs, where there are few: code, flags and details repeat."""
    if len(values) < 1000 or len(pc.unique(values[:1000])) > _FEW:
        return None
    encoded = values.dictionary_encode(null_encoding="encode")
    cut = _cut(encoded.dictionary, run, wants)
    fits = cut.fits[encoded.indices.to_numpy()]
    index = pa.array((np.cumsum(cut.fits, dtype=np.int32) - 1)[encoded.indices.to_numpy()[fits]])
    return _Columns(fits, {c: _spread(v, index) for c, v in cut.raw.items()})


def _spread(values: Any, index: Any) -> Any:
    if pa.types.is_dictionary(values.type):
        return pa.DictionaryArray.from_arrays(values.indices.take(index), values.dictionary)
    return values.take(index)


def _cut(values: Any, run: Run, wants: Wants) -> _Columns:
    types = {f"{n}.{word}": _type(t, wants) for n, t in enumerate(run.tokens) for word in range(t.words)}
    data = pc.binary_join_element_wise(pc.fill_null(values, b""), b"", b"\n").buffers()[2] or b""
    try:
        within, pieces = _split(data, len(values), run.delimiter, types)
    except pa.ArrowInvalid:  # a word where a number belongs: read it as text, so that only its line is left out
        within, pieces = _split(data, len(values), run.delimiter, {n: t and pa.binary() for n, t in types.items()})
    words = iter(pieces.values())
    found = _verified(within, [(t, _joined([next(words) for _ in range(t.words)], run.delimiter)) for t in run.tokens])
    if values.null_count == 0 or len(types) == 1:
        return found
    fits = found.fits & _true(values.is_valid())  # nothing at all is no run of several words, but the CSV reader takes it for one of nulls
    return _Columns(fits, found.only(fits))


def _joined(words: list[Any], delimiter: str) -> Any:
    """Put a time together again that was cut at its own blanks."""
    return words[0] if len(words) == 1 else pc.binary_join_element_wise(*(pc.fill_null(w, b"-") for w in words), delimiter.encode())


def _verified(within: Mask, pieces: list[tuple[Token, Any]]) -> _Columns:
    """Keep the rows in which literals, numbers and times are what the format says."""
    good: Mask = np.ones(int(within.sum()), bool)
    raw: Raw = {}
    for token, values in pieces:
        if values is None:
            continue
        fits, columns = read_distinct(token.odd, values) if token.odd else _piece(token, values)
        good &= fits
        raw |= columns
    within[within] = good
    return _Columns(within, _Columns(np.ones(len(good), bool), raw).only(good))


def read_distinct(log_format: LogFormat, values: Any) -> tuple[Mask, Raw]:
    """Read what no delimiter cuts by its pattern, each distinct text once; what leaves flags in doubt, or may be Envoy's dash, is not believed."""
    encoded = values.dictionary_encode(null_encoding="encode")
    found = [match_own(log_format, text or b"-") for text in encoded.dictionary.to_pylist()]
    flags = [n for n, o in enumerate(log_format.operators) if o.name in _FLAGS]
    believed = np.array([groups is not None and all(groups[n] is not None for n in flags) for groups in found], bool)
    index = encoded.indices
    raw = {o.column: pa.array([groups and groups[n] for groups in found], pa.binary()).take(index) for n, o in enumerate(log_format.operators)}
    return believed[index.to_numpy()], raw


def _time(values: Any, operator: Operator, before: str, after: str) -> tuple[Mask, Raw]:
    if operator.lacks:
        form = f"^{re.escape(before)}(?:{operator.form.pattern}){re.escape(after)}$"
        return _true(pc.match_substring_regex(values, form)), {operator.column: pa.nulls(len(values), pa.int64())}
    known, micros = read_times(values, operator.time_format, before.encode(), after.encode())
    if before or after or operator.always:
        return known, {operator.column: pa.array(micros)}
    return known | _true(values.is_null()), {operator.column: pa.array(micros, mask=~known)}


def _piece(token: Token, values: Any) -> tuple[Any, Raw]:
    operator = token.operator
    if operator is None:
        literal = token.before.encode()
        return _true(values.is_null() if literal in (b"", b"-") else pc.equal(values, literal)), {}
    if operator.type == "time":
        return _time(values, operator, token.before, token.after)
    fits: Any = True
    if token.before or token.after:
        before, after = token.before.encode(), token.after.encode()
        fits = _true(pc.and_(pc.starts_with(values, pattern=before), pc.ends_with(values, pattern=after)))
        values = pc.binary_slice(values, len(before), -len(after) if after else 2**31 - 1)  # without a stop, Arrow fails on short ones
    if operator.type == "count" and not pa.types.is_integer(values.type):
        text = pc.fill_null(values, b"-")
        number = pc.match_substring_regex(text, pattern=r"^(-?\d{1,18}|-)$")
        values = pc.if_else(pc.and_(number, pc.not_equal(text, b"-")), text, None).cast(pa.string()).cast(pa.int64())
        fits &= _true(number)
    return fits, {operator.column: values}


def _true(mask: Any) -> Any:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
