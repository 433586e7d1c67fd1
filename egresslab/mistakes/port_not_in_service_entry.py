"""The host is declared, but not with the port, or the scheme on it, that the application calls."""

from __future__ import annotations

import json
from collections.abc import Iterator

from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.tls_signs import is_tls_port
from egresslab.mistakes.unknown_traffic import Unknown
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


def in_log(unknown: list[Unknown]) -> Iterator[Finding]:
    """Find traffic to a declared host on a port that is not declared."""
    for seen in unknown:
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
    protocol = _protocol(seen)
    port = f"  - number: {seen.to.port}\n    name: {protocol.lower()}-{seen.to.port}\n    protocol: {protocol}"
    bound = f"  addresses:\n  - {json.dumps(seen.to.address)}\n" if protocol == "TCP" and not any(one.addresses for one in seen.declared) else ""
    return f"spec:\n{bound}  ports:\n  # beside those that are there\n{port}"


def _protocol(seen: Unknown) -> str:
    """Name what to declare; TCP without addresses would take what is meant for others."""
    if seen.to.spoken == "TCP" and seen.to.port is not None and (is_tls_port(seen.to.port) or not seen.to.address):
        return "TLS"
    return seen.to.spoken
