"""The chains that a connection of a sidecar's own application meets: those of the listener for its address and port."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import fit
from egresslab.config_views.shown import in_use
from egresslab.frames import Config

_ANY = {"0.0.0.0", "::"}
_REDIRECTED, _INBOUND = 15001, {15006, 15021, 15090, 15053}
_COLUMNS = [
    "proxy", "listener", "address", "port", "name", "is_default", "prefix_ranges", "server_names", "transport_protocol", "application_protocols",
    "destination_port", "type", "route_config", "cluster", "resource", "access_loggers", "source", "pointer",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chain:
    """A filter chain of a sidecar's outbound listener; what it does not match on is missing."""

    proxy: str
    listener: str | None
    address: str | None
    port: int
    name: str | None
    is_default: bool | None
    prefix_ranges: str | None
    server_names: str | None
    transport_protocol: str | None
    application_protocols: str | None
    destination_port: int | None
    type: str | None
    route_config: str | None
    cluster: str | None
    resource: str | None
    access_loggers: str | None
    source: str | None
    pointer: str | None

    @property
    def takes_anything(self) -> bool:
        """Whether it takes what no other chain of its listener takes, whichever address the application chose."""
        matches = (self.prefix_ranges, self.server_names, self.transport_protocol, self.application_protocols, self.destination_port)
        return bool(set(_words(self.address)) & _ANY) and (bool(self.is_default) or not any(matches))

    def names_sni(self, sni: str | None) -> bool:
        """Whether it is chosen by an SNI: by this one, or by any where none is given."""
        return self.server_names is not None and (sni is None or any(fit(name, sni) for name in self.server_names.split(",")))


class Outbound:
    """The outbound listeners of sidecars, by proxy and port."""

    def __init__(self, config: Config | None = None) -> None:
        self.chains = _chains(config) if config is not None else []
        self.proxies = {chain.proxy for chain in self.chains}
        self._by_port: dict[tuple[str, int], list[Chain]] = {}
        for chain in self.chains:
            self._by_port.setdefault((chain.proxy, chain.port), []).append(chain)

    def on(self, proxy: str, port: int) -> list[Chain]:
        """Give the chains of all listeners for a port."""
        return self._by_port.get((proxy, port), [])

    def taking(self, proxy: str, address: str, port: int) -> list[Chain]:
        """Give the chains that compete for a connection: Envoy asks for its address first, then for its SNI and protocol."""
        here = self.on(proxy, port)
        found = [c for c in here if address in _words(c.address)] or [c for c in here if set(_words(c.address)) & _ANY]
        return [c for c in found if _covers(c.prefix_ranges, address)] or [c for c in found if c.prefix_ranges is None]


def sidecars(config: Config) -> set[str]:
    """Name the proxies that are sidecars: by their node id, else by the listener of all that is redirected to them."""
    nodes = config.bootstrap
    redirected = config.filter_chains.loc[(config.filter_chains["port"] == _REDIRECTED).fillna(False), "proxy"]
    gateways = set(nodes.loc[nodes["node_type"] == "router", "proxy"].astype("object"))
    return (set(nodes.loc[nodes["node_type"] == "sidecar", "proxy"].astype("object")) | set(redirected.astype("object"))) - gateways


def _chains(config: Config) -> list[Chain]:
    chains, listeners = config.filter_chains, config.listeners
    inbound = listeners[(listeners["traffic_direction"] == "INBOUND").fillna(False)]
    away = set(zip(inbound["proxy"].astype("object"), inbound["name"], strict=True))
    rows = chains[in_use(chains) & chains["proxy"].isin(sorted(sidecars(config))) & chains["port"].notna()]
    rows = rows[~rows["port"].isin([_REDIRECTED, *_INBOUND])]
    plain = rows[_COLUMNS].astype("object")
    found = (Chain(*values) for values in plain.where(plain.notna(), None).itertuples(index=False, name=None))
    return [chain for chain in found if (chain.proxy, chain.listener) not in away]


def _covers(ranges: str | None, address: str) -> bool:
    try:
        return any(ip_address(address) in ip_network(text, strict=False) for text in _words(ranges))
    except ValueError:
        return False


def _words(text: Any) -> list[str]:
    return [] if text is None or pd.isna(text) else [word.strip() for word in str(text).split(",")]
