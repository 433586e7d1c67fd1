"""What the entries of a log ask for: whom, on which port, in which protocol, and whether the mesh knew it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from egresslab.frames import positions_by

_PORT = r":(\d+)$"


class Called(NamedTuple):
    """Whom a proxy's application called; what the entries do not tell is missing."""

    proxy: str | None
    address: str | None
    port: int | None
    host: str | None


def traffic(shapes: pd.DataFrame) -> pd.DataFrame:
    """Add what a shape asks for.

    ``host`` is the Host or the SNI in lower case without port, missing when the entry names none; ``address`` and ``port`` are what the
    client connected to; ``spoken`` is HTTP, TLS (an SNI was seen) or TCP; ``subject`` is host or address, and port; ``unknown`` tells that no
    declared host took it: ``passed`` (PassthroughCluster) or ``blocked`` (BlackHoleCluster, or block_all).
    """
    local = _text(shapes["downstream_local_address"])
    host = _text(shapes["authority"]).fillna(_text(shapes["requested_server_name"])).str.lower().str.replace(_PORT, "", regex=True).str.rstrip(".")
    address, port = local.str.replace(_PORT, "", regex=True).str.strip("[]"), local.str.extract(_PORT)[0]
    cluster, route = _text(shapes["upstream_cluster"]), _text(shapes["route_name"])
    passed = cluster.isin(["PassthroughCluster", "AllowAnyDynamicDNSCluster"])
    http = shapes["method"].notna() | shapes["protocol"].notna()
    old_blackhole = cluster.isna() & ~http & _text(shapes["response_flags"]).eq("UH") & _text(shapes["upstream_host"]).isna()  # Envoy before 1.18
    blocked = (cluster == "BlackHoleCluster") | (route == "block_all") | old_blackhole
    return shapes.assign(
        host=host,
        address=address,
        port=pd.to_numeric(port).astype("Int64"),
        spoken=pd.Series("TCP", index=shapes.index).mask(shapes["requested_server_name"].notna(), "TLS").mask(http, "HTTP"),
        subject=host.fillna(address).fillna("an unknown destination") + (":" + port).fillna(""),
        unknown=pd.Series(None, index=shapes.index, dtype="object").mask(passed.fillna(False), "passed").mask(blocked.fillna(False), "blocked"),
    )


def calls(shapes: pd.DataFrame) -> Iterator[tuple[Called, npt.NDArray[np.int64]]]:
    """Give whom each proxy called, with the positions of these shapes."""
    columns = shapes[list(Called._fields)]
    groups = positions_by([columns[name] for name in columns])
    first = columns.astype("object").iloc[[rows[0] for rows in groups]]
    yield from zip(map(Called._make, first.where(first.notna(), None).itertuples(index=False, name=None)), groups, strict=True)


def _text(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype("str")
