"""The config of proxies, as frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

import pandas as pd

from egresslab.errors import EgresslabError, FrameError, near
from egresslab.frames.schema import empty, require
from egresslab.frames.untrusted import visible

_MOST_PROXIES = 30
_COUNTED = ("listeners", "routes", "clusters", "endpoints", "secrets", "rejected")


@dataclass(frozen=True, repr=False)
class Config:
    """What proxies were configured with: one frame for each section of their dumps, all proxies together.

    Each attribute but the last is the frame of that name (``eg.fields("clusters")`` tells its columns); an input that does not tell leaves
    it empty. ``files`` says what each file was.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/gateway_config_dump.json"))
    >>> config.clusters.loc[config.clusters.name == "outbound|443||api.example.com", "tls_mode"].item()
    'SIMPLE'
    """

    bootstrap: pd.DataFrame = field(default_factory=partial(empty, "bootstrap"))
    listeners: pd.DataFrame = field(default_factory=partial(empty, "listeners"))
    filter_chains: pd.DataFrame = field(default_factory=partial(empty, "filter_chains"))
    access_loggers: pd.DataFrame = field(default_factory=partial(empty, "access_loggers"))
    virtual_hosts: pd.DataFrame = field(default_factory=partial(empty, "virtual_hosts"))
    routes: pd.DataFrame = field(default_factory=partial(empty, "routes"))
    clusters: pd.DataFrame = field(default_factory=partial(empty, "clusters"))
    endpoints: pd.DataFrame = field(default_factory=partial(empty, "endpoints"))
    host_statuses: pd.DataFrame = field(default_factory=partial(empty, "host_statuses"))
    secrets: pd.DataFrame = field(default_factory=partial(empty, "secrets"))
    rejected: pd.DataFrame = field(default_factory=partial(empty, "rejected"))
    stats: pd.DataFrame = field(default_factory=partial(empty, "stats"))
    files: pd.DataFrame = field(default_factory=partial(empty, "files"))
    opener: Callable[[str, str], Any] | None = None

    def __post_init__(self) -> None:
        for name in self.frames():
            frame = require(getattr(self, name), name)
            object.__setattr__(self, name, frame if frame.index.is_unique else frame.reset_index(drop=True))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Give all frames by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "opener"}

    @property
    def proxies(self) -> list[str]:
        """The proxies that anything is known of, sorted."""
        return sorted({str(p) for frame in self.frames().values() for p in frame["proxy"].dropna().unique()})

    def of(self, proxy: str) -> Config:
        """Give the config of one proxy, named by any part that only one has.

        Raises
        ------
        FrameError
            When no proxy has that part in its name, or several do.
        """
        return self.among([one_of(self.proxies, proxy)], by="proxy")

    def among(self, values: Iterable[str], *, by: str) -> Config:
        """Give what belongs to certain proxies (``by="proxy"``) or stands in certain files (``by="source"``)."""
        wanted = list(values)
        kept: dict[str, Any] = {name: _only(frame, frame[by].isin(wanted)) for name, frame in self.frames().items()}
        return replace(self, **kept)

    def raw(self, row: pd.Series[Any] | Mapping[str, Any]) -> Any:
        """Give the JSON behind a row, as objects; the line when it was read from a text.

        Raises
        ------
        FrameError
            When the row names no place.
        EgresslabError
            When the config was made from frames, or its file is gone or has changed.
        """
        source, pointer = (row.get(name) if isinstance(row, pd.Series | Mapping) else None for name in ("source", "pointer"))
        if not isinstance(source, str) or not isinstance(pointer, str):
            raise FrameError("this names no place in a config; give a row of one of its frames, with source and pointer")
        if self.opener is None:
            raise EgresslabError(f"{source} cannot be opened: this config was made from frames; eg.read_config_dump(path) keeps where its files are")
        return self.opener(source, pointer)

    def __repr__(self) -> str:
        proxies = self.proxies
        lines = [f"Config of {len(proxies):,} {'proxy' if len(proxies) == 1 else 'proxies'}"]
        lines += [f"  {visible(proxy)}: {self._counts(proxy)}" for proxy in proxies[:_MOST_PROXIES]]
        return "\n".join(lines + ([f"  and {len(proxies) - _MOST_PROXIES:,} more"] if len(proxies) > _MOST_PROXIES else []))

    def _counts(self, proxy: str) -> str:
        counts = {name: int((getattr(self, name)["proxy"] == proxy).sum()) for name in _COUNTED}
        return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing of the usual sections"


def _only(frame: pd.DataFrame, mask: pd.Series[Any]) -> pd.DataFrame:
    kept = frame[mask]
    unused = {c: kept[c].cat.remove_unused_categories() for c in kept.columns if isinstance(kept[c].dtype, pd.CategoricalDtype)}
    return kept.assign(**unused)


def one_of(proxies: Iterable[str], part: str) -> str:
    """Find the one proxy that is named so, or has this part in its name."""
    known = list(proxies)
    found = [p for p in known if p == part] or [p for p in known if part in p]
    if len(found) == 1:
        return found[0]
    if found:
        raise FrameError(f"{part!r} is part of {len(found)} proxies' names: {', '.join(sorted(found)[:8])}; give more of the name")
    raise FrameError(f"no proxy is called {part!r}; {near(part, known)}")


def config_of(given: Any) -> Config:
    """Give the config that something is or has."""
    found = given if isinstance(given, Config) else getattr(given, "config", None)
    if not isinstance(found, Config):
        raise FrameError(f"a {type(given).__name__} has no config; give a Case, or a Config as eg.read_config_dump makes it")
    return found
