"""The application's own TLS is wrapped in TLS once more, and nobody unwraps it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.gateway_hop import WRAPPED, Hop, found
from egresslab.mistakes.gateway_log import Refused
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.tls_in_tls import Trap, traps_in_config, traps_in_resources

MISTAKE = Mistake(
    severity="error",
    title="TLS of the application is encrypted a second time",
    explanation=(
        "The application already speaks TLS, and the cluster that its connection takes starts TLS of its own, because a DestinationRule says so. "
        "The other end unwraps one layer, finds a client hello where it expects a request, and closes. Envoy only sees a short connection: one "
        "line without any flag, some hundred bytes each way. The application says: wrong version number."
    ),
    mend=(
        "Let one of the two encrypt: call the host by http:// and lead it to the TLS port in the VirtualService, so that the DestinationRule "
        "encrypts; or take tls off the DestinationRule for the port that is called with https://. On the way to a gateway a server of protocol "
        "TLS, mode ISTIO_MUTUAL, with a tcp route unwraps it."
    ),
)

_NEVER_SENT = r"\b(?:UF|UH|UO|NC|NR)\b"
_SHORT, _CLIENT_HELLO = 2000, 200


def in_log(
    shapes: pd.DataFrame, refusals: list[Refused], hops: list[Hop], config: Config | None = None, resources: Resources | None = None
) -> Iterator[Finding]:
    """Find connections with the application's TLS that took a cluster with TLS; the same traps where nobody stepped in."""
    for trap in _traps(config, resources):
        yield from _sprung(trap, shapes)
    for one in refusals:
        if one.fault == WRAPPED:
            yield from one.found(_summary(one.hop) if one.hop else "the gateway ended the sidecar's TLS and found no HTTP in it")
    yield from _wrapped(hops, shapes)


def in_config(config: Config, hops: list[Hop], shapes: pd.DataFrame | None = None, resources: Resources | None = None) -> Iterator[Finding]:
    """Find the traps before traffic steps in."""
    if shapes is None:
        yield from _set(config, resources, hops)


def in_resources(resources: Resources, hops: list[Hop], shapes: pd.DataFrame | None = None, config: Config | None = None) -> Iterator[Finding]:
    """Find the traps in YAML alone."""
    if shapes is None and config is None:
        yield from _set(None, resources, hops)


def _set(config: Config | None, resources: Resources | None, hops: list[Hop]) -> Iterator[Finding]:
    yield from (_trap(trap, "info" if trap.for_http else "warning") for trap in _traps(config, resources) if trap.certain and not trap.elsewhere)
    yield from _wrapped(hops, None)


def _wrapped(hops: list[Hop], shapes: pd.DataFrame | None) -> Iterator[Finding]:
    for hop in hops:
        if hop.fault == WRAPPED:
            yield from found(hop, shapes, _summary(hop))


def _traps(config: Config | None, resources: Resources | None) -> list[Trap]:
    """Ask the dumps; YAML, which does not know whom it reached, where no sidecar's is there."""
    found = list(traps_in_config(config)) if config is not None else []
    sidecar = config is not None and (config.bootstrap["node_type"] != "router").any() and len(config.filter_chains) > 0
    return found if sidecar or resources is None else [*found, *traps_in_resources(resources)]


def _sprung(trap: Trap, shapes: pd.DataFrame) -> Iterator[Finding]:
    taking = shapes[(shapes["upstream_cluster"].astype("str") == trap.cluster).fillna(False) & (shapes["spoken"] != "HTTP")]
    taking = taking[taking["spoken"].eq("TLS") | trap.certain | (taking["bytes_received"].fillna(0) > _CLIENT_HELLO * taking["count"])]
    sent = ~taking["response_flags"].astype("str").str.contains(_NEVER_SENT, regex=True).fillna(False)
    short = taking[sent & (taking["bytes_sent"].fillna(0) <= _SHORT * taking["count"])]
    for subject, rows in short.groupby("subject", sort=False):
        of = int(taking.loc[taking["subject"] == subject, "count"].sum())
        summary = f"{subject}: the application's TLS is wrapped in TLS of mode {trap.mode}"
        yield Finding.of_shapes(rows, str(subject), summary, beside=trap.places, of=of, sure=trap.certain or bool((rows["spoken"] == "TLS").all()))
    if taking.empty and trap.certain and not trap.elsewhere:
        known = trap.for_http or (shapes["host"] == trap.host).any() or (shapes["upstream_cluster"].astype("str").str.endswith(f"|{trap.host}")).any()
        yield _trap(trap, "info" if known else "warning")


def _summary(hop: Hop) -> str:
    return f"{hop.sender.subject}: the application's TLS is wrapped in {hop.sends}, and the gateway does not unwrap it to TCP"


def _trap(trap: Trap, severity: str) -> Finding:
    what = f"{trap.subject}: TLS of an application that calls it would be wrapped in TLS of mode {trap.mode}"
    return Finding(trap.subject, what, severity=severity, places=trap.places)
