"""Who sees what is declared: exportTo of the owner first, then the Sidecar of the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import fit
from egresslab.frames import Config, Resources
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.mistake import places_of

EXPORT_TO, SIDECAR = "export_to", "sidecar"


@dataclass(frozen=True, slots=True)
class Caller:
    """A proxy that sends; ``namespace`` and ``labels`` are missing where nothing tells them."""

    proxy: str
    namespace: str | None = None
    labels: frozenset[str] | None = None
    is_gateway: bool = False


@dataclass(frozen=True, slots=True)
class Sidecar:
    """One Sidecar: whom it is for, and ``hosts`` as (port, namespace, host, excluded)."""

    namespace: str | None
    name: str
    selector: frozenset[str]
    hosts: tuple[tuple[int | None, str, str, bool], ...]
    places: tuple[str, ...]

    def takes(self, declared: Declared, namespace: str | None) -> bool:
        """Tell whether it imports this: by the egress listener of its port where it has one, else by those without port."""
        own = [host for host in self.hosts if host[0] == declared.port]
        scope = own or [host for host in self.hosts if host[0] is None]
        hits = [excluded for _, where, host, excluded in scope if _names(where, host, declared, namespace)]
        return not self.hosts or (bool(hits) and not any(hits))

    def selects(self, caller: Caller) -> bool:
        """Tell whether it is for this workload by its labels."""
        return bool(self.selector) and caller.labels is not None and self.selector <= caller.labels


class Sight:
    """What hides a declared host from a caller."""

    def __init__(self, config: Config | None = None, resources: Resources | None = None) -> None:
        self._config, self._resources = config, resources
        self._callers: dict[str, Caller] = {}
        self.root = root_namespace(resources)
        hosts = resources.sidecar_hosts.groupby(["namespace", "name"], observed=True, dropna=False) if resources is not None else ()
        self.sidecars = [_sidecar(rows) for _, rows in hosts]

    def caller(self, proxy: str) -> Caller:
        """Tell where a proxy runs."""
        if proxy not in self._callers:
            self._callers[proxy] = _caller(proxy, self._config, self._resources)
        return self._callers[proxy]

    def hidden_by(self, declared: Declared, caller: Caller) -> str | None:
        """Tell what hides it: export_to, sidecar or nothing. Where the caller's namespace is not known, what could."""
        if not exported(declared, caller.namespace):
            return EXPORT_TO
        if declared.namespace is None or caller.is_gateway:
            return None
        return SIDECAR if any(not one.takes(declared, caller.namespace) for one in self.sidecars_of(caller)) else None

    def sidecars_of(self, caller: Caller) -> list[Sidecar]:
        """Give the Sidecar that is in force for a caller; all that could be, where its namespace is not known."""
        default = [one for one in self.sidecars if one.namespace == self.root and not one.selector]
        if caller.namespace is None:
            return [one for one in self.sidecars if one.namespace != self.root] or default
        own = [one for one in self.sidecars if one.namespace == caller.namespace]
        found = [one for one in own if one.selects(caller)] or [one for one in own if not one.selector] or default
        return [*found[:1], *(one for one in own if one.selector and caller.labels is None)]

    def is_sure(self, caller: Caller) -> bool:
        """Tell whether enough is known of a caller to say which Sidecar is in force."""
        own = [one for one in self.sidecars if one.namespace == caller.namespace and one.selector]
        return caller.namespace is not None and (caller.labels is not None or not own)


def _caller(proxy: str, config: Config | None, resources: Resources | None) -> Caller:
    """Tell where a proxy runs: by its dump, else by its pod, else by its own name."""
    if config is not None and len(rows := config.bootstrap[config.bootstrap["proxy"] == proxy]):
        row = rows.iloc[0]
        labels = frozenset(_words(row["labels"])) if isinstance(row["labels"], str) else None
        return Caller(proxy, _text(row["namespace"]), labels, row["node_type"] == "router")
    if resources is None:
        return Caller(proxy)
    pods = resources.workloads[resources.workloads["name"].isin([proxy, proxy.rpartition(".")[0]])]
    if len(pods):
        return Caller(proxy, _text(pods["namespace"].iloc[0]), frozenset(_words(pods["labels"].iloc[0])))
    namespace = proxy.rpartition(".")[2]
    return Caller(proxy, namespace if (resources.objects["namespace"] == namespace).any() else None)


def root_namespace(resources: Resources | None) -> str:
    """Name the namespace whose settings are for all: as the mesh says, else the one where its ConfigMap stands."""
    mesh = resources.mesh[["root_namespace", "namespace"]].astype("object") if resources is not None else pd.DataFrame()
    return next((value for values in mesh.itertuples(index=False) for value in values if isinstance(value, str)), "istio-system")


def exported(declared: Declared, namespace: str | None) -> bool:
    """Tell whether the owner lets a namespace see it; a namespace that is not known counts as another one."""
    words = _words(declared.export_to)
    if not words or "*" in words:
        return True
    if declared.namespace is None and "." in words:
        return True
    return namespace in {declared.namespace if word == "." else word for word in words}


def _sidecar(rows: pd.DataFrame) -> Sidecar:
    first, named = rows.iloc[0], rows[rows["host"].notna() & rows["host_namespace"].notna()]
    ports = [None if pd.isna(port) else int(port) for port in named["port"]]
    hosts = zip(ports, named["host_namespace"].astype("str"), named["host"], named["excluded"].fillna(False).astype("bool"), strict=True)
    selector = frozenset(_words(first["workload_selector"]))
    return Sidecar(_text(first["namespace"]), str(first["name"]), selector, tuple(hosts), places_of(rows, 1))


def _names(where: str, host: str, declared: Declared, namespace: str | None) -> bool:
    home = namespace if where == "." else where
    return (where == "*" or home == declared.namespace) and (host == "*" or fit(host, declared.host) is not None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _words(text: Any) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()] if isinstance(text, str) else []
