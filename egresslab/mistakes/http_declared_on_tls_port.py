"""A port is declared HTTP, and the application sends TLS to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.config_views.match import fit
from egresslab.config_views.outbound import Outbound
from egresslab.frames import Config, Resources
from egresslab.mistakes.declared import Declared, declared_in_config, declared_in_resources
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.owner import owner
from egresslab.mistakes.sight import Sight, caller_of
from egresslab.mistakes.tls_signs import is_tls_port, weighs_like_tls
from egresslab.mistakes.traffic import traffic

MISTAKE = Mistake(
    severity="error",
    title="HTTP is declared on a port that carries TLS",
    explanation=(
        "The listener of such a port has a chain for plain HTTP alone. TLS does not fit it and takes the default chain, to PassthroughCluster or "
        "BlackHoleCluster: nothing that is declared for the host has any effect. The line names no host, because no TLS inspector reads the SNI."
    ),
    mend=(
        "Set the port's protocol to HTTPS or TLS if the application sends TLS. To keep HTTP, let the application send plain HTTP "
        "and let a DestinationRule begin the TLS."
    ),
    explains=("host_not_in_registry", "port_not_in_service_entry", "tcp_address_mismatch"),
)
HTTP = {"HTTP", "HTTP2", "GRPC", "GRPC-WEB", "GRPC_WEB"}
_ORIGINATES = ("SIMPLE", "MUTUAL", "ISTIO_MUTUAL")


def in_log(shapes: pd.DataFrame, config: Config | None = None, resources: Resources | None = None) -> Iterator[Finding]:
    """Find TLS that no declared host took, on ports where its host is declared HTTP."""
    found = traffic(shapes)
    plain = _Plain(found, config, resources)
    passed_by = found[(found["spoken"] != "HTTP") & found["unknown"].notna() & found["port"].notna() & found["address"].notna()]
    for (proxy, address, _, sni), rows in passed_by.groupby(["proxy", "address", "port", "host"], sort=False, observed=True, dropna=False):
        name, port = sni if isinstance(sni, str) else None, int(rows["port"].iloc[0])
        host, sure, beside = plain.at(str(proxy), str(address), port, name)
        if host and (name or _looks_like_tls(rows, port)):
            yield _finding(rows, f"{host}:{port}", str(address), found, beside=beside, sure=sure)


def _looks_like_tls(rows: pd.DataFrame, port: int) -> bool:
    return is_tls_port(port) if (rows["unknown"] == "blocked").all() else weighs_like_tls(rows, port)


def _finding(rows: pd.DataFrame, subject: str, address: str, found: pd.DataFrame, **more: Any) -> Finding:
    verb = "it is blocked" if (rows["unknown"] == "blocked").any() else "it passes by what is declared"
    of = int(found.loc[(found["subject"] == subject) | found.index.isin(rows.index), "count"].sum())
    return Finding.of_shapes(rows, subject, f"{subject} is declared HTTP, but the application sends TLS (to {address}): {verb}", of=of, **more)


class _Plain:
    """Which hosts are declared HTTP on a port: by the proxy's config, else by the YAML and by requests in its log."""

    def __init__(self, found: pd.DataFrame, config: Config | None, resources: Resources | None) -> None:
        self.config, self.resources, self.sight = config, resources, Sight(resources)
        self.outbound = Outbound(config)
        self.had = list(declared_in_config(config)) if config else []
        self.domains = _domains(config) if config else {}
        self.written = [one for one in declared_in_resources(resources) if one.protocol in HTTP] if resources else []
        self.spoke = _spoke_http(found)
        self.others: dict[tuple[str, int], list[Declared]] = {}

    def at(self, proxy: str, address: str, port: int, sni: str | None) -> tuple[str | None, bool, tuple[str, ...]]:
        """Tell which host with HTTP is meant, by the SNI or the address, and whether that is sure."""
        hosts = self._of_config(proxy, address, port, sni) if proxy in self.outbound.proxies else self._of_others(proxy, port)
        if sni:
            named = [one for one in hosts if fit(one.host, sni)]
            return (sni, True, named[0].places) if named else (None, False, ())
        host, sure = owner(address, hosts)
        return host, sure, next((one.places for one in hosts if one.host == host and one.places), ())

    def _of_config(self, proxy: str, address: str, port: int, sni: str | None) -> list[Declared]:
        chains = self.outbound.taking(proxy, address, port)
        if any(c.server_names and (sni is None or any(fit(name, sni) for name in c.server_names.split(","))) for c in chains):
            return []
        domains = {d for c in chains if c.type == "HTTP" and c.route_config for d in self.domains.get((proxy, c.route_config), ())}
        return [one for one in self.had if one.proxy == proxy and one.port == port and one.host in domains]

    def _of_others(self, proxy: str, port: int) -> list[Declared]:
        if (proxy, port) not in self.others:
            caller = caller_of(proxy, self.config, self.resources)
            written = [one for one in self.written if one.port == port and not self.sight.hidden_by(one, caller)]
            self.others[proxy, port] = [*self.spoke.get((proxy, port), []), *written]
        return self.others[proxy, port]


