"""What ``istioctl proxy-config routes`` printed, to rows of routes and of virtual hosts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from egresslab.config_dump.part import Part
from egresslab.sources import Row

_MORE = re.compile(r" \+ \d+ more\.\.\.$")
_PREFIXES = {"PathPrefix:": "path_separated_prefix", "regex ": "safe_regex"}


def add_routes(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for each route, and one for each domain shown of each virtual host; 404 stands for a virtual host without routes."""
    seen: dict[tuple[object, ...], int] = {}
    for line, cells in rows:
        whose = {"route_config": route_config_name(cells), "virtual_host": cells.get("VHOST NAME") or None}
        # Route configurations without a name, of health checks and statistics, are each another one.
        key = (whose["route_config"] or line, whose["virtual_host"], cells["DOMAINS"])
        routes = 0 if cells["VIRTUAL SERVICE"] == "404" else None
        if key not in seen:
            seen[key] = 0
            for domain in _MORE.sub("", cells["DOMAINS"]).split(", "):
                part.add("virtual_hosts", **whose, domain=domain or None, routes=routes, pointer=f"L{line}")
        if routes is None:
            resource = resource_named("VirtualService", cells["VIRTUAL SERVICE"])
            part.add("routes", **whose, position=seen[key], **_matched(cells["MATCH"]), resource=resource, pointer=f"L{line}")
            seen[key] += 1


def add_route_configs(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for each route configuration of the brief table, which counts its virtual hosts and does not name them."""
    for line, cells in rows:
        part.add("virtual_hosts", route_config=route_config_name(cells), pointer=f"L{line}")


def route_config_name(cells: dict[str, str]) -> str | None:
    """Give the name of a route configuration, without what ``proxy-config all`` puts before it."""
    return cells["NAME"].removeprefix("route/") or None


def resource_named(kind: str, written: str) -> str | None:
    """Name a resource that a table names ``name.namespace``; None when it names none, or one it does not know."""
    name, _, namespace = written.rpartition(".")
    return f"{kind} {namespace}/{name}" if name and namespace else None


def _matched(match: str) -> dict[str, Any]:
    for prefix, kind in _PREFIXES.items():
        if match.startswith(prefix):
            return {"match": match, "match_type": kind, "match_value": match.removeprefix(prefix)}
    if not match:
        return {"match": match}
    is_prefix = match.endswith("*")
    return {"match": match, "match_type": "prefix" if is_prefix else "path", "match_value": match[:-1] if is_prefix else match}
