"""A port is declared HTTPS or TLS, and a connection carries no SNI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import names
from egresslab.config_views.match import Chain, Outbound
from egresslab.frames import place
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import KnownHosts
from egresslab.mistakes.meant import GUESSED, Meant, asked_of, gathered, meant
from egresslab.mistakes.mistake import Finding, Mistake, listed
from egresslab.mistakes.sight import Sight
from egresslab.mistakes.traffic import Called, calls

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


def in_log(shapes: pd.DataFrame, outbound: Outbound, known: KnownHosts, sight: Sight) -> Iterator[Finding]:
    """Find connections that named no host to a port that tells hosts by their SNI."""
    expected = _Expected(shapes, outbound, known, sight)
    silent = shapes[(shapes["spoken"] == "TCP") & shapes["unknown"].notna() & shapes["port"].notna() & shapes["address"].notna()]
    spoke = ((silent["unknown"] == "blocked") | (silent["bytes_received"].fillna(0) > 0)).to_numpy("bool")
    for one, rows in gathered((expected.at(called), rows) for called, rows in calls(silent) if spoke[rows].any()):
        yield _finding(silent.iloc[rows], one, shapes)
    yield from _at_gateways(shapes)


def _finding(rows: pd.DataFrame, one: Meant, shapes: pd.DataFrame) -> Finding:
    blocked = (rows["unknown"] == "blocked").any()
    verb = "is blocked" if blocked else "passes by what is declared"
    return Finding.of_shapes(
        rows,
        one.subject,
        f"{one.subject} is told by its SNI, but a connection to {listed(rows['address'].astype('str'))} carries none and {verb}",
        severity="error" if blocked and one.sure else "warning",
        of=asked_of(shapes, one.subject, rows),
        beside=one.places,
        sure=one.sure,
        rivals=() if one.sure else GUESSED,
    )


class _Expected:
    """What a listener expects: which hosts it would know by their SNI."""

    def __init__(self, shapes: pd.DataFrame, outbound: Outbound, known: KnownHosts, sight: Sight) -> None:
        self.outbound, self.known, self.sight = outbound, known, sight
        self.called = _called_by_sni(shapes)
        self.found: dict[tuple[object, ...], list[Declared]] = {}

    def at(self, called: Called) -> Meant | None:
        """Tell whose address it is among the hosts that an SNI would have told, surely or not; None when none is expected there."""
        proxy, address, port = str(called.proxy), str(called.address), int(called.port or 0)
        hosts = self.called.get((proxy, port), [])
        if proxy not in self.outbound.proxies:
            return meant(address, port, [*hosts, *self._by_yaml(proxy, port)])
        chains = [chain for chain in self.outbound.taking(proxy, address, port) if chain.names_sni(None)]
        found = meant(address, port, [*hosts, *self._by_config(proxy, port, chains)]) if chains else None
        places = tuple(place(c.source, c.pointer) for c in chains[:1] if c.source and c.pointer)
        return found._replace(places=places or found.places) if found else None

    def _by_config(self, proxy: str, port: int, chains: list[Chain]) -> list[Declared]:
        key = (proxy, port, tuple(chain.server_names for chain in chains))
        if key not in self.found:
            had = self.known.of_proxy(proxy, port)
            self.found[key] = [one for one in had if "*" not in one.host and _by_sni(chains, one.host)]
        return self.found[key]

    def _by_yaml(self, proxy: str, port: int) -> list[Declared]:
        key = (proxy, port)
        if key not in self.found:
            self.found[key] = self._tls(proxy, port)
        return self.found[key]

    def _tls(self, proxy: str, port: int) -> list[Declared]:
        caller = self.sight.caller(proxy)
        here = [one for one in self.known.written if one.port == port and not one.addresses and "*" not in one.host]
        other = {one.host for one in here if one.protocol not in _TLS}
        return [one for one in here if one.host not in other and not self.sight.hidden_by(one, caller)]


def _by_sni(chains: list[Chain], host: str) -> bool:
    return bool(names(pd.Series([chain.server_names for chain in chains], dtype="str"), host).any())


def _called_by_sni(shapes: pd.DataFrame) -> dict[tuple[str, int], list[Declared]]:
    """Tell which hosts each proxy took by their SNI, on which port, and at which address the application called them."""
    rows = shapes[(shapes["spoken"] == "TLS") & shapes["unknown"].isna() & shapes["upstream_cluster"].notna() & shapes["port"].notna()]
    known: dict[tuple[str, int], list[Declared]] = {}
    for proxy, host, address, port in rows[["proxy", "host", "address", "port"]].drop_duplicates().astype("object").itertuples(index=False):
        known.setdefault((str(proxy), int(port)), []).append(Declared(host, int(port), "log", host, endpoints={address}))
    return known


def _at_gateways(shapes: pd.DataFrame) -> Iterator[Finding]:
    """Find what a gateway closed for want of an SNI, where the application itself chose the gateway's address."""
    closed = _has(shapes, "response_flags", "NR") & _has(shapes, "response_code_details", "filter_chain_not_found")
    refused = shapes[closed & (shapes["spoken"] == "TCP") & shapes["address"].notna()]
    direct = shapes[shapes["unknown"].notna() & (shapes["spoken"] == "TCP")]
    for subject, rows in refused.groupby("subject", sort=False):
        sent = direct[(direct["subject"] == subject) & ~direct["proxy"].isin(rows["proxy"].unique())]
        if len(sent):
            both = pd.concat([rows, sent]).sort_index()
            summary = f"{subject} is a gateway that tells hosts by their SNI: the application connects without one and is turned away"
            yield Finding.of_shapes(both, str(subject), summary, severity="error", of=int(sent["count"].sum()))


def _has(shapes: pd.DataFrame, column: str, word: str) -> pd.Series[Any]:
    return shapes[column].astype("str").str.contains(rf"\b{word}\b", na=False)
