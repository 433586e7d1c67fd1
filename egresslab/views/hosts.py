"""The inventory of external hosts: by authority, SNI, service or address."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from egresslab.frames import flag_set, labels, log_of
from egresslab.views.by_category import numbers_of
from egresslab.views.egress_classes import egress_class_of
from egresslab.views.first_known import first_known
from egresslab.views.tally import framed, most_first, tally, tally_again

IN_THE_MESH = ("in_mesh", "inbound")

_ADDRESS = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<name>[^:]*))(?::(?P<port>\d{1,5}))?", re.ASCII | re.DOTALL)
_NAMED_BY = {
    "authority": "authority",
    "sni": "requested_server_name",
    "service": "destination_service",  # only ztunnel names it
    "address": "downstream_local_address",
}
_KEYS = ["host", "port", "named_by"]


def hosts(log: Any, /) -> pd.DataFrame:
    """Which external hosts did this log call, how often, and with what success?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        A ``hosts`` frame, most entries first: one row for each host, port and way of naming it. Calls inside the mesh are left out, and
        entries that name no host.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"authority": ["API.example.com:80", "api.example.com"], "downstream_local_address": "203.0.113.10:80"}))
    >>> eg.hosts(log)[["host", "port", "named_by", "count"]].values.tolist()
    [['api.example.com', 80, 'authority', 2]]
    """
    frame = log_of(log)
    keys = {
        "host": host_of(frame),
        "port": numbers_of(frame["downstream_local_address"], _port),
        "named_by": _named_by(frame),
        "egress_classes": egress_class_of(frame),
        "response_flags": frame["response_flags"],
        "proxies": frame["proxy"],
    }
    counted = tally(frame, keys)
    external = counted[counted["host"].notna() & ~counted["egress_classes"].isin(IN_THE_MESH)]
    out = tally_again(external, _KEYS).assign(**_sets(external))
    return most_first(framed(out, "hosts"), "host", "port", "named_by")


def host_of(log: Any, /) -> pd.Series[Any]:
    """Which host is each entry about?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.Series
        Labels in lower case: the authority without port, else the SNI, else the service that ztunnel names, else the destination address
        without port; missing without any.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> host_of(eg.as_log(pd.DataFrame({"authority": ["API.Example.com.:443", None], "requested_server_name": "b.example.com"}))).tolist()
    ['api.example.com', 'b.example.com']
    """
    frame = log_of(log)
    return first_known(list(_names(frame).values())).rename("host")


def _names(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Give what names the host of each entry, the surest first."""
    return {word: labels(frame[column], _host) for word, column in _NAMED_BY.items() if column in frame}


def _host(text: str) -> str | None:
    match = _ADDRESS.fullmatch(text)
    name = text if match is None else match["v6"] or match["name"] or ""
    return name.lower().rstrip(".") or None


def _port(text: str) -> int | None:
    match = _ADDRESS.fullmatch(text)
    return int(match["port"]) if match and match["port"] else None


def _named_by(frame: pd.DataFrame) -> pd.Series[Any]:
    names = _names(frame)
    codes = np.select([name.notna() for name in names.values()], range(len(names)), default=-1)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(list(names), dtype="str"))), index=frame.index)


def _sets(counted: pd.DataFrame) -> dict[str, Any]:
    """Unite classes, flags and proxies of each host, in the order in which `tally_again` gives the hosts."""
    host = counted.groupby(_KEYS, dropna=False, sort=False).ngroup().tolist()
    sets = {name: _united(host, counted[name].tolist()) for name in ("egress_classes", "response_flags", "proxies")}
    return {**sets, "response_flags": [flag_set(flags or "") for flags in sets["response_flags"]]}


def _united(groups: list[int], words: list[Any]) -> list[str | None]:
    found: dict[int, set[str]] = {group: set() for group in groups}
    for group, word in zip(groups, words, strict=True):
        if isinstance(word, str):
            found[group].add(word)
    return [",".join(sorted(found[group])) or None for group in sorted(found)]
