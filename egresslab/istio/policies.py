"""AuthorizationPolicy, PeerAuthentication and RequestAuthentication: who may call what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, each, follow, listed, mapped, row

# Our column: Istio's field, and the one that negates it.
_SOURCE = {
    "principals": ("principals", "notPrincipals"),
    "request_principals": ("requestPrincipals", "notRequestPrincipals"),
    "namespaces": ("namespaces", "notNamespaces"),
    "service_accounts": ("serviceAccounts", "notServiceAccounts"),
    "ip_blocks": ("ipBlocks", "notIpBlocks"),
    "remote_ip_blocks": ("remoteIpBlocks", "notRemoteIpBlocks"),
}
_OPERATION = {
    "hosts": ("hosts", "notHosts"),
    "ports": ("ports", "notPorts"),
    "methods": ("methods", "notMethods"),
    "paths": ("paths", "notPaths"),
}


def authorization_policies(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each rule of an AuthorizationPolicy."""
    for at, rule in each(follow(manifest.body, ["spec", "rules"])):
        callers, called = follow(rule, ["from", "*", "source"]), follow(rule, ["to", "*", "operation"])
        columns = {**_sets(callers, _SOURCE), **_sets(called, _OPERATION)}
        yield row("" if at is None else f"/spec/rules/{at}", {"rule": rule}, rule=at, **columns)


def _sets(found: Any, fields: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    parts = [mapped(part) for part in listed(found)]
    return {
        column: [str(v) for part in parts for v in listed(part.get(field))] + [f"!{v}" for part in parts for v in listed(part.get(negated))]
        for column, (field, negated) in fields.items()
    }


def authentications(manifest: Manifest) -> Iterator[Row]:
    """Give the one row of a PeerAuthentication or RequestAuthentication."""
    ports = mapped(follow(manifest.body, ["spec", "portLevelMtls"]))
    yield row("", {}, port_mtls_modes={port: mapped(said).get("mode") for port, said in ports.items()})
