"""How long entries took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from egresslab import views
from egresslab.charts.counted import counted, numbered, shown, words
from egresslab.charts.theme import WIDTH

# Colour and shape both tell the percentile, for eyes and printers without colours.
_PERCENTILES = {"p50": ("#0072B2", "circle"), "p90": ("#E69F00", "square"), "p99": ("#D55E00", "diamond")}


def chart_latency(given: Any, /, *, by: str | Sequence[str] | None = None, limit: int = 40) -> alt.Chart:
    """How long did entries take, and where is the tail?

    Parameters
    ----------
    given
        A Case, a log, or a ``latency`` frame.
    by
        What the rows stand for, as in ``latency``, such as ``host``; without it one row for all.
    limit
        How many values are drawn: those with the longest p99.

    Returns
    -------
    altair.Chart
        A dot of a ``latency`` frame for each value and percentile, on a logarithmic axis [ms] that has a place for 0.

    Raises
    ------
    FrameError
        When what is given is no log, or is counted already while ``by`` is asked.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.chart_latency(eg.sample("healthy"), by="host").to_dict()["mark"]["type"]
    'point'
    """
    frame = counted(given, "latency", views.latency, by=by)
    table = _table(frame)
    drawn = table.head(limit)
    notes = [f"{drawn['count'].sum():,} entries with a duration", *shown(len(drawn), len(table), "values, those with the longest p99")]
    name = str(frame["by"].iloc[0]) if len(frame) and frame["by"].notna().all() else "all entries"
    title = alt.Title(f"Duration by {name}", subtitle=", ".join(notes))
    chart = alt.Chart(_dots(drawn), title=title, width=WIDTH - 200, height=alt.Step(22), description=_description(table, name))
    drawing: alt.Chart = chart.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("ms:Q", title="duration [ms], logarithmic", scale=alt.Scale(type="symlog", domain=[0, _decades(drawn)[-1]]), axis=_axis(drawn)),
        y=alt.Y("label:N", title=None, sort=list(drawn["label"]), axis=alt.Axis(labelLimit=420, grid=True)),
        color=alt.Color("percentile:N", title=None, scale=alt.Scale(domain=list(_PERCENTILES), range=[c for c, _ in _PERCENTILES.values()])),
        shape=alt.Shape("percentile:N", title=None, scale=alt.Scale(domain=list(_PERCENTILES), range=[s for _, s in _PERCENTILES.values()])),
        tooltip=["value:N", "percentile:N", alt.Tooltip("ms:Q", format=","), alt.Tooltip("count:Q", format=",")],
    )
    return drawing


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {"value": words(frame["value"], missing="all entries" if frame["by"].isna().all() else "-"), "count": frame["count"]}
    table = pd.DataFrame({**columns, **{name: frame[f"{name}_ms"] for name in _PERCENTILES}}).dropna(subset=list(_PERCENTILES))
    table = table.astype({"count": "int64", **dict.fromkeys(_PERCENTILES, "int64")})
    return table.assign(label=numbered(table["value"], table["count"])).sort_values("p99", ascending=False, kind="stable")


def _dots(drawn: pd.DataFrame) -> pd.DataFrame:
    return drawn.melt(id_vars=["value", "label", "count"], value_vars=list(_PERCENTILES), var_name="percentile", value_name="ms")


def _decades(drawn: pd.DataFrame) -> list[int]:
    longest = int(drawn["p99"].max()) if len(drawn) else 1
    return [0, *(10**n for n in range(len(str(longest)) + 1))]


def _axis(drawn: pd.DataFrame) -> alt.Axis:
    return alt.Axis(values=_decades(drawn), format=",.0f")


def _description(table: pd.DataFrame, name: str) -> str:
    if table.empty:
        return "No entry has a duration."
    rows = zip(*(table.head(6)[column] for column in ("value", *_PERCENTILES)), strict=True)
    return f"Duration by {name}: " + "; ".join(f"{value} p50 {p50:,} ms, p90 {p90:,} ms, p99 {p99:,} ms" for value, p50, p90, p99 in rows) + "."
