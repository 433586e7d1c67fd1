"""Raw columns to typed ones: Envoy's dash becomes missing, flags a set, bytes text; then a log frame."""

from __future__ import annotations

import datetime as dt
import os
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
from egresslab.access_log.projection import ALL, Projection
from egresslab.access_log.text import Raw
from egresslab.access_log.times import Mask, read_times
from egresslab.frames import failed, flag_set, in_order, ztunnel_error

ARROW = {"text": pa.string(), "label": pa.dictionary(pa.int32(), pa.string()), "count": pa.int64(), "time": pa.timestamp("us", "UTC")}
_MANY = 10_000  # rows from which threads pay
_STRETCHES = 5_000
FLAGS = ("response_flags", "response_flags_long")
_MISSING = pa.array([b"-", b""], pa.binary())


def typed_columns(raw: Raw, operators: Iterable[Operator], *, clean: bool = False) -> dict[str, Any]:
    """Give the raw columns of a format their types; in clean ones all that is missing is so already."""
    out = {o.column: raw[o.column] if clean and o.type in ("text", "count") else _typed(raw[o.column], o) for o in operators if o.column in raw}
    if "response_flags_long" in out and "response_flags" not in out:
        out["response_flags"] = _relabel(out["response_flags_long"], _short_flags)
    if "start_time_local" in out and "start_time" not in out:
        out["start_time"] = out["start_time_local"]
    return out


def with_lost_flags(columns: dict[str, Any], known: Any, name: str = "response_flags") -> dict[str, Any]:
    """Make flags missing where an entry does not say them; Envoy's dash says that there are none."""
    if name not in columns or pc.all(known).as_py():
        return columns
    flags = columns[name]
    return columns | {name: pa.DictionaryArray.from_arrays(pc.if_else(known, flags.indices, None), flags.dictionary)}


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
    if operator.lacks:
        return pa.nulls(len(values), ARROW["time"])
    values = _plain(values)
    if pa.types.is_string(values.type):
        values = values.cast(pa.binary())
    known, micros = read_times(values, operator.time_format)
    if operator.time_format or known.all():
        return pa.array(micros, mask=~known).cast(ARROW["time"])
    read = {v: iso_time(text_of(v)) for v in pc.unique(values).to_pylist() if v is not None}
    return pa.array([read.get(v) for v in values.to_pylist()], ARROW["time"])


def iso_time(text: str) -> dt.datetime | None:
    """Read a time in ISO 8601, UTC where it names no zone; None when it is none."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def to_frame(tables: list[Any], columns: Projection = ALL) -> pd.DataFrame:
    """Make a log frame out of Arrow tables of typed columns and ``line``, its rows in the order of the lines."""
    table = pa.concat_tables(tables, promote_options="default")
    lines = table["line"].to_numpy()
    order = None if (lines[1:] > lines[:-1]).all() else np.argsort(lines, kind="stable")
    given = {name: values for name, values in zip(table.column_names, table.columns, strict=True) if columns.needs(name)}
    given |= {name: pa.chunked_array([], ARROW[kind]) for name, kind in columns.absent.items() if name not in given}
    arrays = _all_arrays(list(given.values()), order, len(lines))
    frame = pd.DataFrame(dict(zip(given, arrays, strict=True)), copy=False)
    if columns.has("failed"):
        frame["failed"] = failed(frame["response_code"], frame["response_flags"], ztunnel_error(frame))
    return frame[in_order(name for name in frame.columns if columns.has(name))]


def _all_arrays(columns: list[Any], order: Any, length: int) -> list[Any]:
    if length < _MANY:
        return [_array(c, order, length) for c in columns]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda c: _array(c, order, length), columns))


def _array(column: Any, order: Any, length: int) -> Any:
    if len(column) < length:
        column = pa.chunked_array([pa.nulls(length, column.type)])
    if pa.types.is_dictionary(column.type):
        return _labels(column, order)
    if pa.types.is_string(column.type):
        return cast("Any", pd.array)(_spliced(column.cast(pa.large_string()), order), dtype="str")
    if pa.types.is_timestamp(column.type):
        return pd.DatetimeIndex(_filled(column, np.iinfo(np.int64).min, order).view("datetime64[us]"), tz="UTC").array
    missing = _in_order(column.is_null().to_numpy(), order) if column.null_count else np.zeros(length, bool)
    return pd.arrays.IntegerArray(_filled(column, 0, order), missing)


def _spliced(texts: Any, order: Any) -> Any:
    """Put texts in order stretch by stretch: nearly all are in order, and copying one text after another is slow."""
    if order is None:
        return texts
    starts = np.flatnonzero(np.diff(order, prepend=-2) != 1)
    if len(starts) > _STRETCHES:
        return texts.combine_chunks().take(pa.array(order))
    stretches = zip(order[starts].tolist(), np.diff(starts, append=len(order)).tolist(), strict=True)
    return pa.concat_arrays([chunk for start, length in stretches for chunk in texts.slice(start, length).chunks])


def _filled(column: Any, missing: int, order: Any = None) -> Mask:
    """Give numbers that a user can write to, with one of them for what is missing."""
    kind = pa.int64() if pa.types.is_timestamp(column.type) else column.type
    chunks = [pc.fill_null(chunk.cast(kind), missing).to_numpy(zero_copy_only=False) for chunk in column.chunks]
    return _in_order(np.concatenate([*chunks, np.empty(0, kind.to_pandas_dtype())]), order)


def _in_order(values: Mask, order: Any) -> Mask:
    return values if order is None else values.take(order)


def _labels(column: Any, order: Any) -> Any:
    """Make categories of dictionaries, in the order of their text, whatever block a label came in first."""
    chunks = column.unify_dictionaries().chunks
    words = np.array(chunks[0].dictionary.to_pylist(), dtype=object) if chunks else np.empty(0, object)
    sorting = np.argsort(words, kind="stable") if len(words) else np.empty(0, np.int64)
    rank = np.full(len(words) + 1, -1, np.min_scalar_type(-len(words) - 1))  # the last for what is missing
    rank[sorting] = np.arange(len(words))
    # Arrow takes without holding the interpreter, so that columns are made side by side; numpy's indexing does not.
    codes = [pa.array(rank).take(pc.fill_null(c.indices, len(words))).to_numpy() for c in chunks]
    known = pd.CategoricalDtype(pd.Index(words[sorting], dtype="str"))
    return pd.Categorical.from_codes(_in_order(np.concatenate([*codes, rank[:0]]), order), dtype=known, validate=False)
