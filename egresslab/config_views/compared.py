"""What is compared of two configs: which objects are the same, and which of their columns say something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.config_views.route_cells import whole_hosts, whole_routes
from egresslab.frames import Config, schema

_STATES_NAMED = ("warming", "draining")
# What tells when and where, not what; and what only counts or repeats other columns.
_NEVER = {"version", "last_updated", "state", "proxy", "source", "pointer", "position", "origin"}
_IN_NO_ORDER = {"domains": ",", "cluster": ",", "address": ",", "headers": "; ", "query_parameters": "; "}
_WORKLOAD_CERTIFICATES = ("default", "ROOTCA")  # istiod makes new ones all day


@dataclass(frozen=True)
class Section:
    """How one frame is compared: its key, what is left aside, where the host stands, and what tells most of an object that came or went.

    ``rows`` brings one object to one row.
    """

    key: tuple[str, ...]
    aside: frozenset[str] = frozenset()
    host: str | None = None
    gist: tuple[str, ...] = ()
    rows: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame


def _chains(frame: pd.DataFrame) -> pd.DataFrame:
    default = frame["is_default"].map({True: "default"}).astype("str")
    return frame.assign(default=default, sources=frame["source_type"].astype("str").where(frame["source_type"] != "ANY"))


def _hosts(frame: pd.DataFrame) -> pd.DataFrame:
    """Give virtual hosts with all their domains; what Envoy repeats of inline ones under static is left aside."""
    rows = whole_hosts(frame[frame["origin"].isna() | (frame["origin"] != "static")])
    where = (rows["listener"] + " " + rows["filter_chain"].fillna("")).where(rows["route_config"].isna(), rows["route_config"])
    return rows.assign(domains=rows["all_domains"], where=where)


def _routes(frame: pd.DataFrame) -> pd.DataFrame:
    rows = whole_routes(frame[frame["origin"].isna() | (frame["origin"] != "static")])
    return rows.assign(host=rows["virtual_host"].str.replace(r":\d+$", "", regex=True))


def _endpoints(frame: pd.DataFrame) -> pd.DataFrame:
    named = frame["address"] + (":" + frame["port"].astype("str")).fillna("")
    host = frame["cluster"].str.rsplit("|", n=1).str[-1].where(frame["cluster"].str.contains("|", regex=False))
    return frame.assign(endpoint=named, host=host)


def _secrets(frame: pd.DataFrame) -> pd.DataFrame:
    further = frame["position"].where(frame["position"] > 0).astype("str")
    own = frame["name"].isin(_WORKLOAD_CERTIFICATES)
    return frame.assign(further=further, serial_number=frame["serial_number"].mask(own), issuer=frame["issuer"].mask(own))


def _of_listeners(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["level"] == "listener"]


_COUNTERS = frozenset(name for name in schema("host_statuses") if name.startswith(("cx_", "rq_", "success_")))

SECTIONS: dict[str, Section] = {
    "bootstrap": Section((), frozenset({"node_id", "address", "pod_addresses", "static_clusters"})),
    "listeners": Section(("name",), frozenset({"filter_chains", "default_filter_chain"}), gist=("type",)),
    "filter_chains": Section(
        key=("listener", "default", "match", "sources", "source_prefix_ranges", "direct_source_prefix_ranges", "source_ports"),
        aside=frozenset({"destination", "address", "port", "source_type", "is_default"}),
        host="server_names",
        gist=("cluster", "route_config", "type"),
        rows=_chains,
    ),
    "access_loggers": Section(("listener", "name"), gist=("path",), rows=_of_listeners),
    "virtual_hosts": Section(("where", "virtual_host"), frozenset({"domain", "routes"}), "domains", ("domains",), _hosts),
    "routes": Section(
        key=("route_config", "virtual_host", "match", "headers", "query_parameters", "other_matches", "name"),
        aside=frozenset({"match_type", "match_value"}),
        host="host",
        gist=("cluster", "redirect", "response_code", "action"),
        rows=_routes,
    ),
    "clusters": Section(("name",), frozenset(), "host", ("tls_mode",)),
    "endpoints": Section(("cluster", "endpoint"), frozenset({"address", "port"}), "host", ("health",), _endpoints),
    "host_statuses": Section(("cluster", "endpoint"), _COUNTERS | {"address", "port"}, "host", ("health",), _endpoints),
    "secrets": Section(("name", "further"), frozenset({"not_before", "not_after"}), gist=("because", "state"), rows=_secrets),
    "rejected": Section(("section", "name"), frozenset({"rejected_version", "rejected_at", "kept_version", "kept_since"}), gist=("because",)),
}


def objects(config: Config, name: str) -> pd.DataFrame:
    """Give the objects of a section with ``key``, ``named`` (what they are called), ``about`` (their hosts) and ``gist``."""
    section, frame = SECTIONS[name], getattr(config, name)
    if "cluster" in section.key:
        frame = frame[~frame["cluster"].isin(config.clusters.loc[config.clusters["type"] == "ORIGINAL_DST", "name"])]
    rows = section.rows(frame).reset_index(drop=True)
    named = _joined([rows[column] for column in section.key], rows.index)
    if "state" in rows.columns:
        state = rows["state"].astype("str")
        named += (" (" + state.where(state.isin(_STATES_NAMED)) + ")").fillna("")
    about = rows[section.host].astype("str") if section.host else pd.Series(None, index=rows.index, dtype="str")
    gist = _first([rows[column] for column in section.gist], rows.index)
    return rows.assign(named=named, about=about, gist=gist, key=_numbered(named, rows, name))


def columns_of(name: str) -> list[str]:
    """Name the columns of a section that are compared."""
    section = SECTIONS[name]
    more = ["domains"] if name == "virtual_hosts" else []
    return [c for c in [*schema(name), *more] if c not in _NEVER | section.aside and c not in section.key]


def values(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Write the compared columns as texts; what has no order is sorted."""
    return pd.DataFrame({c: _in_order(rows[c].astype("str"), _IN_NO_ORDER.get(c)) for c in columns_of(name)}, index=rows.index)


def _in_order(texts: pd.Series[Any], between: str | None) -> pd.Series[Any]:
    if between is None:
        return texts
    return texts.map({t: between.join(sorted(t.split(between))) for t in texts.dropna().unique()}).astype("str")


def _joined(columns: list[pd.Series[Any]], index: pd.Index[Any]) -> pd.Series[Any]:
    out = pd.Series("", index=index, dtype="str")
    for column in columns:
        out += (" " + column.astype("str")).fillna("")
    return out.str.removeprefix(" ")


def _first(columns: list[pd.Series[Any]], index: pd.Index[Any]) -> pd.Series[Any]:
    out = pd.Series(None, index=index, dtype="str")
    for column in columns:
        out = out.fillna(column.astype("str"))
    return out


def _numbered(named: pd.Series[Any], rows: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Tell objects of one name apart by a number, given in the order of what they hold: where they stand means nothing."""
    several = named.duplicated(keep=False)
    if not several.any():
        return named
    held = values(rows[several], name).fillna("").agg("\0".join, axis=1)
    number = held.sort_values(kind="stable").groupby(named[several]).cumcount()
    return named + (" #" + number.reindex(named.index).astype("Int64").astype("str")).fillna("")
