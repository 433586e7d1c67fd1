"""istioctl's table of routes, and what it leaves out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.refused import refusals, refused_rows
from egresslab.config_views.route_cells import HOST, whole_hosts, whole_routes
from egresslab.config_views.shown import frames_of, in_use, owner_text, table_of, text_of, without_unused
from egresslab.frames import number_groups


def route_table(
    given: Any,
    /,
    *,
    name: str | None = None,
    proxy: str | None = None,
    verbose: bool = True,
    hidden: bool = False,
) -> pd.DataFrame:
    """What does ``istioctl pc routes`` print: which domains and paths does each route configuration know?

    Routes that stand in a listener itself are not in it, as in istioctl's; ``config.routes`` has them.

    Parameters
    ----------
    given
        A Case or a Config.
    name
        Only the route configuration of this very name, such as ``80``.
    proxy
        Any part of a proxy's name that only one has.
    verbose
        One row a route; False gives one row a route configuration, with the number of its virtual hosts.
    hidden
        Also rows that istioctl leaves out: routes to PassthroughCluster, and route configurations that Envoy refused (state ``rejected``;
        istioctl's other cells are missing). Without it the rows are istioctl's.

    Returns
    -------
    pandas.DataFrame
        A ``route_table`` frame, or a ``route_table_brief`` one: istioctl's columns in its words, then ours. By proxy, in the order
        of the dump, static ones last.

    Raises
    ------
    FrameError
        When it has no config, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/sidecar_config_dump.json"))
    >>> route_table(config, name="80").loc[0, ["VHOST NAME", "MATCH", "VIRTUAL SERVICE", "cluster"]].tolist()
    ['api.example.com:80', '/*', 'via-egress.shop', 'outbound|80||istio-egressgateway.istio-system.svc.cluster.local']
    """
    hosts, routes, rejected = frames_of(given, "virtual_hosts", "routes", "rejected", proxy=proxy)
    hosts, routes = (rows[in_use(rows) & (rows["origin"] != "inline")] for rows in (hosts, routes))
    rows = _by_route(whole_hosts(hosts), whole_routes(routes), hidden=hidden) if verbose else _by_config(whole_hosts(hosts))
    kind = "route_table" if verbose else "route_table_brief"
    more = [refused_rows(rejected, "routes", kind, name="NAME")] if hidden else []
    because = refusals(rejected, "routes", rows["proxy"], rows["route_config"])
    table = table_of({**rows, "NAME": text_of(rows["route_config"]), "rejected": because}, kind, *more)
    return without_unused(table[table["NAME"] == name]) if name else table


def _by_route(hosts: pd.DataFrame, routes: pd.DataFrame, *, hidden: bool) -> pd.DataFrame:
    """Give the routes of each virtual host, and one row for a virtual host that has none: it answers 404."""
    if not hidden:
        routes = routes[routes["cluster"] != "PassthroughCluster"]
    routes = routes.drop(columns=["origin", "state", "version", "last_updated"])
    rows = hosts[hosts["virtual_host"].notna()].merge(routes, on=HOST, how="left", suffixes=("_of_host", ""), indicator="found")
    none = (rows["routes"] == 0).fillna(False).astype("bool")
    rows = rows[none | (rows["found"] == "both")]
    cells: dict[str, Any] = {
        "VHOST NAME": text_of(rows["virtual_host"]),
        "MATCH": text_of(rows["match"]).mask(none, "/*"),
        "VIRTUAL SERVICE": owner_text(rows["resource"]).mask(none, "404"),
        "route_name": rows["name"],
        **{name: rows[name].astype("str").fillna(rows[f"{name}_of_host"].astype("str")) for name in ("resource", "pointer")},
    }
    return rows.assign(**cells)


def _by_config(hosts: pd.DataFrame) -> pd.DataFrame:
    """Count the virtual hosts of each route configuration; the number is missing where an input does not tell of them."""
    config = [hosts[name].str.replace(r"/virtual_hosts/\d+$", "", regex=True) for name in ("within", "pointer")]
    group = number_groups([hosts["proxy"], hosts["source"], hosts["route_config"], config[0]])
    counted = hosts["virtual_host"].notna().groupby(group).sum().astype("str")
    told = (hosts["virtual_host"].notna() | hosts["routes"].notna()).groupby(group).any()
    first = hosts.assign(pointer=config[1])[~pd.Series(group, index=hosts.index).duplicated()]
    return first.assign(**{"VIRTUAL HOSTS": counted.where(told).to_numpy()})
