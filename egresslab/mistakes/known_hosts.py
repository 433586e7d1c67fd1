"""All that is declared, found by name, by address and by port."""

from __future__ import annotations

from collections import defaultdict
from ipaddress import ip_address, ip_network

import pandas as pd

from egresslab.config_views.host_names import fit
from egresslab.frames import Config, Resources
from egresslab.mistakes.declared import Declared, declared_in_config, declared_in_log, declared_in_resources


class KnownHosts:
    """What resources (``written``), proxies (``configured``) and the log know."""

    def __init__(self, shapes: pd.DataFrame | None = None, config: Config | None = None, resources: Resources | None = None) -> None:
        configured = set(config.clusters["proxy"].dropna()) if config is not None else set()
        self.written = list(declared_in_resources(resources)) if resources is not None else []
        self.configured = list(declared_in_config(config)) if config is not None else []
        self._names, self._wildcards = defaultdict[str, list[Declared]](list), list[Declared]()
        self._bound, self._ranges = defaultdict[str, list[Declared]](list), list[tuple[str, Declared]]()
        self._leads, self._ports = defaultdict[str, list[Declared]](list), defaultdict[int | None, list[Declared]](list)
        for one in (*self.written, *self.configured, *(declared_in_log(shapes, configured) if shapes is not None else ())):
            self._add(one)
        if shapes is not None:
            self._add_called(shapes)

    def named(self, host: str) -> list[Declared]:
        """Give what is declared for a host, also by a wildcard; ``*`` names nobody."""
        return [*self._names.get(host, ()), *(one for one in self._wildcards if fit(one.host, host) is not None)]

    def at(self, address: str) -> list[Declared]:
        """Give what is declared for an address, also by a range of addresses."""
        return [*self._bound.get(address, ()), *(one for text, one in self._ranges if _within(address, text))]

    def leads_to(self, address: str) -> list[Declared]:
        """Give what leads to an address: its endpoints, or what was called by name at this address."""
        return list(self._leads.get(address, ()))

    def on_port(self, port: int | None) -> list[Declared]:
        """Give what is declared for a port."""
        return self._ports.get(port, [])

    def of_proxy(self, proxy: str, port: int) -> list[Declared]:
        """Give what a proxy has for a port, by its config."""
        return [one for one in self._ports.get(port, ()) if one.proxy == proxy]

    def _add(self, one: Declared) -> None:
        for name in (one.host, *one.aliases):
            if "*" not in name:
                self._names[name].append(one)
            elif name != "*":
                self._wildcards.append(one)
        for address in one.addresses:
            self._bound[address].append(one) if "/" not in address else self._ranges.append((address, one))
        for address in one.endpoints:
            self._leads[address].append(one)
        self._ports[one.port].append(one)

    def _add_called(self, shapes: pd.DataFrame) -> None:
        """Learn from calls by name which addresses the declared hosts have."""
        called = shapes.loc[shapes["host"].notna() & shapes["address"].notna(), ["host", "address"]].drop_duplicates()
        for host, address in called.itertuples(index=False):
            if not is_address(host):
                known = self._leads[address]
                known += [one for one in self.named(host) if not any(one is other for other in known)]


def is_address(host: str) -> bool:
    """Tell whether a host is written as an address."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _within(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False
