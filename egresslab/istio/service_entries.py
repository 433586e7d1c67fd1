"""ServiceEntry and Service: the hosts that a mesh knows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, each, follow, listed, mapped, row


def service_entries(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each host, port and address of a ServiceEntry."""
    spec = mapped(manifest.body.get("spec"))
    allocated = listed(follow(manifest.body, ["status", "addresses"]))
    endpoints = len(listed(spec.get("endpoints")))
    for (_, host), (at, port), (_, address) in product(each(spec.get("hosts")), each(spec.get("ports")), each(spec.get("addresses"))):
        pointer = "" if at is None else f"/spec/ports/{at}"
        yield row(pointer, {"port": port}, host=host, address=address, endpoints=endpoints, auto_addresses=_of_host(allocated, host))


def _of_host(allocated: list[Any], host: Any) -> list[Any]:
    """Give what istiod allocated for a host; older versions do not say for which."""
    return [one.get("value") for one in allocated if isinstance(one, dict) and one.get("host", host) == host]


def services(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each port of a Service."""
    for at, port in each(follow(manifest.body, ["spec", "ports"])):
        yield row("" if at is None else f"/spec/ports/{at}", {"port": port})
