"""Raw columns to typed ones: Envoy's dash becomes missing, flags a set, bytes text; then a log frame."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from egresslab import envoy
from egresslab.access_log.format import Operator
from egresslab.access_log.text import Raw, times
from egresslab.frames import failed, flag_set, in_order, schema

ARROW = {"text": pa.string(), "label": pa.dictionary(pa.int32(), pa.string()), "count": pa.int64(), "time": pa.timestamp("us", "UTC")}
_MANY = 10_000  # rows from which threads pay
FLAGS = ("response_flags", "response_flags_long")
_MISSING = pa.array([b"-", b""], pa.binary())
_STRPTIME = {"%E3S": "%S.%f", "%E6S": "%S.%f", "%E*S": "%S.%f", "%Ez": "%z", "%E*z": "%z", "%T": "%H:%M:%S", "%F": "%Y-%m-%d"}


def typed_columns(raw: Raw, operators: Iterable[Operator]) -> dict[str, Any]:
    """Give the raw columns of a format their types."""
    out = {o.column: _typed(raw[o.column], o) for o in operators if o.column in raw}
    if "response_flags_long" in out and "response_flags" not in out:
        out["response_flags"] = _relabel(out["response_flags_long"], _short_flags)
    return out


def with_lost_flags(columns: dict[str, Any], known: Any) -> dict[str, Any]:
    """Make flags missing where an entry does not say them; Envoy's dash says that there are none."""
    if "response_flags" not in columns or pc.all(known).as_py():
        return columns
    flags = columns["response_flags"]
    return columns | {"response_flags": pa.DictionaryArray.from_arrays(pc.if_else(known, flags.indices, None), flags.dictionary)}


def _typed(values: Any, operator: Operator) -> Any:
    if operator.type == "time":
        return _time(values, operator)
    if operator.type == "count":
        return _count(values)
    if operator.type == "text":
        return _texts(values)
    labels = values if pa.types.is_dictionary(values.type) else _plain(values).dictionary_encode()
    return _relabel(labels, _CHANGES.get(operator.name, _dash))


def _count(values: Any) -> Any:
    if pa.types.is_floating(values.type):
        return pc.round(values).cast(pa.int64())
    if not pa.types.is_integer(values.type):
        values = _dashless(_plain(values)).cast(pa.string()).cast(pa.int64())
    return values


def _texts(values: Any) -> Any:
    return _decode(_dashless(_plain(values)))


def _plain(values: Any) -> Any:
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def _dashless(values: Any) -> Any:
    if pa.types.is_string(values.type):
        values = values.cast(pa.binary())
    if not pc.any(pc.less(pc.binary_length(values), 2)).as_py():
        return values
    return pc.if_else(pc.is_in(values, value_set=_MISSING), None, values)


def _decode(values: Any) -> Any:
    """Bytes to text; a value that is not UTF-8 is read as Latin-1, as Envoy's own JSON log does."""
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if v is None else text_of(v) for v in values.to_pylist()], pa.string())


def text_of(value: bytes) -> str:
    """Decode one value as :func:`_decode` does."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def encodable(text: str) -> str:
    """Write half characters, which JSON can escape and no encoding can hold, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _relabel(labels: Any, change: Callable[[str | None], str | None]) -> Any:
    """Change the distinct values of a column; two that become one value become one label."""
    words = labels.dictionary if labels.dictionary.type == pa.string() else _decode(labels.dictionary)
    old = [*words.to_pylist(), None]
    new = [change(v) for v in old]
    if new == old and labels.dictionary.null_count == 0:
        return pa.DictionaryArray.from_arrays(labels.indices, words)
    distinct = list(dict.fromkeys(n for n in new if n is not None))
    position = {n: i for i, n in enumerate(distinct)}
    code = np.array([position.get(n, -1) if n is not None else -1 for n in new], np.int32)
    codes = code[pc.fill_null(labels.indices, len(old) - 1).to_numpy()]
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=codes < 0), pa.array(distinct, pa.string()))


def _dash(value: str | None) -> str | None:
    return None if value in (None, "-", "") else value


def _flags(value: str | None) -> str | None:
    return flag_set(value or "-")


def _cluster(value: str | None) -> str | None:
    return _dash(value.rstrip(";") if value else value)


@cache
def _long_flags() -> dict[str, str]:
    return {row["long"]: row["flag"] for row in envoy.rows("response_flags")}


def _short_flags(value: str | None) -> str | None:
    return flag_set(",".join(_long_flags().get(f, f) for f in (value or "-").split(",")))


_CHANGES: dict[str, Callable[[str | None], str | None]] = {
    "RESPONSE_FLAGS": _flags,
    "FAILURE_REASON": _flags,
    "UPSTREAM_CLUSTER": _cluster,
    "UPSTREAM_CLUSTER_RAW": _cluster,
}


