"""The way from sidecar to egress gateway: what is sent joined to what is taken, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import plain_host
from egresslab.frames import Config, Resources
from egresslab.mistakes.bound_rules import gateways_of, rules, tls_to
from egresslab.mistakes.gateway_doors import ANY_TLS, PASSTHROUGH, PLAIN, Door, doors_in_config, doors_in_resources
from egresslab.mistakes.gateway_senders import Sender, listening, senders_in_config, senders_in_resources
from egresslab.mistakes.mistake import Finding, places_of, sights

MODE, NAME, WRAPPED = "mode", "name", "wrapped"
_MESH = "ISTIO_MUTUAL"
_WANTS = {PLAIN: "plain text", PASSTHROUGH: "TLS of the application (PASSTHROUGH)"}
# A TLS server's first flight is longer than this; an alert, or an error page of somebody who expected another protocol, is not.
_SHORT = 2000


@dataclass(frozen=True, slots=True)
class Hop:
    """A sender and the doors that it comes to. ``behind`` tells that they stand in YAML alone though the gateway's dump has none there.

    ``told`` are the places of the DestinationRule that decides what is sent.
    """

    sender: Sender
    doors: tuple[Door, ...]
    behind: bool = False
    told: tuple[str, ...] = ()

    @property
    def fault(self) -> str | None:
        """What is wrong: MODE (of TLS), NAME (the SNI), WRAPPED (TLS in TLS that is not unwrapped to TCP); missing when nothing is."""
        if not self.doors or any(door.mode == ANY_TLS for door in self.doors):
            return None
        sent, modes = self.sender, {door.mode for door in self.doors}
        if sent.mode == PLAIN:
            return _bare(sent, self.doors)
        if modes == {PLAIN}:
            return MODE if sent.mode == _MESH or any(door.kind == "HTTP" for door in self.doors) else None
        sni = sent.sni or (sent.host if sent.spoken == "HTTP" else None)
        taking = [door for door in self.doors if door.takes(sni)]
        if sent.mode == _MESH and (modes == {PASSTHROUGH} or (taking and all(door.mode != _MESH for door in taking))):
            return MODE
        if not taking:
            return NAME if modes - {PASSTHROUGH} else None
        if all(door.mode == _MESH for door in taking) and sent.mode != _MESH:
            return MODE
        return WRAPPED if sent.spoken == "TLS" and all(door.kind == "HTTP" or door.mode == PASSTHROUGH for door in taking) else None

    @property
    def wants(self) -> str:
        """What the gateway wants, in words."""
        modes = sorted({door.mode for door in self.doors})
        return " or ".join(_WANTS.get(mode, f"TLS of mode {mode}") for mode in modes)

    @property
    def sends(self) -> str:
        """What the sidecar sends, in words."""
        if self.sender.mode != PLAIN:
            return f"TLS of mode {self.sender.mode}"
        return "the application's own TLS" if self.sender.spoken == "TLS" else "plain text"

    @property
    def places(self) -> tuple[str, ...]:
        """Where both stand."""
        return (*self.told, *(p for door in self.doors[:1] for p in door.places), *self.sender.places[:2])


def _bare(sent: Sender, doors: tuple[Door, ...]) -> str | None:
    """Tell what is wrong where the sidecar adds no TLS."""
    if sent.spoken != "TLS":
        return MODE if all(door.mode != PLAIN for door in doors) else None
    taking = [door for door in doors if door.takes(sent.host)]
    if taking and all(door.mode == _MESH or (door.mode == PLAIN and door.kind == "HTTP") for door in taking):
        return MODE
    return NAME if not taking and all(door.mode != PASSTHROUGH for door in doors) else None


def hops(config: Config | None = None, resources: Resources | None = None) -> list[Hop]:
    """Give all ways from sidecars to gateways, from dumps where there are, else from YAML."""
    sent = senders_in_config(config, resources) if config else []
    if not sent and resources is not None:
        sent = list(senders_in_resources(resources))
    return [_hop(sender, config, resources) for sender in dict.fromkeys(sent)]


def _hop(sender: Sender, config: Config | None, resources: Resources | None) -> Hop:
    ports = listening(config).get(sender.cluster, set()) if config else set()
    doors = [door for proxy, port in sorted(ports) for door in doors_in_config(config, proxy, port)] if config else []
    if resources is None:
        return Hop(sender, tuple(doors))
    rows = tls_to(resources, sender.gateway, sender.port, sender.cluster.split("|")[2]).rows
    declared = () if doors else doors_in_resources(resources, gateways_of(rules(resources), sender.host), sender.port)
    return Hop(sender, tuple(doors or declared), bool(ports) and not doors, places_of(rows, 1) if rows is not None else ())


def found(
    hop: Hop, shapes: pd.DataFrame | None, summary: str, *, answered: int = 600, places: tuple[str, ...] = (), **more: Any
) -> Iterator[Finding]:
    """Tell of a hop that cannot work: by entries that take it and do not get through, else as what would come.

    ``answered`` is the first status that is no sign of a hop that works.
    """
    places = tuple(dict.fromkeys((*places, *hop.places)))
    if shapes is None:
        yield Finding(hop.sender.subject, summary, severity="warning", places=places, **more)
        return
    taking = shapes[(shapes["upstream_cluster"].astype("str") == hop.sender.cluster).fillna(False) & _spoken(shapes, hop.sender)]
    for subject, rows in taking[~works(taking, answered)].groupby("subject", sort=False):
        of = int(taking.loc[taking["subject"] == subject, "count"].sum())
        at_gateway = refused(shapes, rows)
        one = Finding.of_shapes(rows, str(subject), summary, beside=(*first_lines(at_gateway), *places), of=of, **more)
        yield replace(one, shapes=one.shapes | frozenset(int(i) for i in at_gateway.index))
    if taking.empty:
        known = (shapes["host"] == plain_host(hop.sender.host)).any() or (shapes["address"] == hop.sender.host).any()
        yield Finding(hop.sender.subject, summary, severity="info" if known else "warning", places=places, **more)


def _spoken(shapes: pd.DataFrame, sender: Sender) -> pd.Series[Any]:
    """Tell which entries come this way: one cluster may carry several hosts."""
    if sender.spoken == "TCP":
        return shapes["spoken"] != "HTTP"
    return (shapes["spoken"] == sender.spoken) | (shapes["host"] == plain_host(sender.host)).fillna(False)


def works(rows: pd.DataFrame, answered: int = 600) -> pd.Series[Any]:
    """Tell which entries got through: an answer came from further on, or more bytes than an alert or error page."""
    http = rows["response_code"].fillna(0).between(1, answered - 1) & ~rows["failed"].fillna(False)
    through = rows["response_code_details"].astype("str").str.startswith("via_upstream").fillna(False) & (rows["response_code"] < answered)
    long = (rows["spoken"] != "HTTP") & (rows["bytes_sent"].fillna(0) > _SHORT * rows["count"])
    return (http | through.fillna(False) | long).astype("bool")


def refused(shapes: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Give the gateway's entries for what sidecars sent: no chain found, or not the protocol that it expected."""
    at = shapes["downstream_local_address"].isin(list(rows["upstream_host"].dropna().astype("str"))) & ~shapes["proxy"].isin(list(rows["proxy"]))
    details = shapes["response_code_details"].astype("str")
    return shapes[at & ((details == "filter_chain_not_found") | details.str.contains("codec_error")).fillna(False)]


def first_lines(rows: pd.DataFrame) -> tuple[str, ...]:
    """Give the first place of entries."""
    return sights(rows, [range(len(rows))])[0].places[:1]
