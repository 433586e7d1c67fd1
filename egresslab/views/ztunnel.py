"""ztunnel's entries of a log: where their traffic went, and in which words that is told."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.frames import labels
from egresslab.views.meanings import cluster_row

# What the proxies' words say of a sidecar is not true of ztunnel, which serves a node and knows no outboundTrafficPolicy.
WENT = {
    "PassthroughCluster": ", passed through to that address as it came: ztunnel knew no service and no workload there",
    "external": ", a declared external host",
    "egress_gateway": ", an egress gateway",
    "in_mesh": ", a service of the mesh",
    "answered_by_proxy": ", sent nowhere",
    "inbound": ", for a workload on the node of this ztunnel",
}


def of_ztunnel(log: pd.DataFrame) -> bool:
    """Tell whether a log has entries that ztunnel wrote."""
    return "traffic_direction" in log and bool(log["traffic_direction"].notna().any())


def ztunnel_classes(log: pd.DataFrame) -> list[pd.Series[Any]]:
    """Tell the egress class of ztunnel's entries, the surest first; nothing when the log has none."""
    if not of_ztunnel(log):
        return []
    direction, local, upstream = (log[name].astype("str") for name in ("traffic_direction", "downstream_local_address", "upstream_host"))
    outbound = direction == "outbound"
    services = [labels(log["destination_service"].where(outbound), _class_of_service)] if "destination_service" in log else []
    return [
        _labelled("inbound", direction == "inbound"),
        *services,
        _labelled("PassthroughCluster", outbound & (local == upstream)),
        _labelled("answered_by_proxy", outbound & upstream.isna() & local.notna() & log["connection_termination_details"].notna()),
    ]


def _class_of_service(host: str) -> str | None:
    """Tell the class of the cluster that a sidecar would call that service by."""
    row = cluster_row(f"outbound|0||{host}")
    return row["egress_class"] or None if row else None


def _labelled(label: str, mask: pd.Series[Any]) -> pd.Series[Any]:
    codes = mask.fillna(value=False).to_numpy(dtype="int8") - 1
    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index([label], dtype="str"))), index=mask.index)
