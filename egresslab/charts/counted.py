"""What a chart draws: a view's frame as given, or what the view counts of a Case or log; few rows, and text made visible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from egresslab.charts.theme import MOST_VALUES, OTHER
from egresslab.errors import FrameError
from egresslab.frames import coerce, require, schema, visible

MOST_ROWS = 5000


def counted(given: Any, frame: str, view: Callable[..., pd.DataFrame], **asked: Any) -> pd.DataFrame:
    """Take a frame that the view has counted already, else let it count what is given."""
    asked = {name: value for name, value in asked.items() if value is not None}
    if not isinstance(given, pd.DataFrame) or not set(schema(frame)) <= set(given.columns):
        return view(given, **asked)
    if asked:
        raise FrameError(f"a {frame} frame is counted already, so {', '.join(asked)} cannot be asked of the chart; give the log, or ask eg.{frame}")
    return require(given, frame)


def words(column: pd.Series[Any], *, missing: str = "-") -> pd.Series[Any]:
    """Write labels as visible text; what is missing gets a word."""
    labels = coerce(column, "label", str(column.name))
    texts = pd.Series([*map(visible, labels.cat.categories), missing], dtype="str")
    return texts.iloc[labels.cat.codes].set_axis(column.index)


def largest(value: pd.Series[Any], count: pd.Series[Any], most: int = MOST_VALUES) -> pd.Series[Any]:
    """Keep the values that count most, and the dash; all others become one."""
    sums = count.groupby(value).sum().drop("-", errors="ignore").sort_values(ascending=False, kind="stable")
    return value.where(~value.isin(sums.index[most:]), OTHER) if len(sums) > most + 1 else value


def shown(part: int, whole: int, what: str) -> list[str]:
    """Say a limit where it bites.

    >>> shown(40, 1203, "hosts"), shown(7, 7, "hosts")
    (['40 of 1,203 hosts'], [])
    """
    return [f"{part:,} of {whole:,} {what}"] if part < whole else []


def numbered(names: pd.Series[Any], counts: pd.Series[Any]) -> list[str]:
    """Write each name with its number of entries, which a thin bar or a dot does not show."""
    return [f"{name} · {count:,}" for name, count in zip(names, counts, strict=True)]


def listed(sums: pd.Series[Any], most: int = 6) -> str:
    """Write the largest values with their counts, for a description."""
    ordered = sums.sort_values(ascending=False, kind="stable")
    text = ", ".join(f"{name} {count:,}" for name, count in ordered.head(most).items())
    return text + (f" and {len(ordered) - most:,} more" if len(ordered) > most else "")
