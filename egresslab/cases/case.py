"""A case: everything gathered about one problem, as frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from egresslab.access_log import raw_line
from egresslab.errors import EgresslabError, FrameError, near
from egresslab.frames import empty, require, split_places, visible

_MOST_PROXIES, _MOST_ASIDE = 30, 8


@dataclass(frozen=True, repr=False)
class Case:
    """Everything gathered about one problem; any part may be missing: ``eg.Case(log=log)``.

    Parameters
    ----------
    log
        The access log: a ``log`` frame.
    messages
        The proxies' own lines: a ``messages`` frame.
    unread
        Lines that nothing recognised, each with a reason: an ``unread`` frame.
    files
        What was read and what was left aside, and why: a ``files`` frame.
    root
        Folder that sources are relative to, None for a case made from frames.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.sample("healthy").log.proxy.cat.categories.tolist()
    ['gateway', 'sidecar']
    """

    log: pd.DataFrame = field(default_factory=lambda: empty("log"))
    messages: pd.DataFrame = field(default_factory=lambda: empty("messages"))
    unread: pd.DataFrame = field(default_factory=lambda: empty("unread"))
    files: pd.DataFrame = field(default_factory=lambda: empty("files"))
    root: Path | None = None

    def __post_init__(self) -> None:
        for name in ("log", "messages", "unread", "files"):
            object.__setattr__(self, name, require(getattr(self, name), name))

    def __repr__(self) -> str:
        lines = [self._headline(), self._span(), *self._proxies(), self._aside()]
        return "\n".join(line for line in lines if line)

    def _headline(self) -> str:
        failed = int(self.log["failed"].fillna(False).sum())
        named = int(self._by_proxy().index.to_series().notna().sum())
        whose = f" of {_many(named, 'proxy', 'proxies')}" if named else ""
        return f"Case{whose}: {_many(len(self.log), 'log entry', 'log entries')}, {failed:,} failed"

    def _span(self) -> str:
        times = self.log["start_time"]
        if times.notna().sum() == 0:
            return "" if len(self.log) == 0 else "  no entry has a time"
        return f"  {times.min():%Y-%m-%d %H:%M:%S} to {times.max():%Y-%m-%d %H:%M:%S} UTC"

    def _proxies(self) -> list[str]:
        counts = self._by_proxy()
        lines = [
            f"  {'unnamed' if pd.isna(proxy) else visible(str(proxy))}: {_many(rows, 'entry', 'entries')}, "
            f"{_many(messages, 'line', 'lines')} of its own, {unread:,} not recognised"
            for proxy, rows, messages, unread in counts.head(_MOST_PROXIES).itertuples(name=None)
        ]
        return lines + ([f"  and {_many(len(counts) - _MOST_PROXIES, 'proxy', 'proxies')} more"] if len(counts) > _MOST_PROXIES else [])

    def _by_proxy(self) -> pd.DataFrame:
        """Count what each proxy wrote; one that a file belongs to is there even if it wrote nothing."""
        frames = {"log": self.log, "messages": self.messages, "unread": self.unread, "files": self.files.dropna(subset="proxy")}
        counts = {name: frame["proxy"].astype("str").value_counts(dropna=False) for name, frame in frames.items()}
        return pd.DataFrame(counts).drop(columns="files").fillna(0).astype("int64")

    def _aside(self) -> str:
        aside = self.files.loc[self.files["kind"] == "other", "source"].map(visible)
        return f"  left aside: {', '.join(aside[:_MOST_ASIDE])}{' …' if len(aside) > _MOST_ASIDE else ''}" if len(aside) else ""

    def raw(self, place: str | pd.Series[Any] | Mapping[str, Any]) -> str:
        """Give the raw line behind a row, or behind a place such as ``sidecar.log:17``.

        Raises
        ------
        FrameError
            When the row or text names no place.
        EgresslabError
            When the case was made from frames, or its file is gone or shorter.
        """
        source, line = _place(place)
        if self.root is None:
            raise EgresslabError(f"{source}:{line} cannot be opened: this case was made from frames; eg.read_case(path) keeps where its files are")
        if source not in set(self.files["source"]):
            raise FrameError(f"this case has no file {source!r}; {near(source, self.files['source'])}")
        return raw_line(self.root / source, line)


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def _place(place: str | pd.Series[Any] | Mapping[str, Any]) -> tuple[str, int]:
    found = split_places(place) if isinstance(place, str) else _of_row(place)
    if len(found) != 1 or found[0][1] < 1:
        raise FrameError(f"{place!r} names no place; give a row with source and line, or text such as 'sidecar.log:17'")
    return found[0]


def _of_row(row: Any) -> list[tuple[str, int]]:
    if not isinstance(row, pd.Series | Mapping):
        return []
    source, line = row.get("source"), row.get("line")
    return [(source, int(line))] if isinstance(source, str) and isinstance(line, int | float | np.integer) else []
