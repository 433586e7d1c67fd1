"""A case: everything gathered about one problem, as frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from egresslab.access_log import raw_line
from egresslab.errors import EgresslabError, FrameError, near
from egresslab.frames import empty, require, split_places, visible


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
        lines = [self._headline(), self._span()]
        lines += [
            f"  {frame.proxy}: {frame.rows:,} entries, {frame.messages:,} lines of its own, {frame.unread:,} not recognised"
            for frame in self._by_proxy().itertuples()
        ]
        aside = self.files[self.files["kind"] == "other"]
        if len(aside):
            lines.append(f"  left aside: {', '.join(visible(s) for s in aside['source'][:8])}" + (" …" if len(aside) > 8 else ""))
        return "\n".join(line for line in lines if line)

    def _headline(self) -> str:
        failed = int(self.log["failed"].fillna(False).sum())
        proxies = len(self._by_proxy())
        return f"Case of {proxies} {'proxy' if proxies == 1 else 'proxies'}: {len(self.log):,} log entries, {failed:,} failed"

    def _span(self) -> str:
        times = self.log["start_time"]
        if times.notna().sum() == 0:
            return "" if len(self.log) == 0 else "  no entry has a time"
        return f"  {times.min():%Y-%m-%d %H:%M:%S} to {times.max():%Y-%m-%d %H:%M:%S} UTC"

    def _by_proxy(self) -> pd.DataFrame:
        logs = self.files[self.files["kind"] == "access log"]
        if len(logs) == 0:
            counts = self.log.groupby("proxy", observed=True).size()
            return pd.DataFrame({"proxy": counts.index, "rows": counts.to_numpy(), "messages": 0, "unread": 0})
        return logs.groupby("proxy", observed=True)[["rows", "messages", "unread"]].sum().reset_index()

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


def _place(place: str | pd.Series[Any] | Mapping[str, Any]) -> tuple[str, int]:
    if isinstance(place, str):
        found = split_places(place)
        if len(found) == 1:
            return found[0]
    elif "source" in place and "line" in place:
        return str(place["source"]), int(place["line"])
    raise FrameError(f"{place!r} names no place; give a row with source and line, or text such as 'sidecar.log:17'")
