"""Label columns worked on by their categories: a million rows, a handful of words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


def numbers_of(column: pd.Series[Any], read: Callable[[str], int | None]) -> pd.Series[Any]:
    """Read a number out of each label."""
    numbers = pd.array([*map(read, column.cat.categories), None], dtype="Int64")
    return pd.Series(numbers[column.cat.codes.to_numpy()], index=column.index)


def used_only(column: pd.Series[Any]) -> pd.Series[Any]:
    """Drop unused categories by counting codes: pandas sorts the whole column for it, which takes longer than a filter."""
    codes = column.cat.codes.to_numpy()
    used = np.bincount(codes.astype("int64") + 1, minlength=len(column.cat.categories) + 1)[1:] > 0
    if used.all():
        return column
    new = np.append(np.where(used, used.cumsum() - 1, -1), -1)[codes]
    dtype = pd.CategoricalDtype(column.cat.categories[used], ordered=column.cat.ordered)
    return pd.Series(pd.Categorical.from_codes(new, dtype=dtype), index=column.index, name=column.name)
