"""The host is declared, but not with the port, or the scheme on it, that the application calls."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.unknown_traffic import Unknown, unknown_traffic
from egresslab.mistakes.why_unknown import PORT

MISTAKE = Mistake(
    severity="warning",
    title="The port is missing in the ServiceEntry",
    explanation=(
        "A ServiceEntry declares a host for the ports that it lists, each in one protocol. istiod makes listeners and virtual hosts for these "
        "alone: on any other port the same host is as unknown as any other, passes through PassthroughCluster or is blocked."
    ),
    mend="Add the port to the ServiceEntry, with the protocol that the application speaks on it.",
    explains=("host_not_in_registry",),
)
_PROTOCOLS = {"HTTP": "HTTP", "TLS": "TLS", "TCP": "TCP"}


def in_log(shapes: pd.DataFrame, config: Config | None = None, resources: Resources | None = None) -> Iterator[Finding]:
    """Find traffic to a declared host on a port that is not declared."""
    for seen in unknown_traffic(shapes, config, resources):
        if seen.because == PORT:
            yield seen.finding(f"{seen.names()} {_has(seen)}: traffic to {seen.subject} {seen.fate}", mend=_mend(seen))


def _has(seen: Unknown) -> str:
    if any(one.port == seen.to.port for one in seen.declared):
        return f"has port {seen.to.port} for {', '.join(sorted({one.protocol or 'TCP' for one in seen.declared}))}, not for {seen.to.spoken}"
    ports = sorted({one.port for one in seen.declared if one.port is not None})
    return f"has {'port' if len(ports) == 1 else 'ports'} {', '.join(map(str, ports))} and not {seen.to.port}"


def _mend(seen: Unknown) -> str | None:
    if seen.to.port is None:
        return None
    protocol = _PROTOCOLS[seen.to.spoken]
    return f"spec:\n  ports:\n  - number: {seen.to.port}\n    name: {protocol.lower()}-{seen.to.port}\n    protocol: {protocol}"
