"""Rows that hold the same values, numbered: what grouping by many label columns at once needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_INT64 = np.iinfo("int64").max


def number_groups(columns: Sequence[pd.Series[Any]]) -> npt.NDArray[np.int64]:
    """Number the distinct combinations of values, missing ones included, in order of appearance.

    >>> number_groups([pd.Series(["GET", "GET", None, None]), pd.Series([200, 503, 200, 200])]).tolist()
    [0, 1, 2, 2]
    """
    key, size = np.zeros(len(columns[0]), dtype="int64"), 1
    for column in columns:
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes, count = column.cat.codes.to_numpy("int64") + 1, len(column.cat.categories) + 1
        else:
            codes, values = pd.factorize(column, use_na_sentinel=False)
            count = max(1, len(values))
        if size > _INT64 // count:
            key, seen = pd.factorize(key)
            size = len(seen)
        key, size = key * count + codes, size * count
    return pd.factorize(key)[0]


def positions_by(columns: Sequence[pd.Series[Any]]) -> list[npt.NDArray[np.int64]]:
    """Give the positions of the rows of each distinct combination of values, in order of appearance: cheap also when there are many.

    >>> [rows.tolist() for rows in positions_by([pd.Series(["GET", None, "GET"])])]
    [[0, 2], [1]]
    """
    group = number_groups(columns)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []
