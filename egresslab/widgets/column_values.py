"""The values of a column, and how many of some entries have each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from egresslab.views.egress_classes import egress_class_of
from egresslab.views.where_numbers import Mask
from egresslab.views.where_values import DASH


def has_few_values(log: pd.DataFrame, name: str) -> bool:
    """Tell whether the values of a column can be listed: labels, yes or no, and status codes."""
    if name in ("egress_class", "response_code"):
        return True
    if name not in log.columns:
        return False
    dtype = log[name].dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return bool(dtype.categories.dtype == "str")
    return pd.api.types.is_bool_dtype(dtype)


class ColumnValues:
    """The values of a column of a log, most frequent first; flags one by one, and what is missing as ``-``."""

    def __init__(self, log: pd.DataFrame, name: str) -> None:
        codes, words = _encoded(egress_class_of(log) if name == "egress_class" else log[name])
        self._codes = (codes + 1).astype("int32")
        apart = [sorted(filter(None, word.split(","))) for word in words] if name == "response_flags" else [[word] for word in words]
        self._words = [[DASH], *apart]
        self.values = [value for value, count in sorted(self.counts(slice(None)).items(), key=_most_first) if count]

    def counts(self, keep: Mask | slice) -> dict[Any, int]:
        """Count the entries of a part of the log by value."""
        found: dict[Any, int] = {}
        for words, count in zip(self._words, np.bincount(self._codes[keep], minlength=len(self._words)).tolist(), strict=True):
            for word in words:
                found[word] = found.get(word, 0) + count
        return found


def _encoded(column: pd.Series[Any]) -> tuple[np.ndarray[Any, Any], list[Any]]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy().astype("int32"), column.cat.categories.tolist()
    codes, words = pd.factorize(column)
    return codes, words.tolist()


def _most_first(item: tuple[Any, int]) -> tuple[int, str]:
    return -item[1], str(item[0])
