"""What the cluster of an entry says: its direction, port, subset and host."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from egresslab.frames import in_order, labels, log_of
from egresslab.views.by_category import numbers_of

_NAME = re.compile(r"(outbound|inbound|inbound-vip)\|(\d{1,5})\|([^|]*)\|([^|]*)", re.ASCII)
_NAME_AS_SNI = re.compile(r"(outbound|inbound)_\.(\d{1,5})_\.(.*?)_\.(.*)", re.ASCII)


def split_cluster(log: Any, /) -> pd.DataFrame:
    """Which direction, port, subset and host does the cluster of each entry name?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        The ``log`` frame with the columns of ``split_cluster``; missing where a cluster has no such part, as in ``PassthroughCluster``.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"upstream_cluster": ["outbound|443|v1|api.example.com", "PassthroughCluster"]}))
    >>> eg.split_cluster(log)[["direction", "port", "subset", "host"]].head(1).values.tolist()
    [['outbound', 443, 'v1', 'api.example.com']]
    """
    frame = log_of(log)
    clusters = frame["upstream_cluster"]
    split = frame.assign(
        direction=labels(clusters, lambda name: _parts(name)[0]),
        port=numbers_of(clusters, lambda name: _parts(name)[1]),
        subset=labels(clusters, lambda name: _parts(name)[2]),
        host=labels(clusters, lambda name: _parts(name)[3]),
    )
    return split[in_order(split.columns)]


def _parts(name: str) -> tuple[str | None, int | None, str | None, str | None]:
    match = _NAME.fullmatch(name) or _NAME_AS_SNI.fullmatch(name)
    if match is None:
        return None, None, None, None
    direction, port, subset, host = match.groups()
    if direction == "inbound":
        subset = ""
    if direction == "inbound-vip":
        subset = subset.partition("/")[2]
    return direction, int(port), subset or None, host or None
