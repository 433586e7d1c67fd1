"""The data dictionary: which columns a frame has, of which type, and frames that keep to it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from egresslab.errors import FrameError, near

PLACES = ("proxy", "pod", "container", "source", "line")

_DTYPES = {
    "text": "str",
    "label": "category",
    "count": "Int64",
    "number": "Float64",
    "time": "datetime64[us, UTC]",
    "yes_no": "boolean",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a frame, as ``fields.csv`` describes it."""

    frame: str
    column: str
    type: str
    unit: str
    meaning: str
    missing: str
    sensitive: bool
    path: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Field:
        """Make a field out of a row of ``fields.csv``."""
        return cls(**{**row, "sensitive": row["sensitive"] == "yes"})  # type: ignore[arg-type]


@cache
def _dictionary() -> dict[str, dict[str, Field]]:
    found: dict[str, dict[str, Field]] = {}
    with files(__package__).joinpath("fields.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["frame"], {})[row["column"]] = Field.of(row)
    return found


def schema(frame: str) -> dict[str, Field]:
    """Give the columns of a frame by name, in their order."""
    try:
        return _dictionary()[frame]
    except KeyError:
        raise FrameError(f"no frame is called {frame!r}; {near(frame, _dictionary())}") from None


def fields(frame: str | None = None) -> pd.DataFrame:
    """Which columns does a frame have, and what do they mean?

    Parameters
    ----------
    frame
        Name of a frame, such as ``log`` or ``timeline``; without it all frames.

    Returns
    -------
    pandas.DataFrame
        The data dictionary: ``frame, column, type, unit, meaning, missing, sensitive, path``.

    Raises
    ------
    FrameError
        When there is no such frame.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.fields("log").set_index("column").loc["duration_ms", ["type", "unit"]].tolist()
    ['count', 'ms']
    """
    chosen = [f for name in (_dictionary() if frame is None else [frame]) for f in schema(name).values()]
    names = list(Field.__dataclass_fields__)
    return pd.DataFrame({n: [getattr(f, n) for f in chosen] for n in names})


def empty(frame: str) -> pd.DataFrame:
    """Give a frame without rows that has all its columns with their types."""
    return _empty(frame).copy()


@cache
def _empty(frame: str) -> pd.DataFrame:
    return typed({}, frame)


def typed(columns: Mapping[str, Any], frame: str) -> pd.DataFrame:
    """Build a frame of the contract from columns; those not given are missing in every row."""
    known = schema(frame)
    length = max((len(values) for values in columns.values()), default=0)
    out = {}
    for name, field in known.items():
        values = columns.get(name)
        out[name] = _column(values, field.type, name, length)
    return pd.DataFrame(out, columns=list(known))


def _column(values: Any, kind: str, name: str, length: int) -> pd.Series[Any]:
    """Make one column; lists of one kind of value, as readers make them, go through Arrow, which is many times faster than pandas."""
    if values is None:
        return _missing(kind, length)
    if not isinstance(values, list) or kind not in _ARROW:
        return coerce(pd.Series(values).reset_index(drop=True), kind, name)
    try:
        found = pa.array(values, _ARROW[kind])
    except (pa.ArrowException, OverflowError, UnicodeError):  # of several kinds, or what no type can hold
        return coerce(pd.Series(values), kind, name)
    return _missing(kind, length) if found.null_count == len(values) else _FROM_ARROW[kind](found)


def _missing(kind: str, length: int) -> pd.Series[Any]:
    if kind == "label":
        return pd.Series(pd.Categorical.from_codes(np.full(length, -1, dtype="int8"), dtype=_EMPTY_LABEL))
    return pd.Series(pd.NaT if kind == "time" else pd.NA, index=range(length), dtype=_DTYPES[kind])


def _encoded(found: Any) -> pd.Series[Any]:
    """Make a label column of text."""
    found = found.dictionary_encode()
    words = pd.Index(found.dictionary.to_pylist(), dtype="str")
    order = words.argsort()
    codes = np.append(np.argsort(order), -1)[found.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(words[order])))


def _masked(array: Any, nothing: Any) -> Callable[[Any], pd.Series[Any]]:
    """Make a column of numbers or of yes and no, in which some values are missing."""
    return lambda found: pd.Series(array(found.fill_null(nothing).to_numpy(zero_copy_only=False), found.is_null().to_numpy(zero_copy_only=False)))


_ARROW = {"text": pa.large_string(), "label": pa.large_string(), "count": pa.int64(), "yes_no": pa.bool_()}
_FROM_ARROW: dict[str, Callable[[Any], pd.Series[Any]]] = {
    "text": lambda found: pd.Series(found, dtype=_DTYPES["text"]),
    "label": _encoded,
    "count": _masked(pd.arrays.IntegerArray, 0),
    "yes_no": _masked(pd.arrays.BooleanArray, nothing=False),
}


