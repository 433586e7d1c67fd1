"""Several label columns read as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from egresslab.views.by_category import used_only


def first_known(columns: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    """Give for each entry the first of several labels that says something.

    >>> a, b = (pd.Series(v, dtype="str").astype("category") for v in (["x", None, None], ["y", "z", None]))
    >>> first_known([a, b]).tolist()
    ['x', 'z', nan]
    """
    words = pd.Index(sorted({word for column in columns for word in column.cat.categories}), dtype="str")
    codes = np.full(len(columns[0]), -1, dtype=np.int64)
    for column in columns:
        theirs = np.append(words.get_indexer(column.cat.categories), -1)
        codes = np.where(codes < 0, theirs[column.cat.codes.to_numpy()], codes)
    return used_only(pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(words)), index=columns[0].index))
