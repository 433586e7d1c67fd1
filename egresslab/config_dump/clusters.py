"""Clusters to rows."""

from __future__ import annotations

from typing import Any

from egresslab.config_dump.endpoints import add_load_assignment
from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import comma_text, walk
from egresslab.config_dump.taken import Taken, owner
from egresslab.config_dump.tls import tls_columns, tls_context

_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_SPOKEN = {
    "http_protocol_options": "http1",
    "http2_protocol_options": "http2",
    "http3_protocol_options": "http3",
}


def add_cluster(part: Part, cluster: dict[str, Any], taken: Taken) -> None:
    """Add one cluster, and its endpoints where the dump lists them nowhere else."""
    options = walk(cluster, ["typed_extension_protocol_options", _OPTIONS]) or {}
    context, automatic = _upstream_tls(cluster)
    computed = tls_columns(context)
    if automatic:
        computed["tls_mode"] = "AUTO"
    roots = {"": cluster, "tls": context, "options": options, "breaker": _breaker(cluster)}
    part.add("clusters", roots, **computed, **_name_parts(cluster.get("name")), **_rest(cluster, options), resource=owner(cluster), **taken.columns)
    if isinstance(assignment := cluster.get("load_assignment"), dict):
        add_load_assignment(part, assignment, taken.within("load_assignment"), origin="cluster", cluster=cluster.get("name"))


def _rest(cluster: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    matches = cluster.get("transport_socket_matches") or []
    return {
        "type": walk(cluster, ["cluster_type", "name"]) or cluster.get("type", "STATIC"),
        "services": comma_text(_services(cluster)),
        "transport_socket_matches": ",".join(str(m.get("name", "")) for m in matches if isinstance(m, dict)) or None,
        "http_protocol": _http_protocol(cluster, options),
        "outlier_detection": "outlier_detection" in cluster,
    }


def _name_parts(name: Any) -> dict[str, Any]:
    parts = name.split("|", 3) if isinstance(name, str) else []
    if len(parts) < 4:
        return {}
    direction, port, subset, host = parts
    return {"direction": direction, "port": int(port) if port.isdecimal() else None, "subset": subset or None, "host": host or None}


def _upstream_tls(cluster: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    """Give the TLS context, and whether an endpoint's label decides if it is used (Istio's automatic mutual TLS)."""
    if context := tls_context(cluster.get("transport_socket")):
        return context, False
    for match in cluster.get("transport_socket_matches") or []:
        if context := tls_context(walk(match, ["transport_socket"])):
            return context, True
    return None, False


def _breaker(cluster: dict[str, Any]) -> dict[str, Any]:
    thresholds = walk(cluster, ["circuit_breakers", "thresholds"]) or []
    return next((t for t in thresholds if isinstance(t, dict) and t.get("priority", "DEFAULT") == "DEFAULT"), {})


def _services(cluster: dict[str, Any]) -> list[str]:
    found = walk(cluster, ["metadata", "filter_metadata", "istio", "services"]) or []
    return [f"{s.get('namespace', '')}/{s.get('host', '')}" for s in found if isinstance(s, dict)]


def _http_protocol(cluster: dict[str, Any], options: dict[str, Any]) -> str | None:
    if "use_downstream_protocol_config" in options:
        return "client's"
    if "auto_config" in options:
        return "auto"
    explicit = options.get("explicit_http_config") or cluster
    return next((word for key, word in _SPOKEN.items() if key in explicit), None)
