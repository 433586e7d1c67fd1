"""Ways on which TLS of the application meets a cluster that starts TLS itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.config_views.shown import in_use
from egresslab.frames import Config, Resources
from egresslab.mistakes.bound_rules import MESH, meets, rules, tls_to, whole_name
from egresslab.mistakes.gateway_senders import listening
from egresslab.mistakes.mistake import places_of

_ORIGINATES, _CARRIES_TLS = ("SIMPLE", "MUTUAL"), ("HTTPS", "TLS")
_TLS_PORT = 443


@dataclass(frozen=True, slots=True)
class Trap:
    """One such way.

    ``certain``: what takes it is TLS; ``for_http``: HTTP routes lead to the same cluster, so its TLS is meant for them; ``elsewhere``: the
    sidecar's tls routes lead to another host, so that only a gateway may take it.
    """

    host: str
    port: int
    cluster: str
    mode: str
    certain: bool
    for_http: bool
    places: tuple[str, ...]
    elsewhere: bool = False

    @property
    def subject(self) -> str:
        """Host and port as the log's entries name them."""
        return f"{self.host}:{self.port}"


def traps_in_config(config: Config) -> Iterator[Trap]:
    """Give the TCP chains that hand TLS on as it came, by SNI or on the port of HTTPS, to a cluster that originates TLS."""
    clusters = config.clusters[config.clusters["tls_mode"].isin(_ORIGINATES) & in_use(config.clusters)]
    clusters = clusters[~clusters["name"].isin(list(listening(config)))]
    chains = config.filter_chains
    chains = chains[chains["cluster"].isin(list(clusters["name"])) & in_use(chains) & ~chains["tls_mode"].isin([*_ORIGINATES, "ISTIO_MUTUAL"])]
    for at, chain in chains.iterrows():
        named = isinstance(chain["server_names"], str)
        if named or (chain["port"] == _TLS_PORT and not isinstance(chain["tunneling_hostname"], str)):
            for own, cluster in clusters[(clusters["name"] == chain["cluster"]) & (clusters["proxy"] == chain["proxy"])].iterrows():
                routed = bool((config.routes["cluster"] == cluster["name"]).any())
                host = str(chain["server_names"]).split(",")[0] if named else str(cluster["host"])
                places = (*places_of(chains.loc[[at]]), *places_of(clusters.loc[[own]]))
                yield Trap(host, int(chain["port"]), cluster["name"], str(cluster["tls_mode"]), named, routed, places)


def traps_in_resources(resources: Resources) -> Iterator[Trap]:
    """Give the ports that ServiceEntries declare as HTTPS or TLS and DestinationRules encrypt."""
    entries, found = resources.service_entries, rules(resources)
    carries = entries["protocol"].astype("str").str.upper().isin(_CARRIES_TLS) & entries["host"].notna()
    for at, entry in entries[carries].drop_duplicates(["host", "port"]).iterrows():
        host = whole_name(entry["host"], entry["namespace"]) or ""
        tls = tls_to(resources, host, entry["port"], None, entry["namespace"])
        elsewhere = _led_elsewhere(found, host)
        if tls.mode in _ORIGINATES and tls.rows is not None and (elsewhere or _reaches_sidecars(tls.rows.iloc[0])):
            routed = (found["to"] == host) & ((found["destination_port"] == entry["port"]).fillna(False)) & (found["route_kind"] == "http")
            places = (*places_of(entries.loc[[at]]), *places_of(tls.rows, 1))
            cluster = f"outbound|{entry['port']}||{host}"
            yield Trap(host, int(entry["port"]), cluster, tls.mode, True, bool(routed.any()), places, elsewhere)


def _reaches_sidecars(rule: pd.Series[Any]) -> bool:
    """Tell whether a sidecar would encrypt: it does not take a Secret by name without a workload selector."""
    return not isinstance(rule["credential_name"], str) or isinstance(rule["workload_selector"], str)


def _led_elsewhere(found: pd.DataFrame, host: str) -> bool:
    here = found[pd.Series([MESH in names for names in found["bound"]], index=found.index, dtype="bool") & found["route_kind"].isin(["tls", "tcp"])]
    return any(isinstance(own, str) and meets(own, host) and to != host for own, to in zip(here["for_host"], here["to"], strict=True))
