"""A port is declared HTTP, and the application sends TLS to it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.config_views.host_names import fit
from egresslab.config_views.match import Outbound
from egresslab.frames import Config, Resources
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import KnownHosts
from egresslab.mistakes.meant import GUESSED, Meant, asked_of, gathered, meant
from egresslab.mistakes.mistake import Finding, Mistake, listed
from egresslab.mistakes.sight import Sight
from egresslab.mistakes.tls_signs import TlsSigns, is_tls_port
from egresslab.mistakes.traffic import Called, calls

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
_HTTPS_PORT = 443  # other ports of TLS may well speak plain text
_ORIGINATES = ("SIMPLE", "MUTUAL", "ISTIO_MUTUAL")


def in_log(shapes: pd.DataFrame, outbound: Outbound, known: KnownHosts, sight: Sight, config: Config | None = None) -> Iterator[Finding]:
    """Find TLS that no declared host took, on ports where its host is declared HTTP."""
    plain = _Plain(shapes, outbound, known, sight, config)
    passed_by = shapes[(shapes["spoken"] != "HTTP") & shapes["unknown"].notna() & shapes["port"].notna() & shapes["address"].notna()]
    signs = TlsSigns(passed_by)
    met = ((plain.at(called), called, rows) for called, rows in calls(passed_by))
    tls = ((one, rows) for one, called, rows in met if one and (called.host or signs.look_like_tls(rows, int(called.port or 0))))
    for one, rows in gathered(tls):
        yield _finding(passed_by.iloc[rows], one, shapes)


def _finding(rows: pd.DataFrame, one: Meant, shapes: pd.DataFrame) -> Finding:
    verb = "it is blocked" if (rows["unknown"] == "blocked").any() else "it passes by what is declared"
    of = asked_of(shapes, one.subject, rows)
    summary = f"{one.subject} is declared HTTP, but the application sends TLS (to {listed(rows['address'].astype('str'))}): {verb}"
    severity, rivals = ("error", ()) if one.sure else ("warning", GUESSED)
    return Finding.of_shapes(rows, one.subject, summary, of=of, beside=one.places, sure=one.sure, severity=severity, rivals=rivals)


class _Plain:
    """Which hosts are declared HTTP on a port: by the proxy's config, else by the YAML and by requests in its log."""

    def __init__(self, shapes: pd.DataFrame, outbound: Outbound, known: KnownHosts, sight: Sight, config: Config | None) -> None:
        self.outbound, self.known, self.sight = outbound, known, sight
        self.domains = _domains(config) if config else {}
        self.spoke = _spoke_http(shapes)
        self.others: dict[tuple[str, int], list[Declared]] = {}

    def at(self, called: Called) -> Meant | None:
        """Tell which host with HTTP is meant, by the SNI or the address."""
        proxy, address, port, sni = str(called.proxy), str(called.address), int(called.port or 0), called.host
        hosts = self._of_config(proxy, address, port, sni) if proxy in self.outbound.proxies else self._of_others(proxy, port)
        if sni is None:
            return meant(address, port, hosts)
        named = [one for one in hosts if fit(one.host, sni)]
        return Meant(f"{sni}:{port}", sure=True, places=named[0].places) if named else None

    def _of_config(self, proxy: str, address: str, port: int, sni: str | None) -> list[Declared]:
        chains = self.outbound.taking(proxy, address, port)
        if any(chain.names_sni(sni) for chain in chains):
            return []
        domains = {d for c in chains if c.type == "HTTP" and c.route_config for d in self.domains.get((proxy, c.route_config), ())}
        return [one for one in self.known.of_proxy(proxy, port) if one.host in domains]

    def _of_others(self, proxy: str, port: int) -> list[Declared]:
        if (proxy, port) not in self.others:
            caller = self.sight.caller(proxy)
            written = [one for one in self.known.written if one.port == port and one.protocol in HTTP and not self.sight.hidden_by(one, caller)]
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


def _spoke_http(shapes: pd.DataFrame) -> dict[tuple[str, int], list[Declared]]:
    """Tell where requests of plain HTTP went to the declared host of the port that the application called."""
    cluster = shapes["upstream_cluster"].astype("str").str.extract(r"^outbound\|(\d+)\|[^|]*\|(.+)$")
    rows = shapes.assign(of_port=pd.to_numeric(cluster[0]).astype("Int64"), of_host=cluster[1].str.lower())
    rows = rows[((rows["spoken"] == "HTTP") & (rows["of_port"] == rows["port"])).fillna(False)]
    known: dict[tuple[str, int], list[Declared]] = {}
    for proxy, host, address, port in rows[["proxy", "of_host", "address", "port"]].drop_duplicates().astype("object").itertuples(index=False):
        known.setdefault((str(proxy), int(port)), []).append(Declared(host, int(port), "log", host, endpoints={address}))
    return known


def in_resources(resources: Resources, known: KnownHosts, shapes: pd.DataFrame | None = None) -> Iterator[Finding]:
    """Find HTTP declared on a port of TLS, where nothing begins the TLS: plain requests fail there, and TLS passes by."""
    for one in known.written:
        if one.kind == "ServiceEntry" and one.protocol in HTTP and _fails(resources, one):
            summary = f"{one.host}:{one.port} is declared {one.protocol}, and nothing begins TLS: plain requests meet a TLS server, TLS passes by"
            yield Finding(f"{one.host}:{one.port}", summary, severity="warning" if shapes is None else "info", places=one.places, sure=False)


def _fails(resources: Resources, one: Declared) -> bool:
    return one.port == _HTTPS_PORT and not _originated(resources, one) and not _redirected(resources, one)


def _originated(resources: Resources, one: Declared) -> bool:
    rules = resources.tls_settings
    rules = rules[rules["mode"].isin(_ORIGINATES) & (rules["port"].isna() | (rules["port"] == one.port).fillna(False))]
    return any(fit(host, one.host) for host in rules["host"].dropna())


def _redirected(resources: Resources, one: Declared) -> bool:
    """Tell whether its endpoints have another port, which need not be one of TLS."""
    rows = resources.service_entries[(resources.service_entries["host"] == one.host) & (resources.service_entries["port"] == one.port).fillna(False)]
    targets = rows["target_port"].dropna()
    return any(not is_tls_port(int(port)) for port in targets)
