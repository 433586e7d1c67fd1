"""What an egress gateway takes on a port: its filter chains, or the servers of Gateways where there is no dump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import fit
from egresslab.config_views.shown import in_use
from egresslab.frames import Config, Resources
from egresslab.mistakes.mistake import places_of

PLAIN, PASSTHROUGH, ANY_TLS = "DISABLE", "PASSTHROUGH", "AUTO_PASSTHROUGH"
_HTTP = {"HTTP", "HTTP2", "GRPC", "GRPC-WEB", "HTTPS"}


@dataclass(frozen=True, slots=True)
class Door:
    """One way into a gateway. ``names`` are the SNIs it is for (none: any), ``mode`` the TLS it wants, ``kind`` what it unwraps: HTTP or TCP.

    ``mode`` is DISABLE for plain text, PASSTHROUGH for TLS that it hands on, else the mode in which it ends TLS. ``routed`` tells whether
    anything leads further; only a dump knows.
    """

    names: tuple[str, ...]
    mode: str
    kind: str
    routed: bool = True
    places: tuple[str, ...] = ()

    def takes(self, sni: str | None) -> bool:
        """Whether a client hello with this SNI comes in here."""
        return not self.names or (sni is not None and any(fit(name, sni.lower()) for name in self.names))


def doors_in_config(config: Config, proxy: str, port: int) -> list[Door]:
    """Give the ways into a gateway's listener."""
    chains = config.filter_chains
    chains = chains[(chains["proxy"] == proxy) & (chains["port"] == port).fillna(False) & in_use(chains)]
    return [_of_chain(row, config, chains.loc[[at]]) for at, row in chains.iterrows()]


def _of_chain(row: pd.Series[Any], config: Config, rows: pd.DataFrame) -> Door:
    names = tuple(row["server_names"].split(",")) if isinstance(row["server_names"], str) else ()
    kind = "HTTP" if row["type"] == "HTTP" else "TCP"
    mode = str(row["tls_mode"]) if isinstance(row["tls_mode"], str) else PLAIN
    passes = mode == PLAIN and kind == "TCP" and (bool(names) or row["transport_protocol"] == "tls")
    return Door(names, PASSTHROUGH if passes else mode, kind, _is_routed(row, config), places_of(rows))


def _is_routed(row: pd.Series[Any], config: Config) -> bool:
    """Tell whether an HTTP chain has a route; Istio gives a server without routes a virtual host that has none."""
    hosts = config.virtual_hosts
    asked = hosts[(hosts["proxy"] == row["proxy"]) & (hosts["route_config"] == row["route_config"])]
    return not len(asked) or bool((asked["routes"].fillna(1) > 0).any())


def servers_of(resources: Resources, gateways: set[str], port: int) -> pd.DataFrame:
    """Give the rows of Istio's Gateways, written namespace/name, that have a server on a port."""
    rows = resources.gateway_servers
    names = [_same_gateway(gateways, space, name) for space, name in zip(rows["namespace"].astype("object"), rows["name"], strict=True)]
    return rows[pd.Series(names, index=rows.index, dtype="bool") & (rows["port"] == port).fillna(False) & rows["gateway_class"].isna()]


def _same_gateway(gateways: set[str], namespace: Any, name: Any) -> bool:
    """Compare by the name alone where the YAML of either names no namespace."""
    if isinstance(namespace, str) and f"{namespace}/{name}" in gateways:
        return True
    names = {g.rpartition("/")[2] for g in gateways if not isinstance(namespace, str) or g.startswith("/")}
    return name in names


def doors_in_resources(resources: Resources, gateways: set[str], port: int) -> list[Door]:
    """Give the ways in that servers declare; none where plain and TLS servers fight for the port: the older one has it."""
    rows = servers_of(resources, gateways, port)
    doors = [_of_server(row, rows.loc[[at]]) for at, row in rows.iterrows()]
    return doors if len({door.mode == PLAIN for door in doors}) == 1 else []


def _of_server(row: pd.Series[Any], rows: pd.DataFrame) -> Door:
    names = (row["host"],) if isinstance(row["host"], str) and row["host"] != "*" else ()
    mode, protocol = mode_of(row), str(row["protocol"]).upper()
    terminates = mode not in (PASSTHROUGH, ANY_TLS)
    plain = mode == PLAIN
    return Door(() if plain else names, mode, "HTTP" if protocol in _HTTP and terminates else "TCP", places=places_of(rows))


def mode_of(server: pd.Series[Any]) -> str:
    """Name the TLS that a server wants of its clients."""
    mode = server["tls_mode"]
    return str(mode).upper().replace("OPTIONAL_MUTUAL", "SIMPLE") if isinstance(mode, str) else PLAIN


def fitting_kind(server: pd.Series[Any]) -> str | None:
    """Name the kind of routes that istiod takes for a server; missing where it takes none of them by themselves."""
    protocol, mode = str(server["protocol"]).upper(), mode_of(server)
    if mode == PASSTHROUGH:
        return "tls"
    if mode == ANY_TLS or (mode == PLAIN and protocol in ("HTTPS", "TLS")):
        return None
    return "http" if protocol in _HTTP else "tcp"