def require(frame: pd.DataFrame, name: str, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Ask a frame for columns by name, and bring their types back to the contract.

    Users merge, concatenate and write frames: categories become objects, counts become floats. This mends
    them; only a column that is not there, or holds what no type can hold, is an error. Other columns pass.
    """
    if not isinstance(frame, pd.DataFrame):
        raise FrameError(f"a {name} frame is asked for, this is a {type(frame).__name__}; give a Case or a pandas DataFrame")
    known = schema(name)
    unique(frame)
    asked = list(known) if columns is None else list(columns)
    if lost := [c for c in asked if c not in frame.columns]:
        raise FrameError(
            f"this frame has no column {', '.join(map(repr, lost))}, which a {name} frame needs; "
            f"it has {', '.join(map(str, frame.columns[:30])) or 'none'}; eg.as_log(frame, columns={{'theirs': 'ours'}}) makes a log of it"
        )
    changed = {c: coerce(frame[c], known[c].type, c) for c in asked if c in known and not _has_type(frame[c].dtype, known[c].type)}
    return frame.assign(**changed) if changed else frame


def unique(frame: pd.DataFrame) -> None:
    """Refuse a frame in which two columns have one name, as ``pd.concat(axis=1)`` makes it."""
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise FrameError(f"two columns of this frame are called {twice!r}; rename or drop one of them first")


def coerce(series: pd.Series[Any], kind: str, name: str) -> pd.Series[Any]:
    """Bring a column to one of the contract's types."""
    if _has_type(series.dtype, kind):
        return series
    try:
        return _COERCE[kind](series)
    except (ArithmeticError, TypeError, ValueError) as error:
        why = str(error).split(". You might want", 1)[0]
        raise FrameError(f"column {name!r} cannot be read as {kind}: {why}; mend or drop those values first") from error


def _has_type(dtype: Any, kind: str) -> bool:
    if kind == "label":
        return isinstance(dtype, pd.CategoricalDtype) and dtype.categories.dtype == "str"
    return bool(dtype == _DTYPES[kind])


def _text(series: pd.Series[Any]) -> pd.Series[Any]:
    return series.astype("object").where(series.notna(), None).map(_as_text).astype("str")


def _as_text(value: object) -> object:
    return value if value is None or isinstance(value, str) else str(value)


def _label(series: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(series.dtype, pd.CategoricalDtype) and len(series.cat.categories) == 0:
        return pd.Series(pd.Categorical.from_codes([-1] * len(series), dtype=_EMPTY_LABEL), index=series.index, name=series.name)
    return _text(series).astype("category")


_EMPTY_LABEL = pd.CategoricalDtype(pd.Index([], dtype="str"))


def _number(series: pd.Series[Any]) -> pd.Series[Any]:
    if series.dtype == "object" or series.dtype == "str" or isinstance(series.dtype, pd.CategoricalDtype):
        series = pd.to_numeric(_said(series))
    return series.astype("Float64")


def _count(series: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_integer_dtype(series.dtype):
        return series.astype("Int64")
    if not pd.api.types.is_float_dtype(series.dtype):
        series = pd.to_numeric(_said(series), dtype_backend="numpy_nullable")
    if pd.api.types.is_float_dtype(series.dtype):
        known = series[series.notna()]
        if (odd := known[(known % 1 != 0) | (known.abs() >= 2**63)]).size:
            raise ValueError(f"{odd.iloc[0]} is no whole number of at most 63 bits")
    return series.astype("Int64")


def _said(series: pd.Series[Any]) -> pd.Series[Any]:
    return series.astype("object").where(series.notna() & ~series.isin(["-", ""]), None)


def _time(series: pd.Series[Any]) -> pd.Series[Any]:
    if series.dtype == "object" or series.dtype == "str" or isinstance(series.dtype, pd.CategoricalDtype):
        series = pd.to_datetime(_said(series), utc=True, format="ISO8601")
    elif pd.api.types.is_datetime64_any_dtype(series.dtype) or series.isna().all():  # CSV makes numbers of a column without values
        series = pd.to_datetime(series, utc=True)
    else:
        raise TypeError(f"{series.dtype} is not a time")
    return series.astype("datetime64[us, UTC]")


_YES_NO = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False, "1.0": True, "0.0": False}


def _yes_no(series: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_numeric_dtype(series.dtype):
        return series.astype("boolean")
    known = series.notna()
    words = series.astype("object").map(lambda v: _YES_NO.get(str(v).lower()))
    if (known & words.isna()).any():
        raise ValueError(f"{series[known & words.isna()].iloc[0]!r} is neither true nor false")
    return words.astype("boolean")


_COERCE: dict[str, Callable[[pd.Series[Any]], pd.Series[Any]]] = {
    "text": _text,
    "label": _label,
    "count": _count,
    "number": _number,
    "time": _time,
    "yes_no": _yes_no,
}


def labels(values: pd.Series[Any], rename: Callable[[str], str | None]) -> pd.Series[Any]:
    """Map a label column by its categories: a million rows, a handful of calls."""
    categorical = cast("pd.Categorical", coerce(values, "label", str(values.name)).array)
    new = [rename(str(c)) for c in categorical.categories]
    distinct = sorted({n for n in new if n is not None})
    position = {n: i for i, n in enumerate(distinct)}
    codes = pd.Series([position.get(n, -1) if n is not None else -1 for n in new] + [-1]).to_numpy()[categorical.codes]
    dtype = pd.CategoricalDtype(pd.Index(distinct, dtype="str"))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype), index=values.index, name=values.name)
