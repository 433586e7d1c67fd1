"""A port is declared HTTPS or TLS, and a connection carries no SNI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.config_views.match import names
from egresslab.config_views.outbound import Chain, Outbound
from egresslab.frames import Config, Resources, place
from egresslab.mistakes.declared import Declared, declared_in_config, declared_in_resources
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.owner import owner
from egresslab.mistakes.sight import Sight, caller_of
from egresslab.mistakes.tls_signs import sent_bytes
from egresslab.mistakes.traffic import traffic

MISTAKE = Mistake(
    severity="error",
    title="A connection without SNI to a port that is declared HTTPS or TLS",
    explanation=(
        "For such a port Envoy knows the host by the SNI of the ClientHello alone. Plain HTTP has none, and some TLS clients send none: no chain "
        "fits, and the connection takes the listener's default one, to PassthroughCluster or BlackHoleCluster, without any sign of the host. "
        "A gateway has no default chain and closes it: NR filter_chain_not_found."
    ),
    mend=(
        "Let the application speak TLS with SNI to this port. If it speaks plain HTTP, declare an HTTP port for it "
        "(and TLS origination in a DestinationRule, where the server wants TLS)."
    ),
    explains=("host_not_in_registry", "port_not_in_service_entry", "tcp_address_mismatch"),
)
_TLS = {"HTTPS", "TLS"}
_Sight = tuple[str | None, bool, tuple[str, ...]]


def in_log(shapes: pd.DataFrame, config: Config | None = None, resources: Resources | None = None) -> Iterator[Finding]:
    """Find connections that named no host to a port that tells hosts by their SNI."""
    found = traffic(shapes)
    expected = _Expected(found, config, resources)
    silent = found[(found["spoken"] == "TCP") & found["unknown"].notna() & found["port"].notna() & found["address"].notna()]
    for (proxy, address, _), rows in silent.groupby(["proxy", "address", "port"], sort=False, observed=True):
        blocked = (rows["unknown"] == "blocked").any()
        seen = expected.at(str(proxy), str(address), int(rows["port"].iloc[0])) if blocked or sent_bytes(rows) else None
        if seen:
            yield _finding(rows, seen, "blocked" if blocked else "passed", found)
    yield from _at_gateways(found)


def _finding(rows: pd.DataFrame, seen: _Sight, outcome: str, found: pd.DataFrame) -> Finding:
    host, sure, places = seen
    address, port = rows["address"].iloc[0], rows["port"].iloc[0]
    subject = f"{host or address}:{port}"
    verb = "is blocked" if outcome == "blocked" else "passes by what is declared"
    return Finding.of_shapes(
        rows,
        subject,
        f"{subject} is told by its SNI, but a connection to {address} carries none and {verb}",
        severity="error" if outcome == "blocked" and sure else "warning",
        of=int(found.loc[(found["subject"] == subject) | found.index.isin(rows.index), "count"].sum()),
        beside=places,
        sure=sure,
    )


class _Expected:
    """What a listener expects: which hosts it would know by their SNI."""

    def __init__(self, found: pd.DataFrame, config: Config | None, resources: Resources | None) -> None:
        self.config, self.resources, self.sight = config, resources, Sight(resources)
        self.outbound = Outbound(config)
        self.had = [one for one in declared_in_config(config) if "*" not in one.host] if config else []
        self.written = list(declared_in_resources(resources)) if resources else []
        self.called = _called_by_sni(found)
        self.found: dict[tuple[object, ...], list[Declared]] = {}

    def at(self, proxy: str, address: str, port: int) -> _Sight | None:
        """Tell whose address it is among the hosts that an SNI would have told, surely or not; None when none is expected there."""
        called = self.called.get((proxy, port), [])
        if proxy in self.outbound.proxies:
            chains = [chain for chain in self.outbound.taking(proxy, address, port) if chain.server_names]
            hosts = self._by_config(proxy, port, chains)
            places = tuple(place(c.source, c.pointer) for c in chains[:1] if c.source and c.pointer)
            return self._owned(address, [*called, *hosts], places) if chains else None
        return self._owned(address, [*called, *self._by_yaml(proxy, port)], ())

    def _owned(self, address: str, hosts: list[Declared], places: tuple[str, ...]) -> _Sight | None:
        host, sure = owner(address, hosts)
        beside = places or next((one.places for one in hosts if one.host == host and one.places), ())
        return (host, sure, beside) if host else None

    def _by_config(self, proxy: str, port: int, chains: list[Chain]) -> list[Declared]:
        key = (proxy, port, tuple(chain.server_names for chain in chains))
        if key not in self.found:
            self.found[key] = [one for one in self.had if one.proxy == proxy and one.port == port and _by_sni(chains, one.host)]
        return self.found[key]

    def _by_yaml(self, proxy: str, port: int) -> list[Declared]:
        key = (proxy, port)
        if key not in self.found:
            self.found[key] = self._tls(proxy, port)
        return self.found[key]

    def _tls(self, proxy: str, port: int) -> list[Declared]:
        caller = caller_of(proxy, self.config, self.resources)
        here = [one for one in self.written if one.port == port and not one.addresses and "*" not in one.host]
        other = {one.host for one in here if one.protocol not in _TLS}
        return [one for one in here if one.host not in other and not self.sight.hidden_by(one, caller)]


def _by_sni(chains: list[Chain], host: str) -> bool:
    return bool(names(pd.Series([chain.server_names for chain in chains], dtype="str"), host).any())


def _called_by_sni(found: pd.DataFrame) -> dict[tuple[str, int], list[Declared]]:
    """Tell which hosts each proxy took by their SNI, on which port, and at which address the application called them."""
    rows = found[(found["spoken"] == "TLS") & found["unknown"].isna() & found["upstream_cluster"].notna() & found["port"].notna()]
    known: dict[tuple[str, int], list[Declared]] = {}
    for proxy, host, address, port in rows[["proxy", "host", "address", "port"]].drop_duplicates().astype("object").itertuples(index=False):
        known.setdefault((str(proxy), int(port)), []).append(Declared(host, int(port), "log", host, endpoints={address}))
    return known


def _at_gateways(found: pd.DataFrame) -> Iterator[Finding]:
    """Find what a gateway closed for want of an SNI, where the application itself chose the gateway's address."""
    closed = _has(found, "response_flags", "NR") & _has(found, "response_code_details", "filter_chain_not_found")
    refused = found[closed & (found["spoken"] == "TCP") & found["address"].notna()]
    direct = found[found["unknown"].notna() & (found["spoken"] == "TCP")]
    for subject, rows in refused.groupby("subject", sort=False):
        sent = direct[(direct["subject"] == subject) & ~direct["proxy"].isin(rows["proxy"].unique())]
        if len(sent):
            both = pd.concat([rows, sent]).sort_index()
            summary = f"{subject} is a gateway that tells hosts by their SNI: the application connects without one and is turned away"
            yield Finding.of_shapes(both, str(subject), summary, severity="error", of=int(sent["count"].sum()))


def _has(found: pd.DataFrame, column: str, word: str) -> pd.Series[Any]:
    return found[column].astype("str").str.contains(rf"\b{word}\b", na=False)
