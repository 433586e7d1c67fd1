"""Where the traffic of an entry went, told by the entry alone."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.frames import in_order, labels, log_of
from egresslab.views.first_known import first_known
from egresslab.views.meanings import cluster_row, details_row, flag_rows
from egresslab.views.ztunnel import ztunnel_classes

EGRESS_CLASSES = ("PassthroughCluster", "BlackHoleCluster", "external", "egress_gateway", "in_mesh", "answered_by_proxy", "inbound")

# Istio answers plain HTTP for unknown hosts with routes of its own: REGISTRY_ONLY has no cluster there, and its telemetry says BlackHoleCluster.
_ROUTES = {"block_all": "BlackHoleCluster", "allow_any": "PassthroughCluster"}
_NOT_UPSTREAM = ("proxy", "client")


def egress_class(log: Any, /) -> pd.DataFrame:
    """Where did the traffic of each entry go?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        The ``log`` frame with a label ``egress_class``: ``PassthroughCluster``, ``BlackHoleCluster``, ``external``, ``egress_gateway``,
        ``in_mesh``, ``answered_by_proxy`` or ``inbound``; missing where the entry does not say.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"upstream_cluster": ["outbound|443||api.example.com", None], "route_name": [None, "block_all"]}))
    >>> eg.egress_class(log).egress_class.tolist()
    ['external', 'BlackHoleCluster']
    """
    frame = log_of(log)
    out = frame.assign(egress_class=egress_class_of(frame))
    return out[in_order(out.columns)]


def egress_class_of(frame: pd.DataFrame) -> pd.Series[Any]:
    """Tell the class of each entry of a log frame, by the categories of the columns that decide it."""
    no_cluster = frame["upstream_cluster"].isna()
    no_upstream = no_cluster & frame["upstream_host"].isna()
    return first_known(
        [
            labels(frame["upstream_cluster"], _class_of_cluster),
            labels(frame["route_name"].where(no_cluster), _ROUTES.get),
            labels(frame["response_flags"].where(no_upstream), _class_of_flags),
            labels(frame["response_code_details"].where(no_upstream), _class_of_details),
            *ztunnel_classes(frame),
        ]
    ).rename("egress_class")


def _class_of_cluster(name: str) -> str | None:
    row = cluster_row(name)
    return row["egress_class"] or None if row else None


def _class_of_flags(flags: str) -> str | None:
    return "answered_by_proxy" if any(row["ended_by"] in _NOT_UPSTREAM for row in flag_rows(flags)) else None


def _class_of_details(details: str) -> str | None:
    row = details_row(details)
    return "answered_by_proxy" if row and row["ended_by"] in _NOT_UPSTREAM else None
