"""The objects of a config by section: which of them a search finds, how a list calls them, and the code that gives one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.host_names import names, plain_host
from egresslab.frames import Config, schema, visible

# In the order of the road; the columns by which a list calls an object of each section.
SECTIONS: dict[str, tuple[str, ...]] = {
    "listeners": ("name", "type"),
    "filter_chains": ("listener", "match", "destination"),
    "virtual_hosts": ("domain", "route_config"),
    "routes": ("route_config", "virtual_host", "match", "cluster"),
    "clusters": ("name",),
    "endpoints": ("cluster", "address", "port"),
    "host_statuses": ("cluster", "address", "port"),
    "secrets": ("name", "type"),
    "access_loggers": ("listener", "filter_chain", "level"),
    "rejected": ("section", "name"),
    "bootstrap": ("node_id",),
}
_NOT_SEARCHED = {"version", "format", "access_log_format", "proxy", "source", "pointer"}
_OF_HOSTS = {"virtual_hosts": "domain", "filter_chains": "server_names"}
_QUIET = ("active", "static")
_SHORT = 10


class ConfigObjects:
    """All objects of a config that have a place of their own."""

    def __init__(self, config: Config) -> None:
        self.proxies = config.proxies
        self._frames: dict[str, pd.DataFrame] = {name: getattr(config, name).reset_index(drop=True) for name in SECTIONS}
        self._texts: dict[str, pd.Series[Any]] = {}

    def of(self, section: str, *, search: str = "", proxy: str | None = None) -> pd.DataFrame:
        """Give the objects of a section, of one proxy or all, that hold a text or a wildcard that covers it."""
        frame = self._frames[section]
        if search.strip():
            frame = frame.loc[self._holds(section, search.strip())]
        return frame if proxy is None else frame.loc[frame["proxy"] == proxy]

    def _holds(self, section: str, search: str) -> pd.Series[Any]:
        found = self._text(section).str.contains(search.lower(), regex=False)
        if "." in search and (column := _OF_HOSTS.get(section)):
            found |= names(self._frames[section][column], plain_host(search))
        return found

    def _text(self, section: str) -> pd.Series[Any]:
        """Join what is searched, once: each key typed asks all sections again."""
        if section not in self._texts:
            frame = self._frames[section]
            searched = [c for c, field in schema(section).items() if field.type in ("text", "label") and c not in _NOT_SEARCHED]
            texts = pd.DataFrame({c: frame[c].astype("str").fillna("") for c in searched})
            self._texts[section] = texts.iloc[:, 0].str.cat(texts.iloc[:, 1:], sep="\n").str.lower()
        return self._texts[section]


def called(section: str, frame: pd.DataFrame, *, of_proxies: bool = False) -> list[str]:
    """Write how a list calls each object, with the begin of its proxy's name if asked; a state that istioctl hides is said."""
    parts = [frame[column].astype("str") for column in SECTIONS[section]]
    if of_proxies:
        parts.insert(0, frame["proxy"].astype("str").str.slice(stop=_SHORT) + "…")
    if "state" in frame.columns:
        parts.append(frame["state"].astype("str").where(~frame["state"].isin(_QUIET)))
    return [visible(" · ".join(p for p in row if isinstance(p, str) and p)) or "without a name" for row in zip(*parts, strict=True)]


def code_of(holder: str, section: str, frame: pd.DataFrame, row: pd.Series[Any]) -> str:
    """Write the line that gives a row out of its section: by its name, and by as much more as it takes to be the only one."""
    rows, asked = frame, list[str]()
    for column in (*SECTIONS[section], "proxy", "source", "pointer"):
        if pd.isna(row[column]) or (asked and len(rows) == 1):
            continue
        fewer = rows[(rows[column] == row[column]).fillna(False)]
        if not asked or len(fewer) < len(rows):
            rows = fewer
            asked.append(f"(f[{column!r}] == {row[column]!r})")
    return f"{holder}.{section}.loc[lambda f: {' & '.join(asked)}].iloc[{rows.index.get_loc(row.name)}]"
