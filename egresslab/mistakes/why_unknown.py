"""Why no declared host took a destination: undeclared, another port or address, or hidden from the caller."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import KnownHosts, is_address
from egresslab.mistakes.sight import EXPORT_TO, SIDECAR, Caller, Sight

UNDECLARED, PORT, ADDRESS, DECLARED = "undeclared", "port", "address", "declared"
_HTTP = {"HTTP", "HTTP2", "GRPC", "GRPC-WEB"}
_TLS = {"HTTPS", "TLS"}
_ALLOCATED = "240.240."  # what Istio gives to hosts without addresses: such a name is known


class Destination(NamedTuple):
    """What a caller asked for; ``asked_port`` is the port that the Host header means."""

    host: str | None
    address: str
    port: int | None
    spoken: str
    asked_port: int | None
    caller: Caller


class Reason(NamedTuple):
    """Why it is unknown: undeclared, port, address, export_to, sidecar, or declared when it is none of these; and what shows it."""

    because: str
    declared: tuple[Declared, ...] = ()
    sure: bool = True


class WhyUnknown:
    """Asks who declares the host or the address, with this port, in this protocol, and whether the caller sees it."""

    def __init__(self, shapes: pd.DataFrame, known: KnownHosts, sight: Sight, config: Config | None, resources: Resources | None) -> None:
        self.known, self.sight = known, sight
        self.refused = set(config.rejected["proxy"].dropna()) if config is not None else set()
        self.pods = set(resources.workloads["address"].dropna()) if resources is not None else set()
        connects = shapes[(shapes["method"] == "CONNECT").fillna(False)]
        self.forward_proxies = set(zip(connects["address"], connects["port"], strict=True))

    def of(self, to: Destination) -> Reason:
        """Tell the reason for one destination."""
        if to.host is not None and not is_address(to.host):
            if known := self.known.named(to.host):
                return self._declared(known, to)
            return Reason(DECLARED) if self._is_forward_proxy(to) else Reason(UNDECLARED, tuple(self._bound(to)) if to.spoken == "TLS" else ())
        if known := self.known.at(to.address):
            return self._declared(known, to)
        if to.address in self.pods or to.address.startswith(_ALLOCATED):
            return Reason(DECLARED)
        return Reason(UNDECLARED) if to.spoken == "HTTP" else self._nameless(to)

    def _is_forward_proxy(self, to: Destination) -> bool:
        """Tell whether a declared host is used as a proxy: a request asks for another port than it went to, or others CONNECT there."""
        proxied = to.asked_port != to.port and any(one.port == to.port for one in self.known.leads_to(to.address))
        return to.spoken == "HTTP" and (proxied or (to.address, to.port) in self.forward_proxies)

    def _declared(self, known: list[Declared], to: Destination) -> Reason:
        """Judge a destination that something declares."""
        on_port = [one for one in known if one.port in (to.port, None)]
        if seen := self._seen(on_port, to.caller):
            return self._seen_on_port(seen, to)
        others = self._seen(known, to.caller)
        hidden = [(one, why) for one in on_port if one.proxy is None and (why := self.sight.hidden_by(one, to.caller))]
        if hidden and on_port:
            why = SIDECAR if any(why == SIDECAR for _, why in hidden) else EXPORT_TO
            return Reason(why, tuple(one for one, other in hidden if other == why), self.sight.is_sure(to.caller))
        return self._elsewhere(on_port, to.caller) if on_port else Reason(PORT, tuple(others or known))

    def _seen_on_port(self, seen: list[Declared], to: Destination) -> Reason:
        """Judge what the caller sees on this port: the address or the scheme may be another."""
        bound = [one for one in seen if one.addresses and one.protocol not in _HTTP and not one.is_mesh_service]
        listed = any(one is other for one in self.known.at(to.address) for other in seen)
        if bound and len(bound) == len(seen) and to.address and not listed:
            return Reason(ADDRESS, tuple(bound))
        if to.spoken == "HTTP" and all(one.protocol in _TLS for one in seen):
            return Reason(PORT, tuple(seen))
        return Reason(DECLARED, tuple(seen))

    def _elsewhere(self, others: list[Declared], caller: Caller) -> Reason:
        """Judge what only other proxies have: one abroad has what is exported to it, so it is the caller's Sidecar that hides it."""
        if caller.proxy in self.refused or not caller.proxy:
            return Reason(DECLARED, tuple(others), sure=False)
        abroad = tuple(one for one in others if one.namespace is not None and not str(one.proxy).endswith(f".{one.namespace}"))
        return Reason(SIDECAR, abroad, sure=False) if abroad else Reason(EXPORT_TO, tuple(others), sure=False)

    def _nameless(self, to: Destination) -> Reason:
        """Judge a connection of which only the address is known, that no listener is bound to."""
        bound = self._bound(to)
        if exact := tuple(one for one in bound if to.address in one.endpoints):
            return Reason(ADDRESS, exact)
        if leads := self.known.leads_to(to.address):
            return self._declared(leads, to._replace(address="", spoken="TCP"))._replace(sure=False)
        if bound:
            return Reason(ADDRESS, tuple(bound), sure=False)
        opened = [one for one in self.known.on_port(to.port) if one.protocol in _HTTP or not one.addresses]
        if any(one.kind == "ServiceEntry" and one.protocol not in _HTTP | _TLS for one in self._seen(opened, to.caller)):
            return Reason(DECLARED, tuple(opened), sure=False)  # it takes any address, so the proxy has not got it
        return Reason(UNDECLARED, tuple(opened), bool(to.address) and not opened)

    def _bound(self, to: Destination) -> list[Declared]:
        """Give what takes this port for certain addresses only."""
        seen = self._seen(self.known.on_port(to.port), to.caller)
        return [one for one in seen if one.addresses and one.protocol not in _HTTP and not one.is_mesh_service]

    def _seen(self, known: list[Declared], caller: Caller) -> list[Declared]:
        return [one for one in known if (one.proxy == caller.proxy if one.proxy else not self.sight.hidden_by(one, caller))]
