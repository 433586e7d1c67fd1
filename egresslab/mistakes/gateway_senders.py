"""What sidecars send to an egress gateway: by their chains and routes, or by VirtualServices and DestinationRules where there is no dump."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.config_views.shown import in_use
from egresslab.frames import Config, Resources
from egresslab.mistakes.bound_rules import rules, tls_to, to_gateways
from egresslab.mistakes.gateway_doors import PLAIN
from egresslab.mistakes.mistake import places_of

_AUTO = "AUTO"


@dataclass(frozen=True, slots=True)
class Sender:
    """One way to a gateway: ``host`` and ``called`` port are what applications ask for, in the protocol ``spoken`` (HTTP, TLS or TCP).

    It leads to ``port`` of the ``gateway``'s Service by ``cluster``, with TLS of ``mode`` (DISABLE: none of the sidecar's) and ``sni``.
    """

    host: str
    called: int | None
    spoken: str
    gateway: str
    port: int
    cluster: str
    mode: str
    sni: str | None
    proxy: str | None = None
    places: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """Host and port as the log's entries name them."""
        return self.host if self.called is None else f"{self.host}:{self.called}"


def listening(config: Config) -> dict[str, set[tuple[str, int]]]:
    """Tell for each cluster that leads to a gateway whose dump is there: at which gateway, on which port."""
    routers = config.bootstrap[(config.bootstrap["node_type"] == "router").fillna(False)]
    at = {a: row["proxy"] for _, row in routers.iterrows() for a in f"{row['address']},{row['pod_addresses']}".split(",")}
    found: dict[str, set[tuple[str, int]]] = {}
    for ends in (config.endpoints, config.host_statuses):
        ends = ends[ends["address"].isin(list(at)) & ends["port"].notna()]
        for cluster, address, port in zip(ends["cluster"], ends["address"], ends["port"], strict=True):
            found.setdefault(cluster, set()).add((at[address], int(port)))
    return found


def senders_in_config(config: Config, resources: Resources | None) -> list[Sender]:
    """Give what sidecars send to gateways that the dumps or the resources tell."""
    clusters = config.clusters
    routers = config.bootstrap.loc[(config.bootstrap["node_type"] == "router").fillna(False), "proxy"]
    known = clusters["name"].isin(list(listening(config)))
    if resources is not None:
        known |= clusters["host"].isin(list(to_gateways(rules(resources))["to"]))
    clusters = clusters[known & ~clusters["proxy"].isin(list(routers)) & clusters["host"].notna() & clusters["port"].notna() & in_use(clusters)]
    return [*_by_chains(config, clusters), *_by_routes(config, clusters)]


def _by_chains(config: Config, clusters: pd.DataFrame) -> Iterator[Sender]:
    chains = config.filter_chains
    chains = chains[chains["cluster"].isin(list(clusters["name"])) & in_use(chains)]
    for at, chain in chains.iterrows():
        for own, cluster in clusters[(clusters["name"] == chain["cluster"]) & (clusters["proxy"] == chain["proxy"])].iterrows():
            named = isinstance(chain["server_names"], str)
            # The listener of the gateway's own Service is nobody's egress.
            if named or isinstance(chain["resource"], str) or chain["port"] != cluster["port"]:
                places = (*places_of(chains.loc[[at]]), *places_of(clusters.loc[[own]]))
                for host in str(chain["server_names"] if named else chain["address"]).split(","):
                    yield _sender(host, chain["port"], "TLS" if named else "TCP", cluster, config, places)


def _by_routes(config: Config, clusters: pd.DataFrame) -> Iterator[Sender]:
    routes, keys = config.routes, ["proxy", "route_config", "virtual_host"]
    routes = routes[routes["cluster"].isin(list(clusters["name"])) & in_use(routes)]
    hosts = config.virtual_hosts[[*keys, "domain"]].drop_duplicates(keys).astype("object")
    for at, route in routes.iterrows():
        domain = hosts[(hosts[keys] == route[keys].astype("object")).all(axis=1)]["domain"]
        port = str(route["route_config"]).rpartition(":")[2]
        for own, cluster in clusters[(clusters["name"] == route["cluster"]) & (clusters["proxy"] == route["proxy"])].iterrows():
            # The virtual host of the gateway's own Service is nobody's egress; that of a sniffed port has the domain *.
            own_service = str(route["virtual_host"]).rpartition(":")[0] == cluster["host"]
            if len(domain) and isinstance(domain.iloc[0], str) and not own_service:
                places = (*places_of(routes.loc[[at]]), *places_of(clusters.loc[[own]]))
                yield _sender(domain.iloc[0], port if port.isdecimal() else None, "HTTP", cluster, config, places)


def _sender(host: str, called: Any, spoken: str, cluster: pd.Series[Any], config: Config, places: tuple[str, ...]) -> Sender:
    mode = str(cluster["tls_mode"]) if isinstance(cluster["tls_mode"], str) else PLAIN
    if mode == _AUTO:
        ends = config.endpoints
        labelled = ends[(ends["cluster"] == cluster["name"]) & (ends["proxy"] == cluster["proxy"]) & (ends["tls_mode"] == "istio").fillna(False)]
        mode = "ISTIO_MUTUAL" if len(labelled) else PLAIN
    sni = cluster["sni"] if isinstance(cluster["sni"], str) and mode != PLAIN else None
    number = None if called is None or pd.isna(called) else int(called)
    return Sender(host, number, spoken, cluster["host"], int(cluster["port"]), cluster["name"], mode, sni, str(cluster["proxy"]), places)


def senders_in_resources(resources: Resources) -> Iterator[Sender]:
    """Give what VirtualServices send to gateways, with the TLS of DestinationRules."""
    found = to_gateways(rules(resources))
    for at, rule in found.iterrows():
        port = rule["destination_port"] if not pd.isna(rule["destination_port"]) else rule["match_port"]
        if pd.isna(port):
            continue
        subset = rule["destination_subset"] if isinstance(rule["destination_subset"], str) else ""
        tls = tls_to(resources, rule["to"], port, rule["destination_subset"], rule["namespace"])
        mode = tls.mode or PLAIN
        sni = tls.sni or (f"outbound_.{port}_.{subset}_.{rule['to']}" if mode == "ISTIO_MUTUAL" else None)
        called = None if pd.isna(rule["match_port"]) else int(rule["match_port"])
        places = (*places_of(found.loc[[at]]), *(places_of(tls.rows) if tls.rows is not None else ()))
        host = str(rule["sni_hosts"]).split(",")[0] if isinstance(rule["sni_hosts"], str) else rule["for_host"]
        spoken = {"http": "HTTP", "tls": "TLS"}.get(str(rule["route_kind"]), "TCP")
        yield Sender(host, called, spoken, rule["to"], int(port), f"outbound|{port}|{subset}|{rule['to']}", mode, sni, None, places)
