"""istioctl's table of listeners, and what it leaves out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.refused import refusals, refused_rows
from egresslab.config_views.shown import among, frames_of, in_use, number_text, same, table_of, text_of, without_unused

_OF_LISTENER = ["name", "address", "port", "type", "state", "resource", "proxy", "source", "pointer"]
_IN_LISTENER = r"/(?:filter_chains/\d+|default_filter_chain)$"


def listener_table(
    given: Any,
    /,
    *,
    address: str | None = None,
    port: int | None = None,
    type: str | None = None,  # noqa: A002
    proxy: str | None = None,
    verbose: bool = True,
    hidden: bool = False,
) -> pd.DataFrame:
    """What does ``istioctl pc listeners`` print: who listens where, and where does each filter chain lead?

    Parameters
    ----------
    given
        A Case or a Config.
    address
        Only listeners of this address.
    port
        Only listeners of this port.
    type
        Only listeners of this type: HTTP, TCP, HTTP+TCP or UNKNOWN. A port of a sidecar that serves HTTP is mostly HTTP+TCP.
    proxy
        Any part of a proxy's name that only one has.
    verbose
        One row a filter chain; False gives one row a listener, with its type.
    hidden
        Also rows that istioctl leaves out: listeners that warm or drain, that have no filter chains, and what Envoy refused
        (state ``rejected``; istioctl's cells are missing). Without it the rows are istioctl's.

    Returns
    -------
    pandas.DataFrame
        A ``listener_table`` frame, or a ``listener_table_brief`` one: istioctl's columns in its words, then ours. Sorted by proxy, port and
        address; the chains of a listener in their own order.

    Raises
    ------
    FrameError
        When it has no config, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/sidecar_config_dump.json"))
    >>> listener_table(config, port=443, address="0.0.0.0")[["MATCH", "DESTINATION", "is_default"]].values.tolist()
    [['SNI: api.example.com', 'Cluster: outbound|443||api.example.com', False], ['ALL', 'PassthroughCluster', True]]
    """
    listeners, chains, rejected = frames_of(given, "listeners", "filter_chains", "rejected", proxy=proxy)
    if not hidden:
        listeners, chains = listeners[in_use(listeners)], chains[in_use(chains)]
    kind, by_type = ("listener_table", "type") if verbose else ("listener_table_brief", "TYPE")
    rows = _by_chain(listeners, chains, hidden=hidden) if verbose else listeners.rename(columns={"name": "listener", "type": "TYPE"})
    rows = rows.sort_values(["proxy", "port", "address"], na_position="first", kind="stable")
    because = refusals(rejected, "listeners", rows["proxy"], rows["listener"])
    more = [refused_rows(rejected, "listeners", kind, name="listener")] if hidden else []
    table = table_of({**rows, "ADDRESSES": text_of(rows["address"]), "PORT": number_text(rows["port"]), "rejected": because}, kind, *more)
    return without_unused(table[among(table["ADDRESSES"], address) & same(table["PORT"], str(port or "")) & same(table[by_type], type)])


def _by_chain(listeners: pd.DataFrame, chains: pd.DataFrame, *, hidden: bool) -> pd.DataFrame:
    """Give each chain with the type of its listener; with ``hidden`` also listeners without chains, as those of UDP."""
    keys = ["proxy", "source", "within"]
    within = chains["pointer"].str.replace(_IN_LISTENER, "", regex=True)
    types = listeners.rename(columns={"pointer": "within"})[[*keys, "type"]].drop_duplicates(keys)
    rows = chains.drop(columns="type").assign(within=within).merge(types, on=keys, how="left")
    rows = rows.rename(columns={"name": "filter_chain", "match": "MATCH", "destination": "DESTINATION"})
    none = listeners[(listeners["filter_chains"] == 0) & listeners["default_filter_chain"].isna()]
    return pd.concat([rows, none[_OF_LISTENER].rename(columns={"name": "listener"})]) if hidden and len(none) else rows
