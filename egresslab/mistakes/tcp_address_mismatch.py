"""The addresses of a TCP ServiceEntry are not the ones that the application connects to."""

from __future__ import annotations

from collections.abc import Iterator

from egresslab.mistakes.mistake import Finding, Mistake, listed
from egresslab.mistakes.unknown_traffic import Unknown
from egresslab.mistakes.why_unknown import ADDRESS

MISTAKE = Mistake(
    severity="warning",
    title="The application connects to an address that the TCP ServiceEntry does not list",
    explanation=(
        "A TCP connection carries no name that Envoy could look at: for protocol TCP the addresses of the ServiceEntry decide, its host does not "
        "matter. istiod binds the listener to these addresses; a connection to another one, which DNS gave to the application, is unknown."
    ),
    mend="List all addresses that DNS gives for the host, or a range of them; for TLS declare protocol TLS without addresses: then the SNI decides.",
    explains=("host_not_in_registry",),
)


def in_log(unknown: list[Unknown]) -> Iterator[Finding]:
    """Find unknown connections to a port that is declared for other addresses."""
    for seen in unknown:
        if seen.because == ADDRESS:
            rivals = () if seen.reason.sure else ("host_not_in_registry: the address may be of another host, the line names none",)
            yield seen.finding(f"{_bound(seen)}: traffic to {seen.subject} {seen.fate}", rivals=rivals)


def _bound(seen: Unknown) -> str:
    shown = listed(sorted({address for one in seen.declared for address in one.addresses}), 4)
    return f"{seen.names()} {'takes' if len(seen.declared) == 1 else 'take'} port {seen.to.port} of {shown} only"
