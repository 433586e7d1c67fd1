"""What istioctl prints for matches and destinations, so that its tables can be made from the frames.

Described and checked against istioctl itself in ``shared/peer/istioctl-tables.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from egresslab.config_dump.addresses import ranges
from egresslab.config_dump.rows import walk

HTTP, TCP = "envoy.filters.network.http_connection_manager", "envoy.filters.network.tcp_proxy"
PROTOCOLS = {
    ("http/1.0", "http/1.1", "h2c"): "HTTP",
    ("http/1.0", "http/1.1", "h2c", "istio-http/1.0", "istio-http/1.1", "istio-h2"): "HTTP TLS",
    ("istio", "istio-http/1.0", "istio-http/1.1", "istio-h2"): "Istio HTTP Plain",
    ("istio-peer-exchange", "istio"): "TCP TLS",
}


def chain_match(match: dict[str, Any]) -> str:
    """Write a filter chain match as its column MATCH."""
    names, protocols = match.get("server_names") or [], match.get("application_protocols") or []
    parts = [f"SNI: {','.join(names)}"] if names else []
    parts += [f"Trans: {match['transport_protocol']}"] if match.get("transport_protocol") else []
    parts += [f"App: {PROTOCOLS.get(tuple(protocols)) or ','.join(protocols)}"] if protocols else []
    port = f":{match['destination_port']}" if match.get("destination_port") else ""
    if found := ranges(match.get("prefix_ranges")):
        parts.append(f"Addr: {','.join(found)}{port}")
    elif port:
        parts.append(f"Addr: *{port}")
    return "; ".join(parts) or "ALL"


@dataclass(frozen=True, slots=True)
class Found:
    """What istioctl finds in a filter chain: its column DESTINATION, and whether there is HTTP or TCP in it."""

    destination: str
    http: bool
    tcp: bool


def found_in(chain: dict[str, Any]) -> Found:
    """Look at a filter chain as istioctl does: the first filter that it knows decides."""
    destination, http, tcp = None, False, False
    for one in chain.get("filters") or []:
        name, config = one.get("name"), one.get("typed_config") or {}
        if name == HTTP:
            http = True
            destination = destination or _http_destination(config)
        elif name == TCP and b"BlackHoleCluster" not in orjson.dumps(config):  # one that has it anywhere is no TCP proxy to istioctl
            tcp = True
            destination = destination or _cluster_words(config.get("cluster") or "")
    return Found(destination or "Non-HTTP/Non-TCP", http, tcp)


def single_cluster(config: dict[str, Any]) -> str | None:
    """Name the cluster of a TCP proxy; several with their weights as comma text."""
    if config.get("cluster"):
        return str(config["cluster"])
    several = walk(config, ["weighted_clusters", "clusters"]) or []
    return ",".join(f"{c.get('name', '')}={c.get('weight', 0)}" for c in several) or None


def _cluster_words(name: str) -> str:
    return name if "Cluster" in name else f"Cluster: {name}"


def _http_destination(config: dict[str, Any]) -> str:
    if isinstance(routes := config.get("route_config"), dict):
        return _inline(routes.get("virtual_hosts") or [])
    name = walk(config, ["rds", "route_config_name"])
    return "HTTP" if config.get("rds") is None else f"Route: {name or ''}"


def _inline(hosts: list[dict[str, Any]]) -> str:
    if len(hosts) == 1 and hosts[0].get("domains") == ["*"] and len(routes := hosts[0].get("routes") or []) == 1:
        cluster = walk(routes[0], ["route", "cluster"])
        if cluster and walk(routes[0], ["match", "prefix"]) == "/":
            return _cluster_words(cluster)
    return f"Inline Route: {'; '.join(map(_inline_host, hosts))}"


def _inline_host(host: dict[str, Any]) -> str:
    domains = "/".join(host.get("domains") or [])
    matches = ", ".join(route_match(r.get("match") or {}) for r in host.get("routes") or [])
    return matches if domains == "*" else f"{domains} {matches}"


def route_match(match: dict[str, Any]) -> str:
    """Write a route match as its column MATCH."""
    parts = [f"{match['prefix']}*"] if match.get("prefix") else []
    parts += [f"PathPrefix:{match['path_separated_prefix']}"] if match.get("path_separated_prefix") else []
    parts += [match["path"]] if match.get("path") else []
    regex = walk(match, ["safe_regex", "regex"])
    parts += [f"regex {regex}"] if regex else []
    return " ".join(parts)
