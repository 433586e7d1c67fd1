"""DestinationRule: TLS, connection pools and outlier detection, at each of the levels where they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, listed, mapped, row


def destination_rules(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each level of a DestinationRule: all of it, its ports, its subsets, their ports."""
    spec = mapped(manifest.body.get("spec"))
    yield from _levels(spec.get("trafficPolicy"), "/spec/trafficPolicy", None)
    for at, subset in enumerate(listed(spec.get("subsets"))):
        yield from _levels(mapped(subset).get("trafficPolicy"), f"/spec/subsets/{at}", subset)


def _levels(policy: Any, pointer: str, subset: Any) -> Iterator[Row]:
    yield _level(policy, pointer, subset)
    ports = f"{pointer}/trafficPolicy/portLevelSettings" if subset is not None else f"{pointer}/portLevelSettings"
    for at, settings in enumerate(listed(mapped(policy).get("portLevelSettings"))):
        yield _level(settings, f"{ports}/{at}", subset)


def _level(settings: Any, pointer: str, subset: Any) -> Row:
    written = mapped(settings)
    return row(
        pointer if written or subset is not None else "", {"level": written, "subset": subset}, outlier_detection="outlierDetection" in written
    )
