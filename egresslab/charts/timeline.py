"""Entries over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from egresslab import views
from egresslab.charts.counted import MOST_ROWS, counted, largest, listed, shown, words
from egresslab.charts.theme import OTHER, WIDTH, coloured, colours

_UNITS = {"d": 86400, "h": 3600, "min": 60, "s": 1}
_CLOCKS = {"15min": "%H:%M:%S", "2D": "%H:%M", "14D": "%m-%d %H:%M"}


def chart_timeline(
    given: Any,
    /,
    *,
    by: str | Sequence[str] | None = None,
    per: str | Sequence[str] | None = None,
    bucket: str | None = None,
    time: str | None = None,
    limit: int = 12,
) -> alt.Chart:
    """When did it happen?

    Parameters
    ----------
    given
        A Case, a log, or a ``timeline`` frame.
    by
        What the colours stand for, as in ``timeline``: a column, ``host``, ``egress_class``, or a list of them; without it the response flags.
    per
        What the bands stand for, such as ``host``; each band has its own scale, so that a small incident is seen beside a busy host.
    bucket
        Width of the time buckets, as in ``timeline``.
    time
        ``start`` or ``end`` of the entries, as in ``timeline``.
    limit
        How many bands are drawn: those with most failures.

    Returns
    -------
    altair.Chart
        Stacked bars of a ``timeline`` frame: the seven commonest values and the rest as ``other``, in UTC.

    Raises
    ------
    FrameError
        When what is given is no log, or is counted already while ``by``, ``per``, ``bucket`` or ``time`` are asked.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.chart_timeline(eg.sample("healthy")).to_dict()["mark"]["type"]
    'bar'
    """
    frame = counted(given, "timeline", views.timeline, by=by, per=per, bucket=bucket, time=time)
    table = _table(frame)
    bands = _worst_bands(table) if frame["per"].notna().any() else []
    drawn = _coarser(table[table["band"].isin(bands[:limit])] if bands else table)
    name = str(frame["by"].iloc[0]) if len(frame) else "response_flags"
    notes = [_sums(drawn), *shown(min(limit, len(bands)), len(bands), "bands, those with most failures"), *_lost(given, frame)]
    chart = alt.Chart(
        drawn.drop(columns="width"),
        width=WIDTH,
        description=_description(drawn, name),
        title=alt.Title(f"Entries by {name}", subtitle=", ".join(notes)),
    )
    return _banded(_bars(chart, drawn, name), bands[:limit]) if bands else _bars(chart, drawn, name).properties(height=220)


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {"time": frame["time"], "width": frame["bucket_s"], "band": words(frame["per"]), "value": words(frame["value"])}
    table = pd.DataFrame({**columns, "count": frame["count"], "failed": frame["failed"]}).dropna(subset=["time"])
    return table.assign(value=largest(table["value"], table["count"])).astype({"width": "int64", "count": "int64", "failed": "int64"})


def _lost(given: Any, frame: pd.DataFrame) -> list[str]:
    log = getattr(given, "log", given)
    lost = 0 if set(frame.columns) <= set(log.columns) else len(log) - int(frame["count"].sum())
    return [f"{lost:,} without a time are not drawn"] if lost else []


def _worst_bands(table: pd.DataFrame) -> list[str]:
    sums = table.groupby("band")[["failed", "count"]].sum()
    return list(sums.sort_values(["failed", "count"], ascending=False, kind="stable").index)


def _coarser(table: pd.DataFrame) -> pd.DataFrame:
    """Count in coarser buckets until a chart can carry the rows."""
    drawn = table.groupby(["time", "width", "band", "value"], as_index=False)[["count", "failed"]].sum()
    while len(drawn) > MOST_ROWS:
        width = 2 * int(drawn["width"].max())
        floored = drawn.assign(time=drawn["time"].dt.floor(f"{width}s"), width=width)
        drawn = floored.groupby(["time", "width", "band", "value"], as_index=False)[["count", "failed"]].sum()
    layers = {value: i for i, value in enumerate(_order(drawn))}
    return drawn.assign(end=drawn["time"] + pd.to_timedelta(drawn["width"], unit="s"), layer=drawn["value"].map(layers).astype("int64"))


def _order(drawn: pd.DataFrame) -> list[str]:
    """Put what has no flag at the bottom, where a steady base does not move what stands on it."""
    return sorted(drawn["value"].unique(), key=lambda value: (value != "-", value == OTHER, value))


def _sums(drawn: pd.DataFrame) -> str:
    return f"{drawn['count'].sum():,} entries, {drawn['failed'].sum():,} failed, in buckets of {_bucket(drawn)}"


def _bucket(drawn: pd.DataFrame) -> str:
    seconds = int(drawn["width"].max()) if len(drawn) else 1
    return next(f"{seconds // size} {name}" for name, size in _UNITS.items() if seconds % size == 0)


def _clock(drawn: pd.DataFrame) -> str:
    """Write ticks with 24 hours, and no finer than the span needs; the default would say 11:30 for 23:30."""
    span = drawn["end"].max() - drawn["time"].min()
    return next((clock for longest, clock in _CLOCKS.items() if span < pd.Timedelta(longest)), "%Y-%m-%d")


def _day(drawn: pd.DataFrame) -> str:
    days = sorted({f"{time:%Y-%m-%d}" for time in (drawn["time"].min(), drawn["end"].max()) if not pd.isna(time)})
    return " ".join(["UTC", " to ".join(days)]).strip()


def _description(drawn: pd.DataFrame, name: str) -> str:
    if drawn.empty:
        return "No entry with a time."
    span = f"from {drawn['time'].min():%Y-%m-%d %H:%M:%S} to {drawn['end'].max():%Y-%m-%d %H:%M:%S} UTC"
    bands = "" if drawn["band"].nunique() == 1 else f" Failed by band: {listed(drawn.groupby('band')['failed'].sum())}."
    return f"Timeline by {name}, {span}: {_sums(drawn)}; {listed(drawn.groupby('value')['count'].sum())}.{bands}"


def _bars(chart: alt.Chart, drawn: pd.DataFrame, name: str) -> alt.Chart:
    bars: alt.Chart = chart.mark_bar(orient="vertical").encode(
        x=alt.X("time:T", title=_day(drawn), scale=alt.Scale(type="utc"), axis=alt.Axis(format=_clock(drawn), tickCount=8, labelOverlap=True)),
        x2="end:T",
        y=alt.Y("count:Q", title=f"entries per {_bucket(drawn)}", stack="zero", axis=alt.Axis(format="~s", tickMinStep=1, tickCount=5)),
        color=coloured("value", colours(_order(drawn))),
        order="layer:O",
        tooltip=[
            alt.Tooltip("utcyearmonthdatehoursminutesseconds(time):T", title="from, UTC"),
            alt.Tooltip("value:N", title=name),
            *(alt.Tooltip(f"{count}:Q", format=",") for count in ("count", "failed")),
        ],
    )
    return bars


def _banded(chart: alt.Chart, bands: list[str]) -> alt.Chart:
    row = alt.Row("band:N", title=None, sort=bands, header=alt.Header(labelAngle=0, labelAlign="left", labelPadding=8), spacing=8)
    y = alt.Y("count:Q", title=None, stack="zero", axis=alt.Axis(format="~s", tickMinStep=1, tickCount=2))
    banded: alt.Chart = chart.encode(y=y, row=row).properties(height=44).resolve_scale(y="independent")
    return banded
