"""istioctl's table of clusters, and what it leaves out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.refused import refusals, refused_rows
from egresslab.config_views.shown import frames_of, holds, in_use, number_text, owner_text, table_of, text_of, without_unused

_TYPES = ["STATIC", "STRICT_DNS", "LOGICAL_DNS", "EDS", "ORIGINAL_DST"]


def cluster_table(
    given: Any,
    /,
    *,
    fqdn: str | None = None,
    direction: str | None = None,
    subset: str | None = None,
    port: int | None = None,
    proxy: str | None = None,
    hidden: bool = False,
) -> pd.DataFrame:
    """What does ``istioctl pc clusters`` print: which upstreams does a proxy know?

    Parameters
    ----------
    given
        A Case or a Config.
    fqdn, direction, subset
        Only clusters that have this anywhere in their names, as istioctl looks for it: ``subset="v1"`` also finds a host with v1 in its name.
    port
        Only clusters of this service port.
    proxy
        Any part of a proxy's name that only one has.
    hidden
        Also rows that istioctl leaves out: clusters that warm, and what Envoy refused (state ``rejected``; istioctl's cells are missing).
        Without it the rows are istioctl's.

    Returns
    -------
    pandas.DataFrame
        A ``cluster_table`` frame: istioctl's columns in its words, then ours. Sorted by proxy, host, subset, port and direction.

    Raises
    ------
    FrameError
        When it has no config, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/sidecar_config_dump.json"))
    >>> cluster_table(config, fqdn="api.example.com")[["PORT", "TYPE", "DESTINATION RULE", "tls_mode"]].values.tolist()
    [['80', 'STRICT_DNS', 'api-dr.shop', 'DISABLE'], ['443', 'STRICT_DNS', 'api-dr.shop', 'DISABLE']]
    """
    clusters, rejected = frames_of(given, "clusters", "rejected", proxy=proxy)
    rows = _rows(clusters if hidden else clusters[in_use(clusters)])
    more = [refused_rows(rejected, "clusters", "cluster_table", name="name")] if hidden else []
    because = refusals(rejected, "clusters", rows["proxy"], rows["name"])
    table = table_of({**rows, "rejected": because}, "cluster_table", *more)
    for part in (fqdn, direction, subset, f"|{port}|" if port else None):
        table = table[holds(table["name"], part)]
    return without_unused(table)


def _rows(clusters: pd.DataFrame) -> pd.DataFrame:
    kind = clusters["type"].astype("str")
    cells = {
        **_name_cells(clusters),
        "TYPE": kind.where(kind.isin(_TYPES) | kind.isna(), "STATIC"),  # istioctl knows no others
        "DESTINATION RULE": owner_text(clusters["resource"]),
        "cluster_type": kind,
    }
    return clusters.assign(**cells).sort_values(["proxy", "SERVICE FQDN", "SUBSET", "port", "DIRECTION"], na_position="first")


def _name_cells(clusters: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Cut names into cells as istioctl does: names of another form than Istio's are all host, a host with ``|`` is none."""
    istio = clusters["direction"].notna()
    host = text_of(clusters["host"])
    return {
        "SERVICE FQDN": host.mask(host.str.contains("|", regex=False), "").where(istio, clusters["name"]),
        "PORT": number_text(clusters["port"]).where(istio, "-"),
        "SUBSET": clusters["subset"].astype("str").fillna("-"),
        "DIRECTION": clusters["direction"].astype("str").fillna("-"),
    }
