"""The SNI that the sidecar sends to the gateway is not among the hosts of its server."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.gateway_hop import NAME, Hop, found
from egresslab.mistakes.gateway_log import Refused
from egresslab.mistakes.gateway_mends import mend_of
from egresslab.mistakes.mistake import Finding, Mistake

MISTAKE = Mistake(
    severity="error",
    title="The egress gateway has no server for the SNI that the sidecar sends",
    explanation=(
        "A server that ends TLS is chosen by the SNI, and its hosts are the only ones it has a chain for. The SNI of the way from sidecar to "
        "gateway is the sni of the DestinationRule; without it ISTIO_MUTUAL sends outbound_.PORT_.SUBSET_.HOST of the gateway itself. The "
        "gateway finds no chain (NR filter_chain_not_found), while the sidecar's line shows the application's SNI, not this one."
    ),
    mend=(
        "Write one of the server's hosts as tls.sni in the DestinationRule for the gateway's Service, or add the name to the hosts of the "
        "Gateway's server."
    ),
)

_RIVALS = ("gateway_tls_mode_mismatch: nothing that is here tells which TLS the gateway wants",)


def in_log(shapes: pd.DataFrame, refusals: list[Refused], hops: list[Hop]) -> Iterator[Finding]:
    """Find entries that take such a way, or the gateway's own that name the SNI."""
    for one in refusals:
        if one.fault == NAME:
            yield from one.found(_summary(one.hop) if one.hop else f"the gateway has no server for the SNI {one.sni}", _RIVALS, mend_of(one.hop))
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
        if hop.fault == NAME:
            yield from found(hop, shapes, _summary(hop), sure=not hop.behind, mend=mend_of(hop))


def _summary(hop: Hop) -> str:
    sent = hop.sender
    names = ", ".join(dict.fromkeys(name for door in hop.doors for name in door.names))
    return f"{sent.subject}: the sidecar sends the SNI {sent.sni or sent.host} to {sent.gateway}:{sent.port}, which has {names}"
