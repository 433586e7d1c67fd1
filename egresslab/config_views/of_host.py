"""What of a config is of one host: the objects themselves, found by SNI, domain and cluster name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import fits, names
from egresslab.config_views.route_cells import whole_hosts, whole_routes
from egresslab.config_views.shown import in_use
from egresslab.frames import Config, number_groups

_BEFORE_HOST = r"[^,]*\|"
_WEIGHT = r"=\d+(?=,|$)"


@dataclass(frozen=True)
class OfHost:
    """The objects of one host. ``fit`` is how closely a chain or virtual host fits it, ``best`` the closest that it competes with."""

    clusters: pd.DataFrame
    chains: pd.DataFrame
    virtual_hosts: pd.DataFrame
    routes: pd.DataFrame


def of_host(config: Config, host: str, ports: set[int]) -> OfHost:
    """Find the objects of a host; ``ports`` are those that it is declared for."""
    clusters = _clusters(config.clusters, host)
    chains = _chains(config.filter_chains, host)
    asked = _asked(config.filter_chains, ports | {int(p) for p in clusters["port"].dropna()})
    virtual_hosts = _virtual_hosts(config.virtual_hosts, host, asked)
    return OfHost(clusters, chains, virtual_hosts, _routes(config.routes, host, virtual_hosts))


def _clusters(clusters: pd.DataFrame, host: str) -> pd.DataFrame:
    sends = names(clusters["sni"], host)
    return clusters[names(clusters["host"].fillna(clusters["name"]), host) | sends]


def _chains(chains: pd.DataFrame, host: str) -> pd.DataFrame:
    """Find chains that an SNI chooses, or that lead to a cluster of the host; they compete where all else that they match is one."""
    chains = chains[in_use(chains)]
    fit = fits(chains["server_names"], host)
    leads = names(_hosts_of_clusters(chains["cluster"]), host)
    found = chains.assign(fit=fit)[fit.notna() | leads]
    return _competing(found, ["proxy", "source", "listener", "destination_port", "prefix_ranges"])


def _hosts_of_clusters(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Write clusters, one or several with weights, as their hosts."""
    return cells.str.replace(_WEIGHT, "", regex=True).str.replace(_BEFORE_HOST, "", regex=True)


def _asked(chains: pd.DataFrame, ports: set[int]) -> set[tuple[str, str]]:
    """Name the route configurations of each proxy that listeners of these ports ask for."""
    rows = chains[in_use(chains) & chains["route_config"].notna() & chains["port"].isin(sorted(ports))]
    return set(zip(rows["proxy"].astype("object"), rows["route_config"], strict=True))


def _virtual_hosts(hosts: pd.DataFrame, host: str, asked: set[tuple[str, str]]) -> pd.DataFrame:
    """Find virtual hosts with a domain for the host; on ports that it is declared for, also the one that takes any host."""
    hosts = whole_hosts(hosts[in_use(hosts) & (hosts["origin"].isna() | (hosts["origin"] != "static"))])
    config = hosts["pointer"].str.replace(r"/virtual_hosts/\d+$|^L\d+$", "", regex=True)
    found = _competing(hosts.assign(fit=fits(hosts["all_domains"], host), config=config), ["proxy", "source", "route_config", "config"])
    found = found[found["fit"].notna()]
    named = ~found["fit"].map(lambda fit: fit.is_any).astype("bool")
    keys = list(zip(found["proxy"].astype("object"), found["route_config"], strict=True))
    caught = [fit == best and key in asked for fit, best, key in zip(found["fit"], found["best"], keys, strict=True)]
    return found[named | pd.Series(caught, index=found.index, dtype="bool")]


def _routes(routes: pd.DataFrame, host: str, hosts: pd.DataFrame) -> pd.DataFrame:
    """Find the routes of virtual hosts that name the host, and those that lead to a cluster of it."""
    routes = whole_routes(routes[in_use(routes) & (routes["origin"].isna() | (routes["origin"] != "static"))])
    keys = ["proxy", "source", "route_config", "virtual_host"]
    named = hosts[~hosts["fit"].map(lambda fit: fit.is_any).astype("bool")]
    within = pd.MultiIndex.from_frame(routes[keys].astype("object")).isin(pd.MultiIndex.from_frame(named[keys].astype("object")))
    leads = names(_hosts_of_clusters(routes["cluster"]), host)
    return routes[leads | pd.Series(within, index=routes.index)]


def _competing(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add the closest fit among the rows that compete."""
    group = number_groups([rows[key] for key in keys])
    best: dict[int, Any] = {}
    for n, fit in zip(group, rows["fit"], strict=True):
        if fit is not None and fit == fit:
            best[n] = max(fit, best.get(n, fit))
    return rows.assign(best=pd.Series([best.get(n) for n in group], index=rows.index, dtype="object"))
