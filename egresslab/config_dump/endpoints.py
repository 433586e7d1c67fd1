"""Endpoints to rows: what EDS and the clusters themselves list."""

from __future__ import annotations

from typing import Any

from egresslab.config_dump.addresses import address_and_port, locality_text
from egresslab.config_dump.part import Part
from egresslab.config_dump.taken import Taken


def add_load_assignment(part: Part, assignment: dict[str, Any], taken: Taken, *, origin: str = "eds", cluster: Any = None) -> None:
    """Add the endpoints of one cluster; of those written in a cluster only when the dump has no endpoints section."""
    if origin == "cluster" and part.has_endpoints:
        return
    name = cluster or assignment.get("cluster_name")
    rows = part.of("endpoints")
    shared = {**taken.columns, "cluster": name, "origin": origin}
    for n, locality in enumerate(assignment.get("endpoints") or []):
        shared["locality"] = locality_text(locality.get("locality"))
        pointer = f"{taken.pointer}/endpoints/{n}/lb_endpoints"
        for m, endpoint in enumerate(locality.get("lb_endpoints") or []):
            rows.append(rows.made({"": endpoint, "locality": locality}, {**shared, **_where(endpoint), "pointer": f"{pointer}/{m}"}))


def _where(endpoint: dict[str, Any]) -> dict[str, Any]:
    inner = endpoint.get("endpoint") or {}
    address, port = address_and_port(inner.get("address"))
    more = (address_and_port(a.get("address")) for a in inner.get("additional_addresses") or ())
    additional = ",".join(a if p is None else f"{a}:{p}" for a, p in more if a) or None
    return {"address": address, "port": port, "additional_addresses": additional}
