"""One log entry, field by field: what it says, and what that means."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from egresslab import envoy
from egresslab.errors import FrameError
from egresslab.frames import as_log, schema, typed, visible
from egresslab.frames.log import JSON_KEYS
from egresslab.views.entry_summary import layer_of, shorten, summary
from egresslab.views.meanings import cluster_row, details_row, failure_meaning, flags_meaning
from egresslab.views.ztunnel import of_ztunnel

_DASH = "-"
_MOST_FIELDS = 36
_OPTIONAL = ("pod", "container")


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """One entry explained: ``frame`` (field, value, meaning) and ``summary``, one or two sentences."""

    frame: pd.DataFrame
    summary: str

    def __str__(self) -> str:
        rows = self._cells()
        silent = [field for field, value, meaning in rows if value == _DASH and not meaning]
        told = [row for row in rows if row[0] not in silent]
        wide = [max((len(row[n]) for row in told), default=0) for n in (0, 1)]
        lines = [f"{field:<{wide[0]}}  {value:<{wide[1]}}  {meaning}".rstrip() for field, value, meaning in told]
        if len(lines) > _MOST_FIELDS:
            lines[_MOST_FIELDS - 1 :] = [f"… {len(lines) - _MOST_FIELDS + 1} more fields in .frame"]
        lines += [f"no value: {', '.join(silent)}"] if silent else []
        return "\n".join([*lines, "", f"In short: {self.summary}"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in self.frame.columns)
        body = "".join(f"<tr>{_html_cells(row)}</tr>" for row in self._cells())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p><b>In short:</b> {escape(self.summary)}</p>"

    def _cells(self) -> list[list[str]]:
        """Give the rows of the frame as text for people: visible, and not longer than a line."""
        columns = (self.frame[name].astype("object").fillna("") for name in ("field", "value", "meaning"))
        return [[shorten(field), shorten(value), str(meaning)] for field, value, meaning in zip(*columns, strict=True)]


def _html_cells(row: list[str]) -> str:
    return "".join(f'<td style="text-align: left">{escape(cell)}</td>' for cell in row)


def explain(entry: Any, /) -> Explanation:
    """What does this log entry say, field by field, and who ended it?

    Parameters
    ----------
    entry
        A row of a log, a log frame of one row, or a mapping of its columns (our names, or the keys of Istio's JSON log).

    Returns
    -------
    Explanation
        Its ``frame`` is an ``explanation`` frame, its ``summary`` one or two sentences; it prints as text and shows as a table.

    Raises
    ------
    FrameError
        When it is not one entry.

    Examples
    --------
    >>> import egresslab as eg
    >>> entry = {"authority": "api.example.com", "response_code": 200, "response_flags": "-", "response_code_details": "via_upstream"}
    >>> eg.explain(entry).summary
    'HTTP request to api.example.com. The upstream answered 200.'
    """
    log = _as_one(entry)
    layer, meaning = layer_of(log.iloc[0]), _ztunnel_meaning if of_ztunnel(log) else _meaning
    values = {str(name): None if missing else _text(value) for (name, value), missing in zip(log.iloc[0].items(), log.iloc[0].isna(), strict=True)}
    shown = [name for name, value in values.items() if value is not None or name not in _OPTIONAL]
    told = {
        "field": [visible(name) for name in shown],
        "value": [visible(values[name] or _DASH) for name in shown],
        "meaning": [meaning(name, values[name], layer) or None for name in shown],
    }
    return Explanation(typed(told, "explanation"), summary(log))


def _as_one(entry: Any) -> pd.DataFrame:
    if isinstance(entry, pd.Series | Mapping):
        entry = pd.DataFrame([dict(entry)])
    if not isinstance(entry, pd.DataFrame):
        raise FrameError(f"a {type(entry).__name__} is no log entry; give a row of a log, such as log.iloc[0]")
    if len(entry) != 1:
        raise FrameError(f"one entry is explained at a time, this frame has {len(entry)}; choose one, such as log.iloc[0]")
    log = as_log(entry)
    if not set(entry.columns) & {*schema("log"), *JSON_KEYS}:
        raise FrameError(f"this is no log entry, it has {', '.join(map(repr, entry.columns[:6]))}; give a row of a log, such as log.iloc[0]")
    return log


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return str(value)


@cache
def _fields() -> dict[str, dict[str, str]]:
    with files(__package__).joinpath("entry_fields.csv").open(encoding="utf-8") as lines:
        return {row["field"]: row for row in csv.DictReader(lines)}


_DECODED: dict[str, Callable[[str, str], str]] = {
    "response_flags": flags_meaning,
    "response_code_details": lambda details, _: (details_row(details) or {}).get("meaning", ""),
    "upstream_transport_failure_reason": lambda reason, _: failure_meaning(reason),
    "upstream_cluster": lambda cluster, _: (cluster_row(cluster) or {}).get("meaning", ""),
}


def _meaning(field: str, value: str | None, layer: str) -> str:
    decoded = _DECODED[field](value, layer) if value is not None and field in _DECODED else ""
    row = _fields().get(f"{field}:{value}") or _fields().get(field)
    if decoded or row is None:
        return decoded or _operator_meaning(field)
    if value is None:
        return row[f"{layer}_missing"] if layer else ""
    return row[layer or "http"]


def _operator_meaning(column: str) -> str:
    """Say what a column that only some formats have means."""
    return next((row["meaning"] for row in envoy.rows("operators") if row["column"] == column), "")


def _ztunnel_meaning(field: str, value: str | None, layer: str) -> str:
    """Say what a field of an entry of ztunnel's means; what is missing there is nothing that it would say."""
    known = schema("ztunnel").get(field)
    return "" if value is None else known.meaning if known else _meaning(field, value, layer).replace("Envoy", "ztunnel")
