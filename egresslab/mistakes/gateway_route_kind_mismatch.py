"""The route kind of a VirtualService is not what the Gateway's server can use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.bound_rules import gateways_of, meets, rules
from egresslab.mistakes.gateway_doors import doors_in_config, fitting_kind, mode_of, servers_of
from egresslab.mistakes.gateway_hop import Hop, found
from egresslab.mistakes.gateway_senders import Sender, listening
from egresslab.mistakes.mistake import Finding, Mistake, places_of

MISTAKE = Mistake(
    severity="error",
    title="The route kind does not fit the Gateway's server",
    explanation=(
        "istiod takes http routes for servers of protocol HTTP, and HTTPS that end TLS; tls routes for PASSTHROUGH; tcp routes for TCP, and TLS "
        "that the server ends. Rules of another kind are left aside without a word: a TLS server without a rule that fits gets no listener at all "
        "(connection refused), an HTTPS server answers 404."
    ),
    mend=(
        "Write the gateway's rule of the VirtualService in the kind that the server takes, or change the server's protocol and tls.mode to what "
        "the rule is for."
    ),
    explains=("gateway_route_missing", "gateway_server_missing"),
)


def in_resources(resources: Resources, hops: list[Hop], shapes: pd.DataFrame | None = None, config: Config | None = None) -> Iterator[Finding]:
    """Find servers whose rules are all of another kind, and the entries that lead there."""
    bound = rules(resources)
    for hop in hops:
        for _, server in servers_of(resources, gateways_of(bound, hop.sender.host), hop.sender.port).iterrows():
            wrong = _wrong(bound, server, resources)
            if len(wrong) and not _works(hop.sender, config):
                places = (*places_of(wrong, 1), *places_of(server.to_frame().T, 1))
                yield from found(hop, shapes, _summary(hop.sender, server, wrong), answered=400, places=places)


def _wrong(bound: pd.DataFrame, server: pd.Series[Any], resources: Resources) -> pd.DataFrame:
    """Give the rules that count at a server and that neither it nor any other server can use, when it has none that fit."""
    here = bound[[_counts(rule, server) for _, rule in bound.iterrows()]]
    fitting = fitting_kind(server)
    if fitting is None or (here["route_kind"] == fitting).any():
        return here.iloc[:0]
    servers = resources.gateway_servers[resources.gateway_servers["gateway_class"].isna()]
    used = [any(_counts(rule, other) and fitting_kind(other) == rule["route_kind"] for _, other in servers.iterrows()) for _, rule in here.iterrows()]
    return here[~pd.Series(used, index=here.index, dtype="bool")]


def _counts(rule: pd.Series[Any], server: pd.Series[Any]) -> bool:
    """Tell whether a rule is for a server: by gateway, port, host and the namespace that its hosts may ask for."""
    space = server["namespace"] if isinstance(server["namespace"], str) else ""
    if f"{space}/{server['name']}" not in rule["bound"] and not (space == "" and any(g.endswith(f"/{server['name']}") for g in rule["bound"])):
        return False
    if not isinstance(rule["route_kind"], str) or not (pd.isna(rule["match_port"]) or rule["match_port"] == server["port"]):
        return False
    wanted = server["host_namespace"]
    if isinstance(wanted, str) and wanted != "*" and rule["namespace"] != (space if wanted == "." else wanted):
        return False
    return isinstance(rule["for_host"], str) and isinstance(server["host"], str) and meets(rule["for_host"], server["host"])


def _works(sender: Sender, config: Config | None) -> bool:
    """Tell whether the gateway's dump has a way further on that port, whatever the YAML says."""
    if config is None:
        return False
    ports = listening(config).get(sender.cluster, set())
    return any(door.routed and door.takes(sender.sni or sender.host) for proxy, port in ports for door in doors_in_config(config, proxy, port))


def _summary(sender: Sender, server: pd.Series[Any], wrong: pd.DataFrame) -> str:
    kinds = " and ".join(sorted({str(kind) for kind in wrong["route_kind"]}))
    mode = mode_of(server)
    what = f"{server['protocol']}" + ("" if mode == "DISABLE" else f" {mode}")
    return f"{sender.subject}: the gateway's server {server['port']} {what} takes {fitting_kind(server)} routes, the VirtualService gives it {kinds}"
