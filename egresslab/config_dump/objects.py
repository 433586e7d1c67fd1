"""What becomes of each kind of object: rows of its frame, of those that Envoy refused, and of what is kept instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from egresslab.config_dump.bootstrap import add_bootstrap
from egresslab.config_dump.clusters import add_cluster
from egresslab.config_dump.endpoints import add_load_assignment
from egresslab.config_dump.host_statuses import add_cluster_status
from egresslab.config_dump.listeners import add_listener
from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import walk
from egresslab.config_dump.secrets import add_secret
from egresslab.config_dump.taken import Taken, owner
from egresslab.config_dump.virtual_hosts import add_route_config
from egresslab.frames.cells import time

_STATES = ("active", "warming", "draining")


def _listener(part: Part, found: dict[str, Any], taken: Taken) -> None:
    states = [(s, found[f"{s}_state"]) for s in _STATES if isinstance(found.get(f"{s}_state"), dict)]
    for state, inner in states:
        if isinstance(listener := inner.get("listener"), dict):
            add_listener(part, listener, _taken(inner, taken, state).within(f"{state}_state/listener"))
    if "listener" in found:
        add_listener(part, found["listener"], _taken(found, taken, taken.state).within("listener"))
    elif not states and "error_state" not in found:
        add_listener(part, found, taken)


def _taken(wrapper: dict[str, Any], taken: Taken, state: str | None) -> Taken:
    return Taken(taken.pointer, state, wrapper.get("version_info") or None, time(wrapper.get("last_updated")))


def _inner(key: str, add: Callable[[Part, dict[str, Any], Taken], None]) -> Callable[[Part, dict[str, Any], Taken], None]:
    """Open the wrapper around an object where there is one."""

    def add_inner(part: Part, found: dict[str, Any], taken: Taken) -> None:
        if isinstance(inner := found.get(key), dict):
            add(part, inner, _taken(found, taken, taken.state).within(key))
        elif "error_state" not in found:
            add(part, found, taken)

    return add_inner


def _route_config(part: Part, found: dict[str, Any], taken: Taken) -> None:
    add_route_config(part, found, taken, {"origin": "static" if taken.state == "static" else "rds"})


def _secret(part: Part, found: dict[str, Any], taken: Taken) -> None:
    add_secret(part, found, _taken(found, taken, taken.state or "active"))


def _nothing(part: Part, found: dict[str, Any], taken: Taken) -> None:
    """Scoped routes and ECDS filters have no frame; what Envoy refused of them has."""


ADD: dict[str, Callable[[Part, dict[str, Any], Taken], None]] = {
    "bootstrap": add_bootstrap,
    "cluster": _inner("cluster", add_cluster),
    "cluster_status": lambda part, found, taken: add_cluster_status(part, found, taken.pointer),
    "ecds_filter": _nothing,
    "endpoint_config": _inner("endpoint_config", add_load_assignment),
    "listener": _listener,
    "route_config": _inner("route_config", _route_config),
    "scoped_route_configs": _nothing,
    "secret": _secret,
}

# Where the refused object stands in a wrapper, and what its section is called.
_SECTIONS = {
    "cluster": "clusters",
    "ecds_filter": "ecds",
    "endpoint_config": "endpoints",
    "listener": "listeners",
    "route_config": "routes",
    "scoped_route_configs": "scoped_routes",
    "secret": "secrets",
}


def add_object(part: Part, kind: str, found: dict[str, Any], pointer: str, state: str | None) -> None:
    """Add an object of a dump to the frames that tell of it."""
    ADD[kind](part, found, Taken(pointer, state))
    if isinstance(error := found.get("error_state"), dict):
        _add_rejected(part, kind, found, error, f"{pointer}/error_state")


def _add_rejected(part: Part, kind: str, found: dict[str, Any], error: dict[str, Any], pointer: str) -> None:
    failed = error.get("failed_configuration") or {}
    kept = found.get("active_state") or (found if kind in found else {})
    inner = kept.get(kind)
    name = found.get("name") or failed.get("name") or failed.get("cluster_name") or walk(inner, ["name"])
    kept_version = (kept.get("version_info"), time(kept.get("last_updated"))) if inner else (None, None)
    if not found.get("name") and (name, error.get("details")) in part.refused():
        return  # Envoy lists a refused listener twice: beside the one it keeps, and by itself without a name
    part.add(
        "rejected",
        {"error": error},
        section=_SECTIONS.get(kind, kind),
        name=name,
        kept_version=kept_version[0],
        kept_since=kept_version[1],
        resource=owner(failed) or owner(inner if isinstance(inner, dict) else {}),
        pointer=pointer,
    )
