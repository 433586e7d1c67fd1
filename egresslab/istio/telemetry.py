"""Telemetry, EnvoyFilter and the mesh's own settings: what is logged, and what is patched."""

from __future__ import annotations

from collections.abc import Iterator

from egresslab.istio.gateways import outbound_policy
from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, each, follow, listed, mapped, row


def telemetry(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each entry about access logs."""
    for at, entry in each(follow(manifest.body, ["spec", "accessLogging"])):
        yield row("" if at is None else f"/spec/accessLogging/{at}", {"entry": entry}, entry=at)


def envoy_filters(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each patch of an EnvoyFilter."""
    for at, patch in each(follow(manifest.body, ["spec", "configPatches"])):
        yield row("" if at is None else f"/spec/configPatches/{at}", {"patch": patch}, patch=at)


def mesh(manifest: Manifest) -> Iterator[Row]:
    """Give the one row of a MeshConfig."""
    config = manifest.body
    yield row("", {"mesh": config}, outbound_traffic_policy=outbound_policy(config.get("outboundTrafficPolicy")))


def extension_providers(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each provider that a MeshConfig defines."""
    for provider in map(mapped, listed(manifest.body.get("extensionProviders"))):
        kind = next((key for key in provider if key != "name"), None)
        yield row("", {"provider": provider, "body": provider.get(kind) if kind else None}, provider=kind)
