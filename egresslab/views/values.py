"""What entries are counted by: a label column, a derived word, or several joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from egresslab.errors import FrameError, near
from egresslab.frames import coerce, schema
from egresslab.views.egress_classes import egress_class_of
from egresslab.views.hosts import host_of

DASH = "-"
_SEPARATOR = " · "
_DERIVED: dict[str, Callable[[pd.DataFrame], pd.Series[Any]]] = {"egress_class": egress_class_of, "host": host_of}


def name_of(by: str | Sequence[str]) -> str:
    """Name what is counted by, as charts and frames show it."""
    return by if isinstance(by, str) else _SEPARATOR.join(by)


def values_of(frame: pd.DataFrame, by: str | Sequence[str]) -> pd.Series[Any]:
    """Give the label of each entry that it is counted by; parts of a joined one that are missing are ``-``."""
    if isinstance(by, str):
        return _single(frame, by)
    if not by:
        raise FrameError("nothing is named to count by; give a column such as 'response_flags', or a list of columns")
    return _joined([_single(frame, name) for name in by])


def _single(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name in _DERIVED:
        return _DERIVED[name](frame)
    field = schema("log").get(name)
    if name not in frame.columns or (field is not None and field.type != "label" and name != "response_code"):
        known = [*_DERIVED, "response_code", *(n for n, f in schema("log").items() if f.type == "label")]
        raise FrameError(f"entries cannot be counted by {name!r}; {near(name, known)}; give one of them, or a label column of your own")
    column = frame[name]
    return coerce(column, "label", name) if isinstance(column.dtype, pd.CategoricalDtype) else _as_label(column)


def _as_label(column: pd.Series[Any]) -> pd.Series[Any]:
    """Make labels of a column by its distinct values: a million numbers are few words."""
    codes, distinct = pd.factorize(column)
    words = pd.Series([*map(str, distinct), None], dtype="str").astype("category")
    return words.iloc[codes].set_axis(column.index)


def _joined(columns: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    codes = pd.DataFrame({i: column.cat.codes.to_numpy() for i, column in enumerate(columns)})
    combination = codes.groupby(list(codes.columns), sort=False).ngroup()
    distinct = codes.drop_duplicates()
    parts = [np.append(c.cat.categories.to_numpy(dtype="object"), DASH)[distinct[i].to_numpy()] for i, c in enumerate(columns)]
    words = pd.Series([_SEPARATOR.join(p) for p in zip(*parts, strict=True)], dtype="str").astype("category")
    return words.iloc[combination.to_numpy()].set_axis(columns[0].index)
