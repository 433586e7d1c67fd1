"""Route configurations to rows: one for each domain of a virtual host, and their routes."""

from __future__ import annotations

from typing import Any

from egresslab.config_dump.part import Part
from egresslab.config_dump.routes import add_route
from egresslab.config_dump.taken import Taken, owner


def add_route_config(part: Part, config: dict[str, Any], taken: Taken, where: dict[str, Any]) -> None:
    """Add one route configuration; ``where`` tells its origin, and the listener of an inline one."""
    whose = {"route_config": config.get("name"), **where}
    hosts = config.get("virtual_hosts") or []
    if not hosts:
        part.add("virtual_hosts", {"": {}, "config": config}, **whose, routes=0, **taken.columns)
    for n, host in enumerate(hosts):
        _add_virtual_host(part, config, host, taken.within(f"virtual_hosts/{n}"), whose)


def _add_virtual_host(part: Part, config: dict[str, Any], host: dict[str, Any], taken: Taken, whose: dict[str, Any]) -> None:
    routes = host.get("routes") or []
    rows = part.of("virtual_hosts")
    row = rows.made({"": host, "config": config}, {**whose, "routes": len(routes), "resource": owner(host), **taken.columns})
    for domain in host.get("domains") or [None]:
        rows.append({**row, "domain": domain})
    origin = {"route_config": whose["route_config"], "virtual_host": host.get("name"), "origin": whose["origin"]}
    for n, route in enumerate(routes):
        add_route(part, route, taken.within(f"routes/{n}"), {**origin, "position": n})
