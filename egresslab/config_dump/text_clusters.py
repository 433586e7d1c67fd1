"""What ``istioctl proxy-config clusters``, ``endpoints``, ``eds`` and ``secrets`` printed, to rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from egresslab.config_dump.addresses import address_in_text
from egresslab.config_dump.part import Part
from egresslab.config_dump.text_routes import resource_named
from egresslab.sources import Row


def add_clusters(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for each cluster, its name put together again from its parts."""
    for line, cells in rows:
        resource = resource_named("DestinationRule", cells.get("DESTINATION RULE", ""))
        part.add("clusters", **_named(cells), type=cells["TYPE"] or None, resource=resource, pointer=f"L{line}")


def _named(cells: dict[str, str]) -> dict[str, Any]:
    host, port, subset, direction = (cells[c] for c in ("SERVICE FQDN", "PORT", "SUBSET", "DIRECTION"))
    name = cells.get("NAME", "").removeprefix("cluster/")
    if port == subset == direction == "-":
        return {"name": name or host}
    subset = "" if subset == "-" else subset
    parts = {"direction": direction, "port": None if port == "-" else int(port), "subset": subset or None, "host": host or None}
    return {"name": name or f"{direction}|{port}|{subset}|{host}", **parts}


def add_hosts(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for each host and its health now."""
    for line, cells in rows:
        address, port = address_in_text(cells["ENDPOINT"])
        failed = {"OK": False, "FAILED": True}.get(cells.get("OUTLIER CHECK", ""))
        told = {"health": cells["STATUS"], "failed_outlier_check": failed, "cluster": cells["CLUSTER"], "pointer": f"L{line}"}
        part.add("host_statuses", address=address, port=port, **told)


def add_endpoints(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for each endpoint that EDS, or the cluster itself, lists."""
    for line, cells in rows:
        written, *more = cells["NAME"].removeprefix("endpoint/").split(",")
        address, port = address_in_text(written)
        additional = ",".join(more) or None
        told = {"health": cells["STATUS"], "locality": cells["LOCALITY"] or None, "cluster": cells["CLUSTER"], "pointer": f"L{line}"}
        part.add("endpoints", address=address, port=port, additional_addresses=additional, **told)


def add_secrets(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for the first certificate of each secret, the only one that istioctl shows."""
    for line, cells in rows:
        told = _certificate(cells) if cells["SERIAL NUMBER"] else _no_certificate(cells["STATUS"])
        name = cells["RESOURCE NAME"].removeprefix("secret/")
        domain = cells.get("TRUST DOMAIN") or None
        part.add("secrets", name=name, state=cells["STATUS"].lower(), **told, trust_domain=domain, pointer=f"L{line}")


def _certificate(cells: dict[str, str]) -> dict[str, Any]:
    return {
        "type": cells["TYPE"] or None,
        "missing": False,
        "expired": cells["VALID CERT"] == "false",
        "serial_number": cells["SERIAL NUMBER"],
        "not_after": _time(cells["NOT AFTER"]),
        "not_before": _time(cells["NOT BEFORE"]),
        "position": 0,
    }


def _time(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _no_certificate(status: str) -> dict[str, Any]:
    """Tell of a secret without a certificate: one that warms has not come, of others istioctl does not say why."""
    if status == "WARMING":
        return {"missing": True, "because": "nothing has come for it: it does not exist, or its keys are named otherwise"}
    return {"because": "istioctl shows no certificate: none has come, it stands in a file, or it cannot be read"}
