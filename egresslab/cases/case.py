"""A case: everything gathered about one problem, as frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from egresslab.access_log import raw_line
from egresslab.cases.summary import summary
from egresslab.errors import EgresslabError, FrameError, near
from egresslab.frames import Config, Resources, empty, require, split_places
from egresslab.sources import Source

_FRAMES = ("log", "messages", "proxy_status", "analysis", "unread", "files")


@dataclass(frozen=True, repr=False)
class Case:
    """Everything gathered about one problem; any part may be missing: ``eg.Case(log=log)``.

    Parameters
    ----------
    log
        The access log: a ``log`` frame.
    messages
        The proxies' own lines: a ``messages`` frame.
    config
        What the proxies were configured with, and their ``/clusters`` and ``/stats``.
    resources
        What is declared: resources of Istio and Kubernetes.
    proxy_status
        Which proxies have taken what istiod sent: a ``proxy_status`` frame.
    analysis
        What istioctl analyze found: an ``analysis`` frame.
    unread
        Lines that nothing recognised, each with a reason: an ``unread`` frame.
    files
        What was read and what was left aside, and why: a ``files`` frame.
    snapshots
        Other configs of these proxies by their file: older dumps, and what istiod wants them to have (``config_dump_istiod.json``).
    paths
        What was read, empty for a case made from frames or streams.
    root
        Folder that sources are relative to, None for a case made from frames.
    opener
        Opens a file again by its name, None for a case made from frames.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.sample("healthy").log.proxy.cat.categories.tolist()
    ['gateway', 'sidecar']
    """

    log: pd.DataFrame = field(default_factory=partial(empty, "log"))
    messages: pd.DataFrame = field(default_factory=partial(empty, "messages"))
    config: Config = field(default_factory=Config)
    resources: Resources = field(default_factory=Resources)
    proxy_status: pd.DataFrame = field(default_factory=partial(empty, "proxy_status"))
    analysis: pd.DataFrame = field(default_factory=partial(empty, "analysis"))
    unread: pd.DataFrame = field(default_factory=partial(empty, "unread"))
    files: pd.DataFrame = field(default_factory=partial(empty, "files"))
    snapshots: Mapping[str, Config] = field(default_factory=dict)
    paths: tuple[Path, ...] = ()
    root: Path | None = None
    opener: Callable[[str], Source] | None = None

    def __post_init__(self) -> None:
        for name in _FRAMES:
            object.__setattr__(self, name, require(getattr(self, name), name))

    @property
    def stats(self) -> pd.DataFrame:
        """The statistics of the proxies: the ``stats`` frame of the config."""
        return self.config.stats

    def __repr__(self) -> str:
        return summary(self)

    def raw(self, place: str | pd.Series[Any] | Mapping[str, Any]) -> Any:
        """Give what is behind a row, or behind a place such as ``sidecar.log:17``.

        Returns
        -------
        str or object
            The line of a log or a table; the YAML of a resource; the JSON of a row of a config, as objects.

        Raises
        ------
        FrameError
            When the row or text names no place.
        EgresslabError
            When the case was made from frames, or its file is gone or has changed.
        """
        source, at = _place(place)
        if isinstance(at, str):
            return self._holder(source, at).raw({"source": source, "pointer": at})
        if self.opener is None:
            raise EgresslabError(f"{source}:{at} cannot be opened: this case was made from frames; eg.read_case(path) keeps where its files are")
        if source not in set(self.files["source"]):
            raise FrameError(f"this case has no file {source!r}; {near(source, self.files['source'])}")
        return raw_line(self.opener(source), at)

    def _holder(self, source: str, pointer: str) -> Config | Resources:
        """Find what an object came from; a post can be several things, of which only lines of tables have no JSON pointer."""
        if pointer.startswith("/") and (self.resources.objects["source"] == source).any():
            return self.resources
        return self.snapshots.get(source, self.config)


def _place(place: Any) -> tuple[str, int | str]:
    found = split_places(place) if isinstance(place, str) else _of_row(place)
    if len(found) != 1 or found[0][1] == 0:
        raise FrameError(f"{place!r} names no place; give a row with source and line or pointer, or text such as 'sidecar.log:17'")
    return found[0]


def _of_row(row: Any) -> list[tuple[str, int | str]]:
    if not isinstance(row, pd.Series | Mapping) or not isinstance(source := row.get("source"), str):
        return []
    line, pointer = row.get("line"), row.get("pointer")
    if isinstance(pointer, str):
        return [(source, pointer)]
    return [(source, int(line))] if isinstance(line, int | float | np.integer) and line == line else []
