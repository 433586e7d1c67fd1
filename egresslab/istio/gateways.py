"""Gateway and Sidecar: what a gateway opens, and what a sidecar is told of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from egresslab.istio.gateway_api import as_server
from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, each, follow, mapped, row


def gateways(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each server and host of Istio's Gateway."""
    for at, server in each(follow(manifest.body, ["spec", "servers"])):
        yield from _server(server, "" if at is None else f"/spec/servers/{at}")


def gateway_api_gateways(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each listener of a Gateway of the Gateway API."""
    for at, listener in each(follow(manifest.body, ["spec", "listeners"])):
        yield from _server(as_server(listener), "" if at is None else f"/spec/listeners/{at}")


def _server(server: Any, pointer: str) -> Iterator[Row]:
    for _, written in each(mapped(server).get("hosts")):
        namespace, host = _split(written)
        yield row(pointer, {"server": server}, host=host, host_namespace=namespace)


def _split(written: Any) -> tuple[str | None, str | None]:
    """Take ``namespace/host`` apart; a host alone is of any namespace."""
    if written is None:
        return None, None
    namespace, slash, host = str(written).partition("/")
    return (namespace, host) if slash else (None, namespace)


def sidecars(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each egress host of a Sidecar."""
    policy = outbound_policy(follow(manifest.body, ["spec", "outboundTrafficPolicy"]))
    for at, egress in each(follow(manifest.body, ["spec", "egress"])):
        for number, written in each(mapped(egress).get("hosts")):
            namespace, host = _split(written)
            excluded = None if written is None else str(written).startswith("~")
            columns = {"host": host, "host_namespace": _taken_away(namespace), "excluded": excluded, "listener": at}
            pointer = "" if at is None else f"/spec/egress/{at}" + ("" if number is None else f"/hosts/{number}")
            yield row(pointer, {"egress": egress}, **columns, outbound_traffic_policy=policy)


def _taken_away(namespace: str | None) -> str | None:
    return namespace[1:] or "~" if namespace and namespace.startswith("~") else namespace


def outbound_policy(said: Any) -> Any:
    """Give the mode of an outboundTrafficPolicy; REGISTRY_ONLY is the first of the enum, so JSON leaves it out."""
    return said.get("mode") or "REGISTRY_ONLY" if isinstance(said, dict) else None
