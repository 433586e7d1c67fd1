"""Which of several resources for one host won, and what proves it: what the proxies have of it, else the rules of istiod."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import plain_host
from egresslab.config_views.of_host import OfHost

Verdict = dict[str, Any]
_RULE = "the caller's own namespace wins, then a Kubernetes Service, then the older entry (before Istio 1.30 the first namespace by name)"


class Winners:
    """What is known of the resources that a host is declared by, and of what proxies made of them."""

    def __init__(self, found: OfHost, entries: pd.DataFrame, services: pd.DataFrame) -> None:
        self._named = _services_named(found.clusters)
        self._has_clusters = len(found.clusters) > 0
        self._entries = entries.assign(host=entries["host"].map(plain_host)).drop_duplicates(["namespace", "name", "host"])
        self._service_namespaces = set(services["namespace"].dropna().astype("object"))
        self._rules = _made([found.clusters])
        self._routes = _made([found.chains, found.virtual_hosts, found.routes])
        self._has_routes = len(found.chains) + len(found.virtual_hosts) > 0

    def of_entry(self, namespace: str | None, name: str, host: str) -> Verdict:
        """Tell whether a ServiceEntry won: clusters name the namespace of the winner, not its name."""
        rivals = self._rivals(namespace, name, host)
        beside = [f"{n}/{m}" for n, m in rivals if n == namespace]
        told = self._told(namespace, host)
        if told.get("wins") is True and beside:
            together = "istiod joins their ports when resolution, labels, selector and exportTo agree, else the older one alone counts"
            older = self._older(namespace, name, host)
            return {"because": f"{told['because']}, where {', '.join(beside)} declares it too: {together}{older.get('because', '')}"}
        if told or not (rivals or self._service_namespaces):
            return told
        if self._service_namespaces:
            return {"wins": False, "because": "a Kubernetes Service declares the host too, and wins over a ServiceEntry"}
        return self._by_age(namespace, name, host)

    def of_service(self, namespace: str | None, host: str) -> Verdict:
        """Tell whether a Kubernetes Service won."""
        if told := self._told(namespace, host):
            return told
        return {"wins": True, "because": "a Kubernetes Service wins over a ServiceEntry"} if len(self._entries) else {}

    def of_rule(self, owner: str) -> Verdict:
        """Tell whether a DestinationRule shaped the clusters."""
        return _applied(owner, self._rules, "clusters of this host are shaped by", has=self._has_clusters)

    def of_route(self, owner: str) -> Verdict:
        """Tell whether a VirtualService or a route of the Gateway API made routes or chains."""
        return _applied(owner, self._routes, "routes or filter chains of this host are made by", has=self._has_routes)

    def _told(self, namespace: str | None, host: str) -> Verdict:
        """Tell by the clusters of the proxies, which name the namespace that they were made of."""
        named = self._named.get(plain_host(host), {})
        mine, others = named.get(namespace or "default", []), sorted(set(named) - {namespace or "default"})
        if mine and others:
            return {"because": f"clusters of {_list(mine)} name namespace {namespace}, others name {_list(others)}: it depends on the proxy"}
        if mine:
            return {"wins": True, "because": f"clusters of {_list(mine)} name namespace {namespace}"}
        return {"wins": False, "because": f"clusters at hand name namespace {_list(others)} instead"} if others else {}

    def _rivals(self, namespace: str | None, name: str, host: str) -> list[tuple[Any, str]]:
        same = self._entries[self._entries["host"] == plain_host(host)]
        pairs = zip(same["namespace"].astype("object"), same["name"], strict=True)
        return [pair for pair in pairs if pair != (namespace, name)]

    def _by_age(self, namespace: str | None, name: str, host: str) -> Verdict:
        older = self._older(namespace, name, host)
        return {**older, "because": f"no dump at hand tells; {_RULE}{older.get('because', '')}"}

    def _older(self, namespace: str | None, name: str, host: str) -> Verdict:
        """Compare the ages of entries for one host, when all are known."""
        same = self._entries[self._entries["host"] == plain_host(host)]
        if same["creation_timestamp"].isna().any():
            return {"because": "; creation timestamps are not at hand"}
        oldest = same.sort_values("creation_timestamp", kind="stable").iloc[0]
        mine = (oldest["namespace"], oldest["name"]) == (namespace, name)
        return {
            "wins": mine,
            "because": f"; {oldest['namespace']}/{oldest['name']} is the oldest, of {oldest['creation_timestamp']:%Y-%m-%dT%H:%M:%SZ}",
        }


def _services_named(clusters: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Name for each host and namespace the proxies whose clusters were made of it."""
    rows = clusters.assign(service=clusters["services"].str.split(",")).explode("service").dropna(subset="service")
    out: dict[str, dict[str, list[str]]] = {}
    for service, proxy in zip(rows["service"], rows["proxy"].astype("object"), strict=True):
        namespace, _, host = str(service).partition("/")
        proxies = out.setdefault(plain_host(host), {}).setdefault(namespace, [])
        proxies += [] if proxy in proxies else [proxy]
    return out


def _made(frames: Iterable[pd.DataFrame]) -> dict[str, list[str]]:
    """Name for each resource the proxies that have something made by it."""
    out: dict[str, list[str]] = {}
    for frame in frames:
        rows = frame[["resource", "proxy"]].astype("object").dropna().drop_duplicates()
        for resource, proxy in rows.itertuples(index=False, name=None):
            out[resource] = [*out.get(resource, []), *([] if proxy in out.get(resource, []) else [proxy])]
    return out


def _applied(owner: str, made: dict[str, list[str]], what: str, *, has: bool) -> Verdict:
    if owner in made:
        return {"wins": True, "because": f"{what} it at {_list(made[owner])}"}
    if not has:
        return {}
    others = [name for name in made if name.partition(" ")[0] == owner.partition(" ")[0]]
    return {"wins": False, "because": f"no {what} it in the dumps at hand" + (f", but by {_list(others)}" if others else "")}


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(map(str, words)))
