"""Proxy status as objects: istioctl's JSON and YAML, and istiod's debug/syncz."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from egresslab.istio.printed import json_in, lines_of, mapping, mappings, said, yaml_in

Rows = list[dict[str, Any]]

_CLIENT_CONFIG = "type.googleapis.com/envoy.service.status.v3.ClientConfig"
_PROXY_BEGINS = rf"(?:\{{|-)\s*['\"]?@type['\"]?\s*:\s*['\"]?{re.escape(_CLIENT_CONFIG)}"
_YAML = re.compile(r"^(?:controlPlane|resources):", re.MULTILINE)
_ISTIOD_IN_YAML = re.compile(r"^(?=controlPlane:)", re.MULTILINE)
_SHORT = {
    "envoy.config.cluster.v3.Cluster": "CDS",
    "envoy.config.listener.v3.Listener": "LDS",
    "envoy.config.endpoint.v3.ClusterLoadAssignment": "EDS",
    "envoy.config.route.v3.RouteConfiguration": "RDS",
    "envoy.config.core.v3.TypedExtensionConfig": "ECDS",
    "envoy.extensions.transport_sockets.tls.v3.Secret": "SDS",
    "istio.mesh.v1alpha1.ProxyConfig": "PCDS",
    "istio.networking.nds.v1.NameTable": "NDS",
    "istio.security.Authorization": "WADS",
    "istio.workload.Address": "WDS",
    "istio.workload.Workload": "WDS",
}
_LEGACY = {"clusterConfig": "CDS", "listenerConfig": "LDS", "endpointConfig": "EDS", "routeConfig": "RDS", "scopedRouteConfig": "SRDS"}
_SYNCZ = {"cluster": "CDS", "listener": "LDS", "endpoint": "EDS", "route": "RDS", "extensionconfig": "ECDS"}


def is_answer(value: Any) -> bool:
    """Tell whether a JSON value is what istioctl prints for one istiod."""
    answer = mapping(value)
    return answer.get("typeUrl") == _CLIENT_CONFIG or any(r.get("@type") == _CLIENT_CONFIG for r in mappings(answer.get("resources")))


def is_syncz(value: Any) -> bool:
    """Tell whether a JSON value is istiod's debug/syncz; without proxies it is an empty array."""
    return isinstance(value, list) and all(isinstance(v, dict) and "proxy" in v for v in value)


def values_in(text: str, name: str) -> list[Any]:
    """Decode the JSON or YAML of a text; istioctl's YAML puts one istiod after the other without a mark between."""
    if begin := _YAML.search(text):
        return [yaml_in(part, name) for part in _ISTIOD_IN_YAML.split(text[begin.start() :]) if part]
    return list(json_in(text, name))


def from_answers(answers: list[dict[str, Any]], text: str) -> Rows:
    """Read istioctl's answers, one from each istiod."""
    proxies = [(proxy, answer) for answer in answers for proxy in mappings(answer.get("resources"))]
    lines = lines_of(text, _PROXY_BEGINS, len(proxies))
    return [row for (proxy, answer), line in zip(proxies, lines, strict=True) for row in _of_proxy(proxy, _istiod(answer), line)]


def _istiod(answer: dict[str, Any]) -> str | None:
    identifier = said(mapping(answer.get("controlPlane")).get("identifier"))
    try:
        return said(mapping(json.loads(identifier or "")).get("ID"))
    except (ValueError, RecursionError):
        return identifier


def _of_proxy(proxy: dict[str, Any], istiod: str | None, line: int | None) -> Rows:
    node = mapping(proxy.get("node"))
    metadata = mapping(node.get("metadata"))
    whose = {
        "proxy": said(node.get("id")),
        "cluster_id": said(metadata.get("CLUSTER_ID")),
        "istiod": istiod,
        "version": said(metadata.get("ISTIO_VERSION")),
        "line": line,
    }
    return [{**whose, **config} for config in (*_generic(proxy), *_legacy(proxy))] or [whose]


def _generic(proxy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for config in mappings(proxy.get("genericXdsConfigs")):
        yield {
            "type": _short(said(config.get("typeUrl"))),
            "status": _status(config.get("configStatus")),
            "last_updated": _time(config.get("lastUpdated")),
            "detail": said(mapping(config.get("errorState")).get("details")),
        }


def _legacy(proxy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for config in mappings(proxy.get("xdsConfig")):
        for key in _LEGACY.keys() & config.keys():
            yield {"type": _LEGACY[key], "status": _status(config.get("status"))}


def _short(url: str | None) -> str | None:
    return url and _SHORT.get(url.rpartition("/")[2], url)


def _status(status: Any) -> str:
    """Write a status as istioctl's table does: a type that a proxy does not ask for is ignored."""
    word = (said(status) or "UNKNOWN").replace("_", " ")
    return "IGNORED" if word == "UNKNOWN" else word


def _time(time: Any) -> str | None:
    """Give a time, none for Go's zero time: it was never sent."""
    text = said(time)
    return None if text is None or text.startswith("0001-") else text


def from_syncz(entries: list[dict[str, Any]], text: str) -> Rows:
    """Read istiod's debug/syncz: the nonce that was sent beside the one that the proxy acknowledged."""
    lines = lines_of(text, r"\{[^{}]*?\"proxy\"\s*:", len(entries))
    return [row for entry, line in zip(entries, lines, strict=True) for row in _of_entry(entry, line)]


def _of_entry(entry: dict[str, Any], line: int | None) -> Rows:
    version = said(entry.get("istio_version")) or said(entry.get("proxy_version"))
    whose = {"proxy": said(entry.get("proxy")), "cluster_id": said(entry.get("cluster_id")), "version": version, "line": line}
    resources = mapping(entry.get("resources"))
    if resources:
        return [{**whose, "type": _short(said(url)), **_acknowledged(mapping(state))} for url, state in resources.items()]
    known = [key for key in _SYNCZ if key != "extensionconfig" or {f"{key}_sent", f"{key}_acked"} & entry.keys()]
    return [{**whose, "type": _SYNCZ[key], **_acknowledged({s: entry.get(f"{key}_{s}") for s in ("sent", "acked")})} for key in known]


def _acknowledged(state: dict[str, Any]) -> dict[str, Any]:
    """Compare the nonces; an error that the proxy answered with stands in newer versions."""
    sent, acked, error = said(state.get("sent")), said(state.get("acked")), said(state.get("lastError"))
    if sent is None:
        return {"status": "NOT SENT"}
    told = {"last_updated": _time(state.get("sentTime"))}
    if sent == acked:
        return {"status": "SYNCED", **told}
    return {"status": "ERROR" if error else "STALE", "detail": error or (None if acked else "Never Acknowledged"), **told}