def _domains(config: Config) -> dict[tuple[str, str], set[str]]:
    """Give the hosts of each route configuration of each proxy."""
    found: dict[tuple[str, str], set[str]] = {}
    rows = config.virtual_hosts[["proxy", "route_config", "domain"]].dropna().astype("object")
    for proxy, route_config, domain in rows.itertuples(index=False):
        if domain != "*":
            found.setdefault((proxy, route_config), set()).add(domain.lower())
    return found


def _spoke_http(found: pd.DataFrame) -> dict[tuple[str, int], list[Declared]]:
    """Tell where requests of plain HTTP went to the declared host of the port that the application called."""
    cluster = found["upstream_cluster"].astype("str").str.extract(r"^outbound\|(\d+)\|[^|]*\|(.+)$")
    rows = found.assign(of_port=pd.to_numeric(cluster[0]).astype("Int64"), of_host=cluster[1].str.lower())
    rows = rows[((rows["spoken"] == "HTTP") & (rows["of_port"] == rows["port"])).fillna(False)]
    known: dict[tuple[str, int], list[Declared]] = {}
    for proxy, host, address, port in rows[["proxy", "of_host", "address", "port"]].drop_duplicates().astype("object").itertuples(index=False):
        known.setdefault((str(proxy), int(port)), []).append(Declared(host, int(port), "log", host, endpoints={address}))
    return known


def in_resources(resources: Resources, shapes: pd.DataFrame | None = None) -> Iterator[Finding]:
    """Find HTTP declared on a port of TLS, where nothing begins the TLS: plain requests fail there, and TLS passes by."""
    for one in declared_in_resources(resources):
        if one.kind == "ServiceEntry" and one.protocol in HTTP and _fails(resources, one):
            summary = f"{one.host}:{one.port} is declared {one.protocol}, and nothing begins TLS: plain requests meet a TLS server, TLS passes by"
            yield Finding(f"{one.host}:{one.port}", summary, severity="warning" if shapes is None else "info", places=one.places, sure=False)


def _fails(resources: Resources, one: Declared) -> bool:
    return one.port is not None and is_tls_port(one.port) and not _originated(resources, one) and not _redirected(resources, one)


def _originated(resources: Resources, one: Declared) -> bool:
    rules = resources.tls_settings
    rules = rules[rules["mode"].isin(_ORIGINATES) & (rules["port"].isna() | (rules["port"] == one.port).fillna(False))]
    return any(fit(host, one.host) for host in rules["host"].dropna())


def _redirected(resources: Resources, one: Declared) -> bool:
    """Tell whether its endpoints have another port, which need not be one of TLS."""
    rows = resources.service_entries[(resources.service_entries["host"] == one.host) & (resources.service_entries["port"] == one.port).fillna(False)]
    targets = rows["target_port"].dropna()
    return any(not is_tls_port(int(port)) for port in targets)