def _time(values: Any, operator: Operator) -> Any:
    if pa.types.is_integer(values.type):
        return values.cast(ARROW["time"])
    values = _plain(values)
    if pa.types.is_string(values.type):
        values = values.cast(pa.binary())
    if not operator.time_format:
        fits, micros = times(values)
        if fits.all():
            return pa.array(micros).cast(ARROW["time"])
    read = time_reader(operator.time_format)
    known = {v: read(text_of(v)) for v in pc.unique(values).to_pylist() if v is not None}
    return pa.array([known.get(v) for v in values.to_pylist()], ARROW["time"])


@cache
def time_reader(time_format: str) -> Callable[[str], dt.datetime | None]:
    """Make a reader of times in one of Envoy's formats (strftime, ``%s`` for epoch seconds, ``%3f`` for digits); UTC where it names no zone."""
    if not time_format:
        return iso_time
    if "%s" in time_format:
        pattern = re.compile("".join(_epoch_part(p) for p in re.split(r"(%s|%\d?f)", time_format)))
        return lambda text: _epoch(pattern.fullmatch(text))
    form = re.sub(r"%\d?f", "%f", time_format)
    for envoys, pythons in _STRPTIME.items():
        form = form.replace(envoys, pythons)
    return lambda text: _strptime(text, form)


def _epoch_part(part: str) -> str:
    if part == "%s":
        return r"(?P<s>-?\d+)"
    return rf"(?P<f>\d{{{part[1:-1] or 9}}})" if re.fullmatch(r"%\d?f", part) else re.escape(part)


def _epoch(found: re.Match[str] | None) -> dt.datetime | None:
    if found is None:
        return None
    fraction = (found.groupdict().get("f") or "").ljust(6, "0")[:6]
    return dt.datetime.fromtimestamp(int(found["s"]), dt.UTC) + dt.timedelta(microseconds=int(fraction))


def iso_time(text: str) -> dt.datetime | None:
    """Read a time in ISO 8601, UTC where it names no zone; None when it is none."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _strptime(text: str, form: str) -> dt.datetime | None:
    try:
        found = dt.datetime.strptime(re.sub(r"(\.\d{6})\d+", r"\1", text), form)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def to_frame(tables: list[Any]) -> pd.DataFrame:
    """Make a log frame out of Arrow tables of typed columns and ``line``, its rows in the order of the lines."""
    table = pa.concat_tables(tables, promote_options="default")
    lines = table["line"].to_numpy()
    order = None if (lines[1:] > lines[:-1]).all() else pa.array(np.argsort(lines, kind="stable"))
    absent = {n: f for n, f in schema("log").items() if n not in (*table.column_names, "failed")}
    given = dict(zip(table.column_names, table.columns, strict=True)) | {n: pa.chunked_array([], ARROW[f.type]) for n, f in absent.items()}
    series = _all_series(list(given.values()), order, len(lines))
    frame = pd.DataFrame(dict(zip(given, series, strict=True)), copy=False)
    frame["failed"] = failed(frame["response_code"], frame["response_flags"])
    return frame[in_order(frame.columns)]


def _all_series(columns: list[Any], order: Any, length: int) -> list[pd.Series[Any]]:
    if length < _MANY:
        return [_series(c, order, length) for c in columns]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda c: _series(c, order, length), columns))


def _series(column: Any, order: Any, length: int) -> pd.Series[Any]:
    if len(column) < length:
        column = pa.chunked_array([pa.nulls(length, column.type)])
    if pa.types.is_dictionary(column.type):
        return _labels(column, order)
    if pa.types.is_string(column.type):
        text = column if order is None else column.combine_chunks().take(order)
        return pd.Series(cast("Any", pd.array)(text.cast(pa.large_string()), dtype="str"))
    numbers = column.cast(pa.int64()).combine_chunks()
    numbers = numbers if order is None else numbers.take(order)
    if pa.types.is_timestamp(column.type):
        return pd.Series(_filled(numbers, np.iinfo(np.int64).min).view("datetime64[us]")).dt.tz_localize("UTC")
    missing = numbers.is_null().to_numpy(zero_copy_only=False)
    return pd.Series(pd.arrays.IntegerArray(_filled(numbers, 0), missing))


def _filled(values: Any, missing: int) -> Any:
    """Give numbers that a user can write to, with one of them for what is missing."""
    return pc.fill_null(values, missing).to_numpy(zero_copy_only=False, writable=True)


def _labels(column: Any, order: Any) -> pd.Series[Any]:
    """Make categories of dictionaries, in the order of their text, whatever block a label came in first."""
    chunks = column.unify_dictionaries().chunks
    words = np.array(chunks[0].dictionary.to_pylist(), dtype=object) if chunks else np.empty(0, object)
    sorting = np.argsort(words, kind="stable") if len(words) else np.empty(0, np.int64)
    rank = np.empty(len(words), np.min_scalar_type(-len(words) - 1))
    rank[sorting] = np.arange(len(words))
    # Arrow takes without holding the interpreter, so that columns are made side by side; numpy's indexing does not.
    ranks = pa.chunked_array([pa.array(rank).take(c.indices) for c in chunks], pa.array(rank).type).combine_chunks()
    codes = _filled(ranks if order is None else ranks.take(order), -1)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(words[sorting], dtype="str")), validate=False))
