"""Any shape of a dump to its objects: sections, bare arrays, single resources, in snake case or camel case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from egresslab.config_dump.snake_case import is_camel, snake, snake_keys

_RAW, _RAWS, _BY_KEY = msgspec.Raw, list[msgspec.Raw], dict[str, msgspec.Raw]

# The lists of a section: what is in them, and its state.
LISTS = {
    "static_listeners": ("listener", "static"),
    "dynamic_listeners": ("listener", None),
    "dynamic_active_listeners": ("listener", "active"),
    "dynamic_warming_listeners": ("listener", "warming"),
    "dynamic_draining_listeners": ("listener", "draining"),
    "static_clusters": ("cluster", "static"),
    "dynamic_active_clusters": ("cluster", "active"),
    "dynamic_warming_clusters": ("cluster", "warming"),
    "static_route_configs": ("route_config", "static"),
    "dynamic_route_configs": ("route_config", "active"),
    "inline_scoped_route_configs": ("scoped_route_configs", "static"),
    "dynamic_scoped_route_configs": ("scoped_route_configs", "active"),
    "static_endpoint_configs": ("endpoint_config", "static"),
    "dynamic_endpoint_configs": ("endpoint_config", "active"),
    "static_secrets": ("secret", "static"),
    "dynamic_active_secrets": ("secret", "active"),
    "dynamic_warming_secrets": ("secret", "warming"),
    "ecds_filters": ("ecds_filter", "active"),
    "cluster_statuses": ("cluster_status", None),
}
# Sections by plain names, as tools write them that put together what istiod would send.
NAMED = {
    "listeners": ("listener", None),
    "routes": ("route_config", None),
    "clusters": ("cluster", None),
    "endpoints": ("endpoint_config", None),
    "secrets": ("secret", None),
}
# What an object is that stands by itself, by a key that only it has; the first that fits.
_BY_KEYS = (
    ("cluster_status", ("host_statuses", "observability_name", "added_via_api")),
    ("bootstrap", ("bootstrap",)),
    ("route_config", ("virtual_hosts", "vhds", "validate_clusters", "ignore_port_in_host_matching", "route_config")),
    ("listener", ("filter_chains", "default_filter_chain", "listener_filters", "traffic_direction", "api_listener", "listener")),
    ("listener", ("active_state", "warming_state", "draining_state", "udp_listener_config", "bind_to_port")),
    ("endpoint_config", ("cluster_name", "endpoints", "endpoint_config")),
    ("secret", ("secret", "tls_certificate", "validation_context")),
    ("ecds_filter", ("ecds_filter",)),
    ("cluster", ("connect_timeout", "lb_policy", "load_assignment", "eds_cluster_config", "cluster_type", "transport_socket", "cluster")),
    ("cluster", ("circuit_breakers", "alt_stat_name", "type")),
)
_BY_TYPE = {
    "Listener": "listener", "StaticListener": "listener", "DynamicListener": "listener",
    "Cluster": "cluster", "StaticCluster": "cluster", "DynamicCluster": "cluster",
    "RouteConfiguration": "route_config", "StaticRouteConfig": "route_config", "DynamicRouteConfig": "route_config",
    "ClusterLoadAssignment": "endpoint_config", "StaticEndpointConfig": "endpoint_config", "DynamicEndpointConfig": "endpoint_config",
    "Secret": "secret", "StaticSecret": "secret", "DynamicSecret": "secret",
    "BootstrapConfigDump": "bootstrap", "EcdsFilterConfig": "ecds_filter",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a dump, decoded when it is its turn."""

    kind: str | None
    pointer: str
    state: str | None
    load: Any
    camel: bool = False

    @property
    def found(self) -> Any:
        """The object, its keys in snake case."""
        found = {k: _plain(v) for k, v in self.load.items()} if isinstance(self.load, dict) else _plain(self.load)
        return snake_keys(found) if self.camel else found


class _Dump(msgspec.Struct):
    """A whole dump as Envoy writes it, its sections opened to their keys in one pass."""

    configs: list[dict[str, msgspec.Raw]]


def items_of_dump(data: bytes) -> list[Item] | None:
    """Find the objects of a dump that is nothing but a dump, the usual case, in few passes; None for anything else."""
    try:
        dump = msgspec.json.decode(data, type=_Dump)
    except msgspec.DecodeError:
        return None
    return [item for n, section in enumerate(dump.configs) for item in _section(section, f"/configs/{n}")]


def items_of(whole: Any) -> list[Item]:
    """Find the objects of a dump: ``whole`` is its JSON text, or the objects that YAML gave."""
    top = opened(whole)
    if isinstance(top, list):
        return _bare(top, "")
    if isinstance(top, dict) and "configs" in top:
        return [item for n, section in enumerate(opened(top["configs"]) or []) for item in _section(section, f"/configs/{n}")]
    return _section(top, "")


def _section(section: Any, pointer: str) -> list[Item]:
    by_key = opened(section)
    if not isinstance(by_key, dict):
        return [Item(None, pointer, None, section)]
    camel = is_camel(by_key)
    known = LISTS | NAMED if {"listeners", "clusters"} <= by_key.keys() else LISTS
    lists = [(key, *known[snake(key)]) for key in by_key if snake(key) in known]
    if lists:
        found = ((kind, f"{pointer}/{key}", state, opened(by_key[key])) for key, kind, state in lists)
        return [Item(k, f"{p}/{n}", s, one, camel) for k, p, s, several in found for n, one in enumerate(several or [])]
    kind = _kind(by_key)
    return [] if kind is None and set(by_key) <= {"@type", "version_info", "versionInfo"} and by_key else [Item(kind, pointer, None, section, camel)]


def _bare(items: list[Any], pointer: str) -> list[Item]:
    """Tell what an array holds by the first of its elements that shows it; one with a name alone is what the others are."""
    kinds = [_kind(found) if isinstance(found := opened(one), dict) else None for one in items]
    usual = next((k for k in kinds if k), None)
    return [Item(kind or usual, f"{pointer}/{n}", None, one, camel=True) for n, (kind, one) in enumerate(zip(kinds, items, strict=True))]


def _kind(by_key: dict[str, Any]) -> str | None:
    name = by_key.get("@type")
    if name is not None and (kind := _BY_TYPE.get(str(_plain(name)).rsplit(".", 1)[-1])):
        return kind
    keys = {snake(key) for key in by_key}
    return next((kind for kind, words in _BY_KEYS if not keys.isdisjoint(words)), None)


def _plain(value: Any) -> Any:
    return orjson.loads(memoryview(value)) if isinstance(value, msgspec.Raw) else value


def opened(value: Any) -> Any:
    """Open one level of undecoded JSON: an array or object of undecoded values."""
    if not isinstance(value, bytes | memoryview | msgspec.Raw):
        return value
    first = bytes(memoryview(value)[:1])
    if first == b"[":
        return msgspec.json.decode(value, type=_RAWS)
    return msgspec.json.decode(value, type=_BY_KEY) if first == b"{" else _plain(msgspec.Raw(value))
