"""No ServiceEntry or Service knows what the application calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.tls_signs import is_tls_port
from egresslab.mistakes.unknown_traffic import Unknown
from egresslab.mistakes.why_unknown import UNDECLARED

MISTAKE = Mistake(
    severity="warning",
    title="Nothing in the mesh knows the host",
    explanation=(
        "Envoy found no listener, chain or virtual host for it. With outboundTrafficPolicy ALLOW_ANY the traffic passes through "
        "PassthroughCluster to the address that the application chose, with nothing that Istio could add; with REGISTRY_ONLY it is blocked: "
        "a 502 of route block_all for HTTP, BlackHoleCluster for all else."
    ),
    mend="Declare the host in a ServiceEntry that the caller's namespace sees, with the port and protocol that the application uses.",
)
_DYNAMIC = "AllowAnyDynamicDNSCluster"


def in_log(unknown: list[Unknown], shapes: pd.DataFrame, config: Config | None = None, resources: Resources | None = None) -> Iterator[Finding]:
    """Find traffic that no declared host took, to a host that nothing declares."""
    named, http = _dynamic(shapes, config), _http_ports(shapes, config)
    for seen in unknown:
        if seen.because == UNDECLARED:
            on_purpose = seen.to.caller.proxy in named
            not_http = seen.to.spoken == "TCP" and (seen.to.caller.proxy, seen.to.port) in http and not is_tls_port(seen.to.port or 0)
            beside = not seen.blocked and (on_purpose or not_http or seen.lost)
            told: dict[str, Any] = {"severity": "info"} if beside else {}
            told |= {"sure": False, "severity": told.get("severity", "warning")} if resources is None else {}
            yield seen.finding(f"{_unknown(seen, resources)}: its traffic {seen.fate}", rivals=_rivals(seen, resources), **told)


def _unknown(seen: Unknown, resources: Resources | None) -> str:
    sure = resources is not None and seen.reason.sure
    return f"{seen.subject} is in no registry" if sure else f"the proxy does not know {seen.subject}"


def _rivals(seen: Unknown, resources: Resources | None) -> tuple[str, ...]:
    hidden = () if resources is not None else ("host_hidden_by_sidecar, host_hidden_by_export_to: only the YAML of Istio would tell",)
    if not seen.declared:
        nobody = "not port_not_in_service_entry, host_hidden_by_sidecar, host_hidden_by_export_to: no ServiceEntry or Service"
        return hidden or ((f"{nobody} names {seen.to.host}",) if seen.to.host else ())
    if seen.to.spoken == "TLS":
        bound = f"tcp_address_mismatch: {seen.names()} takes port {seen.to.port} of other addresses; is this one of the same host, list it there"
        return (*hidden, bound)
    meant = f"{seen.names()} has port {seen.to.port}, and the line names no host that would tell whether it was meant"
    return (*hidden, f"no_sni_on_tls_port, http_declared_on_tls_port, host_hidden_by_sidecar, host_hidden_by_export_to: {meant}")


def _dynamic(shapes: pd.DataFrame, config: Config | None) -> set[str]:
    """Name the proxies whose mesh lets unknown hosts go by their name, on purpose."""
    told = set(shapes.loc[(shapes["upstream_cluster"] == _DYNAMIC).fillna(False), "proxy"].dropna())
    return told | (set(config.clusters.loc[config.clusters["name"] == _DYNAMIC, "proxy"].dropna()) if config is not None else set())


def _http_ports(shapes: pd.DataFrame, config: Config | None) -> set[tuple[str, int]]:
    """Name the ports on which proxies speak HTTP: a connection there without a request has another fault than its host."""
    http = shapes.loc[shapes["method"].notna() & shapes["port"].notna(), ["proxy", "port"]].drop_duplicates()
    found = {(proxy, int(port)) for proxy, port in zip(http["proxy"], http["port"], strict=True)}
    if config is None:
        return found
    chains = config.filter_chains[(config.filter_chains["type"] == "HTTP").fillna(False) & config.filter_chains["address"].isin(["0.0.0.0", "::"])]
    return found | {(proxy, int(port)) for proxy, port in zip(chains["proxy"], chains["port"], strict=True) if not pd.isna(port)}
