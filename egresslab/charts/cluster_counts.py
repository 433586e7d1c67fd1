"""Clusters and where their traffic went."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from egresslab import views
from egresslab.charts.counted import counted, listed, numbered, shown, words
from egresslab.charts.theme import WIDTH, coloured, colours


def chart_cluster_counts(given: Any, /, *, limit: int = 40) -> alt.Chart:
    """Which clusters did Envoy choose, and did the traffic leave as declared?

    Parameters
    ----------
    given
        A Case, a log, or a ``cluster_counts`` frame.
    limit
        How many clusters are drawn: those with most entries.

    Returns
    -------
    altair.Chart
        One bar of a ``cluster_counts`` frame for each cluster, coloured by its egress class.

    Raises
    ------
    FrameError
        When what is given is no log.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.chart_cluster_counts(eg.sample("healthy")).to_dict()["mark"]["type"]
    'bar'
    """
    table = _table(counted(given, "cluster_counts", views.cluster_counts))
    sums = table.groupby("cluster")["count"].sum().sort_values(ascending=False, kind="stable")
    drawn = table[table["cluster"].isin(sums.index[:limit])]
    classes = sorted(drawn["egress_class"].unique())
    notes = [f"{drawn['count'].sum():,} entries", *shown(min(limit, len(sums)), len(sums), "clusters, those with most entries")]
    title = alt.Title("Clusters by egress class", subtitle=", ".join(notes))
    chart = alt.Chart(drawn, title=title, width=WIDTH - 200, height=alt.Step(22), description=_description(table, sums))
    drawing: alt.Chart = chart.mark_bar().encode(
        x=alt.X("count:Q", title="entries", axis=alt.Axis(format="~s", tickMinStep=1)),
        y=alt.Y("label:N", title=None, sort=list(drawn["label"]), axis=alt.Axis(labelLimit=520)),
        color=coloured("egress_class", colours(classes)),
        tooltip=["cluster:N", "egress_class:N", alt.Tooltip("count:Q", format=","), alt.Tooltip("failed:Q", format=",")],
    )
    return drawing


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {"cluster": words(frame["upstream_cluster"], missing="no cluster"), "egress_class": words(frame["egress_class"], missing="unknown")}
    table = pd.DataFrame({**columns, "count": frame["count"], "failed": frame["failed"]})
    table = table.groupby(["cluster", "egress_class"], as_index=False).sum().astype({"count": "int64", "failed": "int64"})
    total = table.groupby("cluster")["count"].transform("sum")
    table = table.assign(total=total, label=numbered(table["cluster"], total))
    return table.sort_values(["total", "cluster"], ascending=[False, True], kind="stable")


def _description(table: pd.DataFrame, sums: pd.Series[Any]) -> str:
    classes = table.groupby("egress_class")["count"].sum()
    return f"{len(sums):,} clusters with {sums.sum():,} entries; by egress class: {listed(classes) or 'none'}."
