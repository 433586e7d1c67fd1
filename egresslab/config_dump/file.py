"""One file of a config to its rows: finds out which of the many shapes it has."""

from __future__ import annotations

import re
from typing import Any

import orjson

from egresslab.config_dump.document import find_json
from egresslab.config_dump.host_statuses import looks_like_clusters, read_clusters_text
from egresslab.config_dump.objects import ADD, add_object
from egresslab.config_dump.part import Part
from egresslab.config_dump.stats import add_stats, looks_like_stats, read_stats_text
from egresslab.config_dump.text_tables import looks_like_table, read_table
from egresslab.config_dump.unwrap import Item, items_of, items_of_dump
from egresslab.errors import ConfigDumpError, EgresslabError
from egresslab.sources import Source, name_of, read_bytes

_LOOK = 64 << 10
_YAML_KEYS = r"configs|bootstrap|name|['\"]?@type['\"]?|(?:dynamic|static|ecds)[A-Z]\w+|clusterStatuses|cluster_statuses"
_YAML = re.compile(rf"(?:---\s+)?(?:- [\w@'\"]+:|(?:{_YAML_KEYS}):(?:\s|$))")
_KUBERNETES = re.compile(r"^(?:- )?apiVersion:|\"apiVersion\":", re.MULTILINE)
_LOG = re.compile(r'\[\d{4}-\d\d-\d\dT[\d:.]+Z\] "|\{[^{}]*"(?:response_flags|response_code)"')

# What the kinds of objects are called in case.files.
_CALLED = {
    "bootstrap": "bootstrap",
    "cluster": "clusters",
    "cluster_status": "/clusters",
    "ecds_filter": "ECDS",
    "endpoint_config": "endpoints",
    "listener": "listeners",
    "route_config": "routes",
    "secret": "secrets",
    "scoped_route_configs": "scoped routes",
}


def read_part(source: Source) -> Part | EgresslabError:
    """Read one file; an error is handed back, so that many files can be read at once."""
    try:
        return part_of(read_bytes(source), name_of(source))
    except EgresslabError as error:
        return error


def part_of(data: bytes, source: str) -> Part:
    """Read the bytes of one file.

    Raises
    ------
    ConfigDumpError
        When they are nothing of a config.
    """
    if items := items_of_dump(data):
        return _part_of_items(items, data, source)
    head = data[:_LOOK].decode("utf-8", "replace")
    for looks, read, kind in _TEXTS:
        if looks(head):
            part = Part(kind)
            part.skipped = read(data.decode("utf-8", "replace"), part) or 0
            return part
    if _KUBERNETES.search(head) or _LOG.match(head):
        raise ConfigDumpError(_other(head, source))
    found = _yaml(data, source) if _YAML.match(head.lstrip()) else find_json(data, source)
    return _part_of_items(items_of(found), found, source)


_TEXTS: tuple[tuple[Any, Any, str], ...] = (
    (looks_like_clusters, read_clusters_text, "/clusters"),
    (looks_like_stats, read_stats_text, "/stats"),
    (looks_like_table, read_table, "istioctl table"),
)


def _other(head: str, source: str) -> str:
    if _LOG.match(head):
        return f"{source} is an access log, not a config dump; eg.read_access_log reads it"
    return f"{source} holds Kubernetes resources, not a config dump; eg.read_resources reads them"


def _yaml(data: bytes, source: str) -> Any:
    import yaml

    try:
        return yaml.load(data, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ConfigDumpError(f"{source} is no YAML that can be read: {error}; give what istioctl proxy-config -o yaml printed, unchanged") from error


def _part_of_items(items: list[Item], found: Any, source: str) -> Part:
    kinds = dict.fromkeys(item.kind for item in items if item.kind)
    if not kinds:
        return _other_json(found, source)
    part = Part("config dump" if len(kinds) > 1 or kinds.keys() & {"scoped_route_configs"} else _CALLED[next(iter(kinds))])
    part.has_endpoints = "endpoint_config" in kinds
    for item in items:
        _add(part, item)
    return part


def _add(part: Part, item: Item) -> None:
    """Add one object; one of a shape that nobody foresaw is counted, and the others are read."""
    if item.kind not in ADD:
        part.skipped += 1
        return
    try:
        add_object(part, item.kind, item.found, item.pointer, item.state)
    except (AttributeError, KeyError, TypeError, ValueError):
        part.skipped += 1


def _other_json(found: Any, source: str) -> Part:
    value = orjson.loads(found) if isinstance(found, bytes | memoryview) else found
    if isinstance(value, dict) and isinstance(value.get("stats"), list):
        part = Part("/stats")
        add_stats(part, value["stats"])
        return part
    if value in ([], {}) or (isinstance(value, dict) and value.keys() <= {"configs", "@type"}):
        return Part("empty config dump")
    what = f"an object with {', '.join(map(repr, list(value)[:8]))}" if isinstance(value, dict) else f"a {type(value).__name__}"
    raise ConfigDumpError(
        f"{source} is JSON, but nothing of a config dump: {what}; "
        "give Envoy's /config_dump, /clusters or /stats, or what istioctl proxy-config -o json prints"
    )
