"""The bootstrap to a row: who the proxy is."""

from __future__ import annotations

from typing import Any

from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import walk
from egresslab.config_dump.taken import Taken
from egresslab.frames.cells import time


def add_bootstrap(part: Part, found: dict[str, Any], taken: Taken) -> None:
    """Add the bootstrap, and name the proxy by its node id."""
    node = walk(found, ["bootstrap", "node"]) or {}
    words = str(node.get("id", "")).split("~")
    kind, address, name = words[:3] if len(words) >= 3 else (None, None, None)
    part.node = name or part.node
    part.add(
        "bootstrap",
        {"": found},
        node_type=kind,
        address=address,
        envoy_version=_envoy_version(node.get("user_agent_build_version")),
        static_clusters=len(walk(found, ["bootstrap", "static_resources", "clusters"]) or []),
        pointer=taken.pointer,
        last_updated=time(found.get("last_updated")),
    )


def _envoy_version(build: Any) -> str | None:
    """Write the version as istioctl does: number-label/status/build type/TLS library."""
    if not isinstance(version := walk(build, ["version"]), dict):
        return None
    number = ".".join(str(version.get(f"{part}_number", version.get(part, 0))) for part in ("major", "minor", "patch"))
    metadata = walk(build, ["metadata"]) or {}
    label = metadata.get("build.label")
    rest = [metadata[key] for key in ("revision.status", "build.type", "ssl.version") if metadata.get(key)]
    return "/".join([f"{number}-{label}" if label else number, *map(str, rest)])
