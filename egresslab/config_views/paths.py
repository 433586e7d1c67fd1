"""Listener, filter chain, virtual host, route, cluster and endpoint as one frame: the ways that traffic can take."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.chain_ends import ends_of
from egresslab.config_views.host_names import host_of, names, plain_host
from egresslab.config_views.shown import frames_of, in_use, number, without_unused
from egresslab.config_views.told_by import told_by
from egresslab.frames import typed

_CLUSTER = {"name": "cluster", "type": "cluster_type", "tls_mode": "upstream_tls_mode", "resource": "cluster_resource"}
_OF_CLUSTER = ["cluster_type", "upstream_tls_mode", "sni", "services", "cluster_resource", "eds_service_name"]


def config_paths(given: Any, /, *, host: str | None = None, port: int | None = None, proxy: str | None = None) -> pd.DataFrame:
    """Which ways can traffic take: listener, filter chain, virtual host, route, cluster, endpoint?

    Parameters
    ----------
    given
        A Case or a Config.
    host
        Only ways of this host: a domain, an SNI or a cluster names it, exactly or by a wildcard such as ``*.example.com``. Ways for any host
        are left out; :func:`about` tells when one of them takes it.
    port
        Only ways that begin at a listener of this port.
    proxy
        Any part of a proxy's name that only one has.

    Returns
    -------
    pandas.DataFrame
        A ``config_paths`` frame, in the order of the dump: a row for each endpoint that a route or a chain leads to, for each redirect and
        direct response, and for each request that would find no route.

    Raises
    ------
    FrameError
        When it has no config, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/sidecar_config_dump.json"))
    >>> config_paths(config, host="api.example.com", port=443)[["type", "cluster", "endpoint"]].values.tolist()
    [['TCP', 'outbound|443||api.example.com', '203.0.113.10:443']]
    """
    chains, hosts, routes, clusters, endpoints, statuses = frames_of(
        given, "filter_chains", "virtual_hosts", "routes", "clusters", "endpoints", "host_statuses", proxy=proxy
    )
    ends = ends_of(chains[number(chains["port"], port)], hosts, routes)
    ways = _with_cluster(ends, clusters)
    ways = _with_endpoints(_of_host(ways, host), endpoints, statuses).sort_values("nth", kind="stable")
    return without_unused(typed({str(name): column for name, column in ways.items()}, "config_paths"))


def _of_host(ways: pd.DataFrame, host: str | None) -> pd.DataFrame:
    if host is None:
        return ways
    name = plain_host(host)
    return ways[names(ways["domains"], name) | names(ways["server_names"], name) | names(host_of(ways["cluster"]), name)]


def _with_cluster(ends: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Add what the proxy knows of each cluster that is named; what it has no cluster of is an NC."""
    keys = ["proxy", "told", "cluster"]
    known = clusters[in_use(clusters) & clusters["name"].notna()].rename(columns=_CLUSTER).rename(columns={"source": "told"}).drop_duplicates(keys)
    ways = ends.assign(told=told_by(ends, clusters)).merge(known[[*keys, *_OF_CLUSTER]], on=keys, how="left", indicator="found")
    asked = ways["told"].notna() & ways["cluster"].notna()
    return ways.assign(cluster_exists=(ways.pop("found") == "both").astype("boolean").where(asked))


def _with_endpoints(ways: pd.DataFrame, endpoints: pd.DataFrame, statuses: pd.DataFrame) -> pd.DataFrame:
    """Add the endpoints of each cluster: what /clusters resolved, else what the dump lists under the cluster's name in EDS."""
    exists = ways["cluster_exists"].fillna(True).astype("bool")
    eds_name = ways["eds_service_name"].fillna(ways["cluster"])
    now = ways.assign(told=told_by(ways, statuses), asked=ways["cluster"].where(exists)).merge(_now(statuses), on=_ENDPOINT, how="left")
    listed = now["endpoint"].isna()
    before = ways.assign(told=told_by(ways, endpoints), asked=eds_name.where(exists))
    rest = before[before["nth"].isin(now.loc[listed, "nth"])].merge(_listed(endpoints), on=_ENDPOINT, how="left")
    return pd.concat([now[~listed], rest]) if not listed.all() else rest


_ENDPOINT = ["proxy", "told", "asked"]


def _now(statuses: pd.DataFrame) -> pd.DataFrame:
    marks = statuses["health_flags"]
    health = marks.where(marks.notna() & (marks != "healthy"), statuses["health"].astype("str"))
    return _endpoints(statuses.assign(health=health))


def _listed(endpoints: pd.DataFrame) -> pd.DataFrame:
    return _endpoints(endpoints[in_use(endpoints)].assign(health=endpoints["health"].astype("str")))


def _endpoints(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[rows["address"].notna() & rows["cluster"].notna()]
    named = rows["address"] + (":" + rows["port"].astype("str")).fillna("")
    found: dict[str, Any] = {"proxy": rows["proxy"], "told": rows["source"], "asked": rows["cluster"], "endpoint": named, "health": rows["health"]}
    return pd.DataFrame(found).astype("str")
