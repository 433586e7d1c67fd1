"""VirtualService, and the routes of the Gateway API: what leads where."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from egresslab.istio.gateway_api import as_rule, parents
from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, each, listed, mapped, row

_KINDS = ("http", "tls", "tcp")
_GATEWAY_API = {"HTTPRoute": "http", "GRPCRoute": "http", "TLSRoute": "tls", "TCPRoute": "tcp"}

# Where a rule stands, what kind it is of, its position and the rule itself.
Rule = tuple[str, str | None, int | None, Any]


def virtual_services(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each host, rule, match and destination of a VirtualService."""
    spec = mapped(manifest.body.get("spec"))
    rules: list[Rule] = [(f"/spec/{kind}/{at}", kind, at, rule) for kind in _KINDS for at, rule in enumerate(listed(spec.get(kind)))]
    for (_, host), rule in product(each(spec.get("hosts")), rules or [("", None, None, None)]):
        yield from _rows(rule, host=host)


def gateway_api_routes(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each host name, rule, match and backend of a route of the Gateway API."""
    spec, kind = mapped(manifest.body.get("spec")), _GATEWAY_API[manifest.kind]
    rules: list[Rule] = [
        (f"/spec/rules/{at}", kind, at, as_rule(rule, spec.get("hostnames") if kind == "tls" else None))
        for at, rule in enumerate(listed(spec.get("rules")))
    ]
    for (_, host), rule in product(each(spec.get("hostnames")), rules or [("", None, None, None)]):
        yield from _rows(rule, host=host, gateways=parents(manifest.body))


def _rows(found: Rule, **columns: Any) -> Iterator[Row]:
    pointer, kind, at, rule = found
    for (match, matched), (_, route) in product(each(mapped(rule).get("match")), each(mapped(rule).get("route"))):
        roots = {"rule": rule, "match": matched, "route": route, "destination": mapped(route).get("destination")}
        yield row(pointer, roots, route_kind=kind, rule=at, match=match, **columns)
