"""Who declares a host: ServiceEntries and Services, the clusters of proxies, and the clusters that a log names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import plain_host
from egresslab.frames import Config, Resources, place

_ANY_ADDRESS = {"0.0.0.0", "::"}
_PORT = r":\d+$"
_ENTRY = "namespace name host port protocol address auto_addresses endpoint_addresses export_to source pointer"
_SERVICE = "namespace name port port_name app_protocol cluster_ip external_ips export_to source pointer"


@dataclass(slots=True)
class Declared:
    """One host and port as one resource declares it, or as one proxy has it.

    ``addresses`` are what its listener is bound to, ``endpoints`` where it leads; ``proxy`` is missing for a resource.
    """

    host: str
    port: int | None
    kind: str
    name: str
    protocol: str | None = None
    namespace: str | None = None
    export_to: str | None = None
    aliases: tuple[str, ...] = ()
    proxy: str | None = None
    places: tuple[str, ...] = ()
    addresses: set[str] = field(default_factory=set)
    endpoints: set[str] = field(default_factory=set)

    @property
    def is_mesh_service(self) -> bool:
        """Whether it is a Service of Kubernetes, whose addresses the cluster gives out."""
        return self.kind == "Service" or ".svc." in self.host


def declared_in_resources(resources: Resources) -> Iterator[Declared]:
    """Give what ServiceEntries and Services declare."""
    mesh = resources.mesh["default_service_export_to"].dropna()
    default = str(mesh.iloc[0]) if len(mesh) else None
    yield from _merged(_entry(row, default) for row in _rows(resources.service_entries, _ENTRY))
    yield from _merged(_service(row, default) for row in _rows(resources.services, _SERVICE))


def declared_in_config(config: Config) -> Iterator[Declared]:
    """Give what proxies have clusters for, with the addresses that their listeners are bound to."""
    clusters = config.clusters[(config.clusters["direction"] == "outbound").fillna(False) & config.clusters["host"].notna()]
    bound, leads = _bound(config.filter_chains), _leads(config)
    for row in _rows(clusters, "proxy name host port services source pointer"):
        key = (row["proxy"], row["name"])
        namespace = str(row["services"]).split("/")[0] if row["services"] else None
        yield Declared(
            plain_host(row["host"]), row["port"], "cluster", f"cluster {row['name']}", namespace=namespace, proxy=row["proxy"],
            places=_places(row), addresses=bound.get(key, set()), endpoints=leads.get(key, set()),
        )  # fmt: skip


def declared_in_log(shapes: pd.DataFrame, known: Iterable[str]) -> Iterator[Declared]:
    """Give what the log names as clusters of proxies; ``known`` are those whose config tells better."""
    rows = shapes[~shapes["proxy"].isin(sorted(known))][["proxy", "upstream_cluster", "upstream_host"]].drop_duplicates()
    rows = rows[rows["upstream_cluster"].astype("str").str.match(r"outbound\|\d+\|[^|]*\|.").fillna(False)]
    for proxy, cluster, upstream in rows.astype("object").itertuples(index=False):
        _, port, _, host = str(cluster).split("|", 3)
        leads = {re.sub(_PORT, "", upstream)} if isinstance(upstream, str) else set()
        yield Declared(plain_host(host), int(port), "cluster", f"cluster {cluster}", proxy=str(proxy), endpoints=leads)


def _entry(row: dict[str, Any], default: str | None) -> Declared | None:
    if not row["host"]:
        return None
    addresses = {a for a in (row["address"], *_words(row["auto_addresses"])) if a}
    return Declared(
        plain_host(row["host"]), row["port"], "ServiceEntry", _named("ServiceEntry", row), (row["protocol"] or "").upper(), row["namespace"],
        row["export_to"] or default, places=_places(row), addresses=addresses, endpoints=set(_words(row["endpoint_addresses"])),
    )  # fmt: skip


def _service(row: dict[str, Any], default: str | None) -> Declared | None:
    if not row["name"] or not row["namespace"]:
        return None
    short = f"{row['name']}.{row['namespace']}"
    protocol = (row["app_protocol"] or (row["port_name"] or "").split("-")[0]).upper()
    return Declared(
        f"{short}.svc.cluster.local", row["port"], "Service", _named("Service", row), protocol, row["namespace"], row["export_to"] or default,
        (f"{short}.svc", short), places=_places(row), addresses={a for a in (row["cluster_ip"], *_words(row["external_ips"])) if a and a != "None"},
    )  # fmt: skip


def _named(kind: str, row: dict[str, Any]) -> str:
    return f"{kind} {row['namespace']}/{row['name']}" if row["namespace"] else f"{kind} {row['name']}"


def _merged(rows: Iterable[Declared | None]) -> Iterator[Declared]:
    """Put the rows of one host and port together: there is one for each address."""
    found: dict[tuple[Any, ...], Declared] = {}
    for row in rows:
        if row is not None:
            first = found.setdefault((row.name, row.host, row.port, row.protocol), row)
            first.addresses |= row.addresses
    yield from found.values()


def _bound(chains: pd.DataFrame) -> dict[tuple[str, str], set[str]]:
    """Tell for each proxy and cluster the addresses that lead a connection to it."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in _rows(chains[chains["cluster"].notna()], "proxy cluster address prefix_ranges"):
        addresses = set(_words(row["prefix_ranges"])) or set(_words(row["address"])) - _ANY_ADDRESS
        found.setdefault((row["proxy"], row["cluster"]), set()).update(addresses)
    return found


def _leads(config: Config) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for frame in (config.endpoints, config.host_statuses):
        rows = frame[["proxy", "cluster", "address"]].dropna().astype("object")
        for proxy, cluster, address in rows.itertuples(index=False):
            found.setdefault((proxy, cluster), set()).add(address)
    return found


def _rows(frame: pd.DataFrame, columns: str) -> Iterator[dict[str, Any]]:
    """Give rows as plain values, None where one is missing."""
    names = columns.split()
    values = [frame[name].astype("object").where(frame[name].notna(), None).tolist() for name in names]
    yield from (dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))


def _words(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def _places(row: dict[str, Any]) -> tuple[str, ...]:
    return (place(row["source"], row["pointer"]),) if row["source"] and row["pointer"] else ()
