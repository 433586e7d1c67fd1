"""A Sidecar of the caller leaves out the namespace in which the host is declared."""

from __future__ import annotations

from collections.abc import Iterator

from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.sight import SIDECAR, Sidecar, Sight
from egresslab.mistakes.unknown_traffic import Unknown

MISTAKE = Mistake(
    severity="warning",
    title="A Sidecar hides the host from the caller",
    explanation=(
        "The egress hosts of a Sidecar are a list of what its proxies get to know: namespace/host, where the namespace is that of the "
        "ServiceEntry. What is not listed is left out of listeners, routes and clusters, so the host is unknown to these proxies, although "
        "others have it. Destinations of imported VirtualServices are imported by themselves."
    ),
    mend="Add the namespace of the ServiceEntry to the egress hosts of the Sidecar, or declare the host in the caller's namespace.",
    explains=("host_not_in_registry",),
)


def in_log(unknown: list[Unknown], sight: Sight) -> Iterator[Finding]:
    """Find unknown traffic to a host that is declared where the Sidecar of the caller does not look."""
    for seen in unknown:
        if seen.because == SIDECAR:
            sidecars = sight.sidecars_of(seen.to.caller)
            beside = tuple(p for one in seen.declared for p in one.places)[:1] + tuple(p for one in sidecars for p in one.places)
            yield seen.finding(_summary(seen, sidecars), beside=beside, mend=_mend(seen))


def _summary(seen: Unknown, sidecars: list[Sidecar]) -> str:
    names = ", ".join(f"Sidecar {one.namespace}/{one.name}" for one in sidecars[:2])
    if not names:
        return f"other proxies have {seen.names()}, {seen.to.caller.proxy} does not, as if a Sidecar hid it: traffic to {seen.subject} {seen.fate}"
    whose = "" if seen.reason.sure else ", if it is the caller's"
    return f"{names}{whose} leaves out {seen.names()}: traffic to {seen.subject} {seen.fate}"


def _mend(seen: Unknown) -> str | None:
    hosts = sorted({f"{one.namespace}/{one.host}" for one in seen.declared if one.namespace})
    return "spec:\n  egress:\n  - hosts:\n    # beside those that are there\n" + "\n".join(f'    - "{host}"' for host in hosts) if hosts else None
