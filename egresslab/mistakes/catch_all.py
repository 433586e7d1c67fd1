"""Declared ports that take any address: TCP without addresses of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import plain_host
from egresslab.config_views.match import Chain, Outbound
from egresslab.frames import Config, Resources, place
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import KnownHosts
from egresslab.mistakes.sight import Sight

_NOT_TCP = {"HTTP", "HTTP2", "GRPC", "GRPC-WEB", "GRPC_WEB", "HTTPS", "TLS", "UDP"}
_FIXED = ("EDS", "STATIC")


@dataclass(frozen=True, slots=True)
class CatchAll:
    """A host and port that takes whatever nothing else takes; ``proxy`` is missing for a resource.

    ``own`` are addresses of the host, ``fixed`` tells that there can be no others, ``others`` are all else that is declared for the port.
    """

    host: str
    port: int
    proxy: str | None
    places: tuple[str, ...]
    own: frozenset[str]
    fixed: bool
    others: list[Declared] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


def in_config(config: Config, outbound: Outbound, known: KnownHosts) -> Iterator[CatchAll]:
    """Give what sidecars are configured with."""
    fixed = set(zip(*(config.clusters.loc[config.clusters["type"].isin(_FIXED), name].astype("object") for name in ("proxy", "name")), strict=True))
    for chain in outbound.chains:
        host = _caught(chain)
        if host:
            among = known.of_proxy(chain.proxy, chain.port)
            places = (place(chain.source, chain.pointer),) if chain.source and chain.pointer else ()
            yield _catch_all(host, chain.port, chain.proxy, places, among, (chain.proxy, chain.cluster) in fixed)


def in_resources(resources: Resources, known: KnownHosts) -> Iterator[CatchAll]:
    """Give what ServiceEntries declare so; DNS capture gives each an address of its own."""
    captures = resources.mesh["dns_capture"].fillna(False).any()
    for one in () if captures else known.written:
        if one.kind == "ServiceEntry" and one.protocol not in _NOT_TCP and not one.addresses and one.port is not None:
            among = [other for other in known.written if other.port == one.port]
            yield _catch_all(one.host, one.port, None, one.places, among, bool(one.endpoints))


def seen_by(caught: CatchAll, proxy: str, known: KnownHosts, sight: Sight) -> bool:
    """Tell whether a sidecar sees what a resource declares."""
    caller = sight.caller(proxy)
    same = (one for one in known.written if one.host == caught.host and one.port == caught.port)
    return not caller.is_gateway and any(not sight.hidden_by(one, caller) for one in same)


def _caught(chain: Chain) -> str | None:
    """Name the host whose cluster takes anything on its own port; a route of a VirtualService would name another one."""
    direction, port, _, host = [*(chain.cluster or "").split("|", 3), "", "", ""][:4]
    direct = chain.takes_anything and chain.resource is None and direction == "outbound" and port == str(chain.port)
    return plain_host(host) if direct and host and "," not in host and ".svc." not in host else None


def _catch_all(host: str, port: int, proxy: str | None, places: tuple[str, ...], among: list[Declared], fixed: bool) -> CatchAll:
    own = frozenset(a for one in among if one.host == host for a in one.endpoints | one.addresses)
    return CatchAll(host, port, proxy, places, own, fixed, [one for one in among if one.host != host])


def cluster_of(caught: CatchAll, clusters: pd.Series[Any]) -> pd.Series[Any]:
    """Tell which clusters are its own."""
    names = clusters.astype("str").str.lower()
    return (names.str.startswith(f"outbound|{caught.port}|") & names.str.endswith(f"|{caught.host}")).fillna(False).astype("bool")
