"""External hosts and how often calls to them failed."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from egresslab import views
from egresslab.charts.counted import counted, listed, numbered, shown, words
from egresslab.charts.theme import WIDTH, coloured

# Vermillion and grey, as in the other charts: what failed stands out of what passed.
_OUTCOMES = {"failed": "#D55E00", "passed": "#999999"}


def chart_hosts(given: Any, /, *, limit: int = 40) -> alt.Chart:
    """Which hosts are called, and which of them fail?

    Parameters
    ----------
    given
        A Case, a log, or a ``hosts`` frame.
    limit
        How many hosts are drawn: those with most failures, then those with most entries.

    Returns
    -------
    altair.Chart
        One bar of a ``hosts`` frame for each host and port, the failed part in another colour.

    Raises
    ------
    FrameError
        When what is given is no log.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.chart_hosts(eg.sample("healthy")).to_dict()["mark"]["type"]
    'bar'
    """
    table = _table(counted(given, "hosts", views.hosts))
    drawn = table.head(limit)
    notes = [f"{drawn['count'].sum():,} entries, {drawn['failed'].sum():,} failed", *shown(len(drawn), len(table), "hosts, those with most failures")]
    title = alt.Title("Hosts: share and number of entries that failed", subtitle=", ".join(notes))
    chart = alt.Chart(_parts(drawn), title=title, width=WIDTH - 200, height=alt.Step(22), description=_description(table))
    drawing: alt.Chart = chart.mark_bar().encode(
        x=alt.X("entries:Q", title="entries", axis=alt.Axis(format="~s", tickMinStep=1)),
        y=alt.Y("label:N", title=None, sort=list(drawn["label"]), axis=alt.Axis(labelLimit=420)),
        color=coloured("outcome", _OUTCOMES),
        tooltip=["host:N", alt.Tooltip("count:Q", format=","), alt.Tooltip("failed:Q", format=",")],
    )
    return drawing


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    port = frame["port"].astype("str").radd(":").where(frame["port"].notna(), "")
    table = pd.DataFrame({"host": words(frame["host"]) + port, "count": frame["count"], "failed": frame["failed"]})
    table = table.groupby("host", as_index=False, sort=False).sum().astype({"count": "int64", "failed": "int64"})
    return table.sort_values(["failed", "count"], ascending=False, kind="stable").assign(label=_labels)


def _labels(table: pd.DataFrame) -> list[str]:
    rows = zip(numbered(table["host"], table["count"]), table["count"], table["failed"], strict=True)
    return [f"{label}, {failed / count:.1%} failed" if failed else label for label, count, failed in rows]


def _parts(drawn: pd.DataFrame) -> pd.DataFrame:
    passed = drawn.assign(outcome="passed", entries=drawn["count"] - drawn["failed"])
    return pd.concat([drawn.assign(outcome="failed", entries=drawn["failed"]), passed], ignore_index=True)


def _description(table: pd.DataFrame) -> str:
    failures = table[table["failed"] > 0].set_index("host")["failed"]
    worst = f"failed: {listed(failures)}" if len(failures) else "no entry failed"
    return f"{len(table):,} hosts with {table['count'].sum():,} entries; {worst}."
