"""Routes and gateways of the Kubernetes Gateway API, in the form that Istio's own kinds have."""

from __future__ import annotations

from typing import Any

from egresslab.istio.rows import follow, listed, mapped

_COMPARED = {"Exact": "exact", "PathPrefix": "prefix", "RegularExpression": "regex"}
_TERMINATE_MODE = "gateway.istio.io/tls-terminate-mode"


def parents(body: dict[str, Any]) -> list[str]:
    """Name what a route is bound to: gateways by ``namespace/name``, others with their kind before it."""
    own = follow(body, ["metadata", "namespace"])
    return [_reference(ref, own) for ref in map(mapped, listed(follow(body, ["spec", "parentRefs"])))]


def _reference(ref: dict[str, Any], own: Any) -> str:
    namespace = ref.get("namespace") or own
    name = f"{namespace}/{ref.get('name')}" if namespace else str(ref.get("name"))
    return name if ref.get("kind", "Gateway") == "Gateway" else f"{ref['kind']} {name}"


def as_rule(rule: Any, sni: Any = None) -> dict[str, Any]:
    """Write a rule of a route as a rule of a VirtualService; a TLSRoute compares its host names with the SNI."""
    said = mapped(rule)
    filters = {str(f.get("type")): f for f in map(mapped, listed(said.get("filters")))}
    rewrite, redirect = follow(filters, ["URLRewrite", "urlRewrite"]), follow(filters, ["RequestRedirect", "requestRedirect"])
    return {
        "name": said.get("name"),
        "match": [_match(m) for m in map(mapped, listed(said.get("matches")))] or ([{"sniHosts": sni}] if sni else []),
        "route": [_destination(ref) for ref in map(mapped, listed(said.get("backendRefs")))],
        "timeout": follow(said, ["timeouts", "request"]),
        "retries": {"attempts": follow(said, ["retry", "attempts"]), "perTryTimeout": follow(said, ["timeouts", "backendRequest"])},
        "rewrite": {"authority": follow(rewrite, ["hostname"]), "uri": _path(follow(rewrite, ["path"]))},
        "redirect": {**mapped(redirect), "path": _path(follow(redirect, ["path"]))} if redirect else None,
        "mirror": {"host": follow(filters, ["RequestMirror", "requestMirror", "backendRef", "name"])},
        "headers": {"request": {"set": _headers_set(filters)}},
    }


def _match(match: dict[str, Any]) -> dict[str, Any]:
    method = match.get("method")
    grpc = mapped(method)
    return {
        "uri": _compared(match.get("path"), "PathPrefix") or ({"exact": f"/{grpc.get('service', '*')}/{grpc.get('method', '*')}"} if grpc else None),
        "method": {"exact": method} if isinstance(method, str) else None,
        "headers": {str(h.get("name")): _compared(h, "Exact") for h in map(mapped, listed(match.get("headers")))},
        "queryParams": {str(q.get("name")): _compared(q, "Exact") for q in map(mapped, listed(match.get("queryParams")))},
    }


def _compared(said: Any, default: str) -> dict[str, Any] | None:
    match = mapped(said)
    kind = str(match.get("type", default))
    return {_COMPARED.get(kind, kind): match.get("value")} if match else None


def _destination(ref: dict[str, Any]) -> dict[str, Any]:
    place = {"host": ref.get("name"), "kind": ref.get("kind", "Service"), "namespace": ref.get("namespace"), "port": {"number": ref.get("port")}}
    return {"destination": place, "weight": ref.get("weight")}


def _path(said: Any) -> Any:
    path = mapped(said)
    return path.get("replaceFullPath") or path.get("replacePrefixMatch")


def _headers_set(filters: dict[str, Any]) -> dict[str, Any]:
    found = listed(follow(filters, ["RequestHeaderModifier", "requestHeaderModifier", "set"]))
    return {str(h.get("name")): h.get("value") for h in map(mapped, found)}


def as_server(listener: Any) -> dict[str, Any]:
    """Write a listener of a Gateway of the Gateway API as a server of Istio's Gateway."""
    said = mapped(listener)
    tls = mapped(said.get("tls"))
    mode = follow(tls, ["options", _TERMINATE_MODE]) or tls.get("mode") or ("Terminate" if tls else None)
    return {
        "port": {"number": said.get("port"), "name": said.get("name"), "protocol": said.get("protocol")},
        "hosts": listed(said.get("hostname")),
        "tls": {"mode": mode, "credentialName": follow(tls, ["certificateRefs", "*", "name"])},
    }
