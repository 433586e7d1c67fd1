"""Listeners to rows, and everything that stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from egresslab.config_dump.access_loggers import add_access_loggers, logger_names, loggers_of
from egresslab.config_dump.addresses import address_and_port
from egresslab.config_dump.filter_chains import add_filter_chain
from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import walk
from egresslab.config_dump.taken import Taken, owner

_TYPES = {(True, False): "HTTP", (True, True): "HTTP+TCP", (False, True): "TCP", (False, False): "UNKNOWN"}


def add_listener(part: Part, listener: dict[str, Any], taken: Taken) -> None:
    """Add one listener with its chains, access loggers and inline routes."""
    address, port = _where(listener)
    where = {"listener": listener.get("name"), "address": address, "port": port}
    loggers = loggers_of(listener.get("access_log"))
    add_access_loggers(part, loggers, taken, {"listener": where["listener"], "level": "listener"})
    found = [
        add_filter_chain(part, chain, taken.within(path), {**where, "position": position, "is_default": path == "default_filter_chain"})
        for position, (path, chain) in enumerate(_chains(listener))
    ]
    computed = {"address": address, "port": port, **_summary(listener), "resource": owner(listener), "access_loggers": logger_names(loggers)}
    part.add("listeners", {"": listener}, **computed, type=_TYPES[any(f.http for f in found), any(f.tcp for f in found)], **taken.columns)


def _chains(listener: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for n, chain in enumerate(listener.get("filter_chains") or []):
        yield f"filter_chains/{n}", chain
    if isinstance(default := listener.get("default_filter_chain"), dict):
        yield "default_filter_chain", default


def _where(listener: dict[str, Any]) -> tuple[str | None, int | None]:
    """Give address and port; further addresses follow after commas, as istioctl prints them."""
    internal = walk(listener, ["address", "envoy_internal_address"])
    address, port = (None, None) if internal else address_and_port(listener.get("address"))
    more = (address_and_port(walk(a, ["address"]))[0] for a in listener.get("additional_addresses") or [])
    return ",".join([address or "", *(a or "" for a in more)]) or None, port


def _summary(listener: dict[str, Any]) -> dict[str, Any]:
    default = listener.get("default_filter_chain")
    return {
        "protocol": walk(listener, ["address", "socket_address", "protocol"]) or "TCP",
        "listener_filters": ",".join(str(f.get("name", "")) for f in listener.get("listener_filters") or []) or None,
        "filter_chains": len(listener.get("filter_chains") or []),
        "default_filter_chain": default.get("name", "") if isinstance(default, dict) else None,
        "filter_chain_matcher": "filter_chain_matcher" in listener,
    }
