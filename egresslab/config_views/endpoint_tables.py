"""istioctl's tables of endpoints: what the clusters resolved to now, and what the dump lists."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.shown import among, frames_of, in_use, number, places, same, table_of, text_of, without_unused
from egresslab.frames import typed


def endpoint_table(
    given: Any,
    /,
    *,
    address: str | None = None,
    port: int | None = None,
    cluster: str | None = None,
    status: str | None = None,
    proxy: str | None = None,
    hidden: bool = False,
) -> pd.DataFrame:
    """What does ``istioctl pc endpoints`` print: what are the clusters' endpoints now, and which are ejected?

    It needs Envoy's ``/clusters``; of a config dump alone :func:`eds_table` tells.

    Parameters
    ----------
    given
        A Case or a Config.
    address
        Only endpoints of this address, without port.
    port
        Only endpoints of this port.
    cluster
        Only endpoints of the cluster of this name.
    status
        Only endpoints of this health, such as ``unhealthy``.
    proxy
        Any part of a proxy's name that only one has.
    hidden
        Also a row for each cluster that has no endpoint; istioctl's other cells are missing there. Without it the rows are istioctl's.

    Returns
    -------
    pandas.DataFrame
        An ``endpoint_table`` frame: istioctl's columns in its words, then ours. Sorted by proxy, address, port and cluster.

    Raises
    ------
    FrameError
        When it has no config, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/sidecar_clusters.txt"))
    >>> endpoint_table(config, cluster="outbound|443||api.example.com").iloc[0, :4].tolist()
    ['203.0.113.10:443', 'HEALTHY', 'OK', 'outbound|443||api.example.com']
    """
    rows, clusters = frames_of(given, "host_statuses", "clusters", proxy=proxy)
    none = [_without(clusters, rows, "endpoint_table")] if hidden and not (address or port or status) else []
    rows = rows.assign(STATUS=rows["health"].astype("str").fillna("UNKNOWN")).sort_values(["proxy", "address", "port", "cluster"])
    rows = rows[rows["address"].notna() & same(rows["address"], address) & number(rows["port"], port) & same(rows["STATUS"], status)]
    outlier = rows["failed_outlier_check"].map({True: "FAILED"}).astype("str").fillna("OK")
    table = table_of({**rows, "ENDPOINT": _with_port(rows), "OUTLIER CHECK": outlier, "CLUSTER": rows["cluster"]}, "endpoint_table", *none)
    return without_unused(table[same(table["CLUSTER"], cluster)])


def eds_table(
    given: Any,
    /,
    *,
    address: str | None = None,
    port: int | None = None,
    cluster: str | None = None,
    status: str | None = None,
    proxy: str | None = None,
    hidden: bool = False,
) -> pd.DataFrame:
    """What does ``istioctl pc eds`` print: which endpoints does the dump list?

    Parameters
    ----------
    given
        A Case or a Config.
    address
        Only endpoints that have this address **with its port**, such as ``203.0.113.10:443``: istioctl compares it so here.
    port
        Only endpoints of this port.
    cluster
        Only endpoints of the cluster of this name.
    status
        Only endpoints of this health, such as ``unhealthy``.
    proxy
        Any part of a proxy's name that only one has.
    hidden
        Also rows that istioctl leaves out: endpoints that stand in the clusters themselves, of a dump without endpoints section
        (fetched without ``include_eds``), and a row for each cluster that has no endpoint, its other cells missing. Without it the rows
        are istioctl's.

    Returns
    -------
    pandas.DataFrame
        An ``eds_table`` frame: istioctl's columns in its words, then ours. Sorted by proxy and by host, subset and port of the cluster.

    Raises
    ------
    FrameError
        When it has no config, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/sidecar_config_dump.json"))
    >>> eds_table(config, address="203.0.113.10:443").iloc[0, :4].tolist()
    ['203.0.113.10:443', 'HEALTHY', '', 'outbound|443||api.example.com']
    """
    endpoints, clusters = frames_of(given, "endpoints", "clusters", proxy=proxy)
    none = [_without(clusters, endpoints, "eds_table")] if hidden and not (address or port or status) else []
    shown = endpoints if hidden else endpoints[in_use(endpoints) & (endpoints["origin"] != "cluster")]
    rows = shown.assign(NAME=_names(shown), STATUS=shown["health"].astype("str").fillna("UNKNOWN"), LOCALITY=text_of(shown["locality"]))
    rows = rows[among(rows["NAME"], address) & number(rows["port"], port) & same(rows["STATUS"], status)]
    rows = rows.assign(CLUSTER=rows["cluster"], host=rows["cluster"].str.rsplit("|", n=1).str[-1])
    table = table_of({**rows.sort_values(["proxy", "host", "cluster"], kind="stable")}, "eds_table", *none)
    return without_unused(table[same(table["CLUSTER"], cluster)])


def _with_port(rows: pd.DataFrame) -> pd.Series[Any]:
    port = ":" + rows["port"].astype("str")
    return rows["address"] + port.where((rows["port"] > 0).fillna(False).astype("bool"), "")


def _names(rows: pd.DataFrame) -> pd.Series[Any]:
    """Write addresses with the port, also a port of 0, and further addresses after commas."""
    port = (":" + rows["port"].astype("str")).fillna("")
    return rows["address"].fillna("unknown") + port + ("," + rows["additional_addresses"]).fillna("")


def _without(clusters: pd.DataFrame, rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Give the clusters without any endpoint, of the proxies whose endpoints are told."""
    told = clusters[in_use(clusters) & clusters["proxy"].astype("str").isin(rows["proxy"].astype("str"))]
    having = pd.MultiIndex.from_arrays([rows["proxy"].astype("str"), rows["cluster"]])
    none = told[~pd.MultiIndex.from_arrays([told["proxy"].astype("str"), told["name"]]).isin(having)]
    return typed({"CLUSTER": none["name"], **places(none)}, table)
