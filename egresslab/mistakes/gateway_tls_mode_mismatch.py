"""What the sidecar sends to the gateway is not the TLS that the gateway wants."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.gateway_hop import MODE, Hop, found
from egresslab.mistakes.gateway_log import Refused
from egresslab.mistakes.gateway_mends import mend_of
from egresslab.mistakes.mistake import Finding, Mistake

MISTAKE = Mistake(
    severity="error",
    title="Sidecar and egress gateway do not agree on TLS",
    explanation=(
        "A sidecar sends plain text to an egress gateway unless a DestinationRule for exactly this host and port of the gateway's Service says "
        "otherwise, and what it then sends must be what the Gateway's server takes: ISTIO_MUTUAL for ISTIO_MUTUAL, plain text for HTTP and TCP, "
        "the application's own TLS for PASSTHROUGH. A gateway has no chain for anything else: it closes the connection (NR "
        "filter_chain_not_found), or reads a client hello as HTTP (400 DPE)."
    ),
    mend=(
        "Set the same mode on both ends: in the DestinationRule for the gateway's Service, trafficPolicy.portLevelSettings of the port that the "
        "VirtualService leads to, tls.mode ISTIO_MUTUAL with sni for a server of mode ISTIO_MUTUAL; no tls for a server that is HTTP, TCP or "
        "PASSTHROUGH."
    ),
    explains=("double_tls",),
)

_RIVALS = ("gateway_sni_mismatch: nothing that is here tells which names the gateway takes",)


def in_log(shapes: pd.DataFrame, refusals: list[Refused], hops: list[Hop]) -> Iterator[Finding]:
    """Find entries that take such a way, or that the gateway's own entries tell of."""
    for one in refusals:
        if one.fault == MODE:
            met = "the gateway has no chain for mesh TLS" if one.sni else "one of sidecar and gateway speaks TLS, the other plain text"
            yield from one.found(_summary(one.hop) if one.hop else met, _RIVALS, mend_of(one.hop))
    yield from _in_hops(hops, shapes)


def in_config(config: Config, hops: list[Hop], shapes: pd.DataFrame | None = None) -> Iterator[Finding]:
    """Find such ways before traffic takes them."""
    if shapes is None:
        yield from _in_hops(hops, None)


def in_resources(resources: Resources, hops: list[Hop], shapes: pd.DataFrame | None = None, config: Config | None = None) -> Iterator[Finding]:
    """Find such ways in YAML alone."""
    if shapes is None and config is None:
        yield from _in_hops(hops, None)


def _in_hops(hops: list[Hop], shapes: pd.DataFrame | None) -> Iterator[Finding]:
    for hop in hops:
        if hop.fault == MODE:
            yield from found(hop, shapes, _summary(hop), mend=mend_of(hop))


def _summary(hop: Hop) -> str:
    sent = hop.sender
    return f"{sent.subject}: the sidecar sends {hop.sends} to {sent.gateway}:{sent.port}, which wants {hop.wants}"
