"""Entries counted by what they have in common: the sums from which the views that count are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from egresslab.frames import typed

_SUMS = {
    "count": ("line", "size"),
    "failed": ("failed", "sum"),
    "bytes_sent": ("bytes_sent", "sum"),
    "bytes_received": ("bytes_received", "sum"),
    "first_seen": ("start_time", "min"),
    "last_seen": ("start_time", "max"),
}


def tally(frame: pd.DataFrame, keys: Mapping[str, pd.Series[Any]]) -> pd.DataFrame:
    """Count the entries of a log by keys: one row for each combination that occurs, with sums, and first and last time."""
    columns = {column: frame[column] for column, _ in _SUMS.values()}
    named = {f"key {name}": values for name, values in keys.items()}
    counted = pd.DataFrame({**columns, **named}).groupby(list(named), observed=True, dropna=False, sort=False).agg(**_SUMS)
    out = counted.reset_index().rename(columns={f"key {name}": name for name in keys})
    return out.astype({name: "str" for name in keys if isinstance(out[name].dtype, pd.CategoricalDtype)})


def tally_again(counted: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Add up what was counted already, by fewer keys or by keys that were changed."""
    sums = {name: (name, "sum" if how == "size" else how) for name, (_, how) in _SUMS.items()}
    return counted.groupby(list(keys), observed=True, dropna=False, sort=False).agg(**sums).reset_index()


def framed(counted: pd.DataFrame, name: str) -> pd.DataFrame:
    """Bring what was counted to the columns of a frame of the contract."""
    return typed({str(column): values for column, values in counted.items()}, name)


def most_first(counted: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Sort by count, most first, then by name."""
    as_text = {name: counted[name].astype("str") for name in names}
    order = counted.assign(**as_text).sort_values(["count", *names], ascending=[False, *(True for _ in names)], kind="stable").index
    return counted.loc[order].reset_index(drop=True)
