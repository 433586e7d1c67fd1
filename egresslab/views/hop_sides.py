"""Who called whom: which proxies of a log are egress gateways, and which entries of the others went to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from egresslab.views.egress_classes import egress_class_of

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HopSides:
    """Row numbers of both sides, and the connection of each row as a number (-1 when the line names none)."""

    sidecar: Ints
    gateway: Ints
    sidecar_connection: Ints
    gateway_connection: Ints
    for_gateway: Mask  # of the sidecar's rows: by cluster or address, not by a connection alone, whose port may be another's by now
    looped: Mask  # of the gateway's rows: the client is the gateway itself


def hop_sides(log: pd.DataFrame) -> HopSides:
    """Tell the gateway's entries from the sidecars' entries that may belong to them."""
    upstream, downstream = _connections(log)
    proxy = log["proxy"].cat.codes.to_numpy().astype(np.int64)
    egress_class = egress_class_of(log)
    egress, inbound = (egress_class == "egress_gateway").to_numpy(), (egress_class == "inbound").to_numpy()
    by_another, by_itself = _callers(upstream, downstream, proxy)
    listening = _among(log["downstream_local_address"], log["upstream_host"][egress])
    called = (by_another & ~inbound) | (listening & (by_itself | ~np.isin(proxy, proxy[egress])))
    gateway = np.isin(proxy, proxy[called]) & ~np.isin(proxy, proxy[inbound])
    outbound = ~gateway & ~inbound
    for_gateway = outbound & (egress | _among(log["upstream_host"], log["downstream_local_address"][gateway]))
    connected = outbound & (upstream >= 0) & np.isin(upstream, downstream[gateway])
    sidecar, at_gateway = np.flatnonzero(for_gateway | connected), np.flatnonzero(gateway)
    return HopSides(
        sidecar=sidecar,
        gateway=at_gateway,
        sidecar_connection=upstream[sidecar],
        gateway_connection=downstream[at_gateway],
        for_gateway=for_gateway[sidecar],
        looped=np.isin(downstream[at_gateway], upstream[at_gateway]) & (downstream[at_gateway] >= 0),
    )


def _connections(log: pd.DataFrame) -> tuple[Ints, Ints]:
    both = pd.concat([log["upstream_local_address"], log["downstream_remote_address"]], ignore_index=True)
    numbers = pd.factorize(both)[0]
    return numbers[: len(log)], numbers[len(log) :]


def _callers(upstream: Ints, downstream: Ints, proxy: Ints) -> tuple[Mask, Mask]:
    """Tell which entries came over a connection that another proxy made, and which over one that the proxy itself made."""
    made = upstream >= 0
    names = max(upstream.max(initial=-1), downstream.max(initial=-1)) + 1
    # One place more, for -1: a line that names no client has none.
    least, most = np.full(names + 1, proxy.max(initial=0) + 1), np.full(names + 1, -2)
    np.minimum.at(least, upstream[made], proxy[made])
    np.maximum.at(most, upstream[made], proxy[made])
    least, most = least[downstream], most[downstream]
    return (least < proxy) | (most > proxy), (least == proxy) | (most == proxy)


def _among(column: pd.Series[Any], values: pd.Series[Any]) -> Mask:
    return column.isin(values.cat.remove_unused_categories().cat.categories).to_numpy()
