"""What was chosen last, so that a cell that runs again begins with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from egresslab.views.by_category import used_only
from egresslab.views.where_times import as_text
from egresslab.widgets.kernel import cell_id

Key = tuple[Any, ...]
_LAST: dict[Key, dict[str, Any]] = {}


def recall(log: pd.DataFrame, start: Mapping[str, Any]) -> tuple[Key, dict[str, Any] | None]:
    """Give what was chosen last in this cell, on the same log and from the same start, and the key to remember by.

    A cell that reads its log again has another object each time: a log is the same when it comes out of the same files and has as many
    entries between the same times.
    """
    time = log["start_time"]
    sources = tuple(used_only(log["source"]).cat.categories)
    key = (cell_id(), sources, len(log), str(time.min()), str(time.max()), repr(start))
    return key, _LAST.get(key)


def remember(key: Key, query: dict[str, Any]) -> None:
    """Keep what is chosen now."""
    _LAST[key] = query


def plain(value: Any) -> Any:
    """Write what `where` takes with words of Python alone, so that it can be pasted as code: lists, texts and numbers.

    >>> plain({"response_code": np.array([503]), "start_time": pd.Timestamp("2026-11-23T10:00Z")})
    {'response_code': [503], 'start_time': '2026-11-23T10:00:00.000000Z'}
    """
    if isinstance(value, Mapping):
        return {name: plain(asked) for name, asked in value.items()}
    if pd.api.types.is_list_like(value):
        return [plain(one) for one in value]
    if isinstance(value, (dt.date, np.datetime64)) and not pd.isna(value):
        return as_text(value)
    return value.item() if isinstance(value, np.generic) else value
