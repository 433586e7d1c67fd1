"""What the lines of an egress gateway tell by themselves: connections that found no chain, or did not speak what it expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from egresslab.frames import Config
from egresslab.mistakes.gateway_doors import PASSTHROUGH, PLAIN, doors_in_config
from egresslab.mistakes.gateway_hop import MODE, NAME, WRAPPED, Hop, first_lines, works
from egresslab.mistakes.mistake import Finding
from egresslab.views.meanings import cluster_row

_NO_CHAIN, _NOT_HTTP, _NOT_TLS = "filter_chain_not_found", "codec_error", "WRONG_VERSION_NUMBER"
_MESH_SNI, _EGRESS = "outbound_.", "(?i)egress"


class Refused(NamedTuple):
    """Connections that a gateway refused: its entries, those of sidecars that belong to them, the SNI that came, and the hop that tells why."""

    fault: str
    at_gateway: pd.DataFrame
    sent: pd.DataFrame
    sni: str | None
    hop: Hop | None = None

    def found(self, summary: str, rivals: tuple[str, ...] = (), mend: str | None = None) -> Iterator[Finding]:
        """Tell of them by subject: as the sidecar names it where it has an entry."""
        beside = (*first_lines(self.at_gateway), *(self.hop.places if self.hop else ()))
        for subject, own in self._subjects():
            text = summary if self.hop else f"{subject}: {summary}"
            sure, others = self.hop is not None, () if self.hop else rivals
            one = Finding.of_shapes(own, subject, text, beside=beside, of=int(own["count"].sum()), sure=sure, rivals=others, mend=mend)
            yield replace(one, shapes=one.shapes | frozenset(int(i) for i in self.at_gateway.index))

    def _subjects(self) -> Iterator[tuple[str, pd.DataFrame]]:
        if self.hop is not None:
            yield self.hop.sender.subject, self.at_gateway
        elif len(self.sent):
            yield from ((str(subject), own) for subject, own in self.sent.groupby("subject", sort=False))
        else:
            address = self.at_gateway["downstream_local_address"].astype("str").iloc[0]
            yield address if isinstance(address, str) else "an unknown gateway", self.at_gateway


def refusals(shapes: pd.DataFrame, hops: list[Hop], config: Config | None = None) -> list[Refused]:
    """Give what gateways refused, unless config or YAML already tells of the same entries."""
    here = shapes["proxy"].isin(_gateways(shapes, config))
    faulty = [hop for hop in hops if hop.fault]
    known = {hop.sender.cluster for hop in faulty}
    return [*_at_gateways(shapes, here, faulty, known, config), *_not_tls(shapes[~here], shapes[here], known)]


def _at_gateways(shapes: pd.DataFrame, here: pd.Series[Any], faulty: list[Hop], known: set[str], config: Config | None) -> Iterator[Refused]:
    """Give what gateways themselves tell of."""
    details = shapes["response_code_details"].astype("str")
    ends = shapes[here & ((details == _NO_CHAIN) | details.str.contains(_NOT_HTTP)).fillna(False)]
    keys = ["downstream_local_address", "requested_server_name", "response_code_details"]
    for (address, sni, detail), rows in ends.groupby(keys, observed=True, dropna=False):
        sent = shapes[~here & (shapes["upstream_host"].astype("str") == str(address)).fillna(False) & ~works(shapes)]
        if not sent["upstream_cluster"].isin(list(known)).any():
            name = sni if isinstance(sni, str) else None
            hop = next((hop for hop in faulty if sent.empty and _tells(hop, str(detail), name)), None)
            fault = hop.fault if hop else _fault(str(detail), name, rows, sent, config)
            if fault:
                yield Refused(fault, rows, sent, name, hop)


def _gateways(shapes: pd.DataFrame, config: Config | None) -> list[Any]:
    """Name the gateways: by their dump, else who has no inbound traffic and is called by others or found no chain for a connection."""
    types = config.bootstrap if config is not None else None
    routers = set(types.loc[(types["node_type"] == "router").fillna(False), "proxy"]) if types is not None else set()
    others = set(types["proxy"]) - routers if types is not None else set()
    inbound = shapes["upstream_cluster"].astype("str").str.startswith("inbound").fillna(False)
    callers = shapes[["proxy", "upstream_host"]].dropna().drop_duplicates()
    listeners = shapes[["proxy", "downstream_local_address"]].dropna().drop_duplicates()
    called = listeners.merge(callers, left_on="downstream_local_address", right_on="upstream_host")
    calls = called.loc[called["proxy_x"].astype("object") != called["proxy_y"].astype("object"), "proxy_x"]
    # An ingress gateway, or the inbound side of a sidecar, that finds no chain leaves the same line: only a sidecar's own SNI tells of egress.
    of_mesh = shapes["requested_server_name"].astype("str").str.startswith(_MESH_SNI) | shapes["proxy"].astype("str").str.contains(_EGRESS)
    chainless = shapes.loc[(shapes["response_code_details"] == _NO_CHAIN).fillna(False) & of_mesh.fillna(False), "proxy"]
    return sorted(routers | ((set(calls) | set(chainless)) - others - set(shapes.loc[inbound, "proxy"])))


def _tells(hop: Hop, detail: str, sni: str | None) -> bool:
    """Tell whether a hop would leave just this at the gateway."""
    if detail != _NO_CHAIN and sni is None:
        return all(door.mode == PLAIN for door in hop.doors)
    if sni is not None and sni.startswith(_MESH_SNI):
        return hop.sender.mode == "ISTIO_MUTUAL"
    return hop.sender.sni == sni or (hop.sender.mode == PLAIN and hop.sender.spoken == "TLS" and hop.sender.host == sni)


def _fault(detail: str, sni: str | None, rows: pd.DataFrame, sent: pd.DataFrame, config: Config | None) -> str | None:
    """Tell what was wrong; where no dump tells what the gateway wants, by what the application sent."""
    if detail != _NO_CHAIN:
        return WRAPPED if sni else MODE
    if sni is None:
        return MODE
    port = rows["port"].iloc[0]
    doors = doors_in_config(config, str(rows["proxy"].iloc[0]), int(port)) if config is not None and not pd.isna(port) else []
    passes = {door.mode for door in doors} == {PASSTHROUGH}
    own_tls = (sent["spoken"] == "TLS").any()
    if sni.startswith(_MESH_SNI):
        return MODE if passes or (own_tls and not doors) else NAME
    handed_on = own_tls and (sent["host"] == sni.lower()).any()
    return None if passes or (handed_on and not doors) else NAME


def _not_tls(sidecars: pd.DataFrame, gateways: pd.DataFrame, known: set[str]) -> Iterator[Refused]:
    """Give what sidecars could not encrypt on their way to a gateway: it answered the client hello in plain text."""
    plain = sidecars["upstream_transport_failure_reason"].astype("str").str.contains(_NOT_TLS).fillna(False)
    plain |= sidecars["response_code_details"].astype("str").str.contains(_NOT_TLS).fillna(False)
    clusters = sidecars["upstream_cluster"].astype("object")
    by_name = clusters.map(lambda name: isinstance(name, str) and (cluster_row(name) or {}).get("egress_class") == "egress_gateway").astype("bool")
    by_address = sidecars["upstream_host"].isin(list(gateways["downstream_local_address"].dropna()))
    found = sidecars[plain & (by_name | by_address) & ~clusters.isin(list(known))]
    if len(found):
        yield Refused(MODE, gateways.iloc[:0], found, None)
