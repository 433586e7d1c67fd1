"""What filter chains end in: the routes that they ask for, the clusters of their TCP proxies, or nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.route_cells import whole_hosts
from egresslab.config_views.shown import in_use
from egresslab.config_views.told_by import told_by

_WEIGHTED = r"^(?P<cluster>.+)=(?P<weight>\d+)$"
_CHAIN = {"name": "filter_chain", "match": "chain_match", "tls_mode": "downstream_tls_mode", "resource": "chain_resource"}
_OF_HOST = ["virtual_host", "within", "all_domains", "routes", "host_resource", "host_pointer", "host_source"]
_OF_ROUTE = [
    "name",
    "match",
    "headers",
    "query_parameters",
    "action",
    "response_code",
    "redirect",
    "cluster",
    "weight",
    "resource",
    "pointer",
    "source",
]
_NOT_FOUND = 404


def ends_of(chains: pd.DataFrame, hosts: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    """Give a row for each cluster, redirect, direct response or missing route that a chain leads to; ``nth`` counts them in their order."""
    chains = chains.rename(columns=_CHAIN).assign(chain=range(len(chains)))
    http = chains["type"] == "HTTP"
    parts = [_http(chains[http].drop(columns="cluster"), hosts, routes), _tcp(chains[~http])]
    ends = pd.concat(parts).sort_values("chain", kind="stable")
    return ends.assign(nth=range(len(ends)))


def _tcp(chains: pd.DataFrame) -> pd.DataFrame:
    """Give a row for each cluster of a TCP proxy: several stand in one cell with their weights."""
    chains = chains.drop(columns="weight", errors="ignore").assign(cluster=chains["cluster"].str.split(",")).explode("cluster")
    parts = chains["cluster"].astype("str").str.extract(_WEIGHTED)
    action = pd.Series(None, index=chains.index, dtype="object").mask(chains["cluster"].notna(), "tcp_proxy")
    cluster = parts["cluster"].fillna(chains["cluster"].astype("str"))
    return chains.assign(cluster=cluster, weight=pd.to_numeric(parts["weight"]).astype("Int64"), action=action.astype("str"))


def _http(chains: pd.DataFrame, hosts: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    """Bring the chains to the routes of their route configurations: by name when RDS brings them, else by where they stand."""
    inline = chains["inline_routes"].fillna(False).astype("bool")
    told = told_by(chains, hosts[hosts["origin"].isna() | (hosts["origin"] == "rds")])
    chains = chains.assign(
        asked=chains["pointer"].where(inline, chains["route_config"]),
        told=chains["source"].astype("str").where(inline, told),
        chain_pointer=chains["pointer"],
        chain_source=chains["source"],
    ).drop(columns=["pointer", "source"])
    found = chains.merge(_hosts(hosts), on=["proxy", "told", "asked"], how="left", indicator="configured")
    ends = found.merge(_routes(routes), on=["proxy", "told", "virtual_host", "within"], how="left", indicator="routed")
    return _ended(ends.assign(domains=ends["all_domains"]))


def _hosts(hosts: pd.DataFrame) -> pd.DataFrame:
    """Give the virtual hosts, one row each, under what chains ask for; what Envoy repeats under static is left aside."""
    rows = whole_hosts(hosts[in_use(hosts) & (hosts["origin"].isna() | (hosts["origin"] != "static"))])
    standing = rows["pointer"].str.split("/filters/", n=1).str[0]
    rows = rows.assign(asked=standing.where(rows["origin"] == "inline", rows["route_config"]), within=_within(rows["pointer"]))
    rows = rows.assign(told=rows["source"], host_resource=rows["resource"], host_pointer=rows["pointer"], host_source=rows["source"])
    return rows.loc[rows["asked"].notna(), ["proxy", "told", "asked", *_OF_HOST]]


def _routes(routes: pd.DataFrame) -> pd.DataFrame:
    rows = routes[in_use(routes)]
    rows = rows.assign(told=rows["source"], within=_within(rows["pointer"].str.replace(r"/routes/\d+$", "", regex=True)))
    return rows[["proxy", "told", "virtual_host", "within", *_OF_ROUTE]].rename(columns={"name": "route", "resource": "route_resource"})


def _within(pointers: pd.Series[Any]) -> pd.Series[Any]:
    """Tell in which virtual host something stands; a line of a text stands in none."""
    return pointers.where(pointers.str.startswith("/"), "")


def _ended(ends: pd.DataFrame) -> pd.DataFrame:
    """Say what ends each way, and where that stands: without a route, Envoy answers 404."""
    told = ends["told"].notna() & (ends["asked"].notna())
    unknown = told & (ends["configured"] != "both") & ~ends["inline_routes"].fillna(False).astype("bool")
    none = (ends["configured"] == "both") & (ends["routes"] == 0).fillna(False).astype("bool")
    action = ends["action"].astype("object").mask(unknown, "route_configuration_not_found").mask(none, "route_not_found").astype("str")
    match = ends["match"] + ("; " + ends["headers"]).fillna("") + ("; ?" + ends["query_parameters"]).fillna("")
    where = {name: ends[name].astype("str").fillna(ends[f"host_{name}"].astype("str")) for name in ("pointer", "source")}
    return ends.assign(
        action=action,
        response_code=ends["response_code"].mask(unknown | none, _NOT_FOUND),
        route_match=match,
        route_resource=ends["route_resource"].astype("str").fillna(ends["host_resource"].astype("str")),
        **{name: column.fillna(ends[f"chain_{name}"].astype("str")) for name, column in where.items()},
    )
