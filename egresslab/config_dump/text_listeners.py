"""What ``istioctl proxy-config listeners`` printed, to rows: the opposite of ``istioctl_words``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from egresslab.config_dump.istioctl_words import PROTOCOLS
from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import comma_text
from egresslab.sources import Row

_ABBREVIATED = {word: ",".join(protocols) for protocols, word in PROTOCOLS.items()}
# One space parts these columns, so that a row whose names somebody has replaced is cut by what its cells can hold.
_CHAIN = re.compile(
    r"(?:(?P<NAME>\S+) +)?(?P<ADDRESSES>\S+) +(?P<PORT>\d{1,5}) +(?P<MATCH>ALL|(?:SNI|Trans|App|Addr): .+?)(?<! ) ++"
    r"(?P<DESTINATION>(?:Route|Inline Route|Cluster): .*|HTTP|Non-HTTP/Non-TCP|(?=\S*Cluster)\S++)"
)
_ADDRESSES = re.compile(r"(?:\*|(?P<ranges>.+?/\d+))(?::(?P<port>\d{1,5}))?")


def add_chains(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for each filter chain, and one for each listener that they name."""
    known = set()
    for line, cells in rows:
        whose, pointer = _whose(cells), f"L{line}"
        if (key := tuple(whose.values())) not in known:
            known.add(key)
            part.add("listeners", **whose, pointer=pointer)
        matched = _matched(cells["MATCH"])
        led = _led(cells["DESTINATION"], matched.get("application_protocols") or "")
        where = {"listener": whose["name"], "address": whose["address"], "port": whose["port"]}
        part.add("filter_chains", **where, name=cells.get("CHAIN") or None, **matched, **led, pointer=pointer)


def moved_chain(line: str, columns: tuple[str, ...]) -> dict[str, str] | None:
    """Cut a row that does not stand under its header; None when it is none."""
    found = _CHAIN.fullmatch(line)
    return {column: text or "" for column, text in found.groupdict().items()} if found and bool(found["NAME"]) == ("NAME" in columns) else None


def add_listeners(part: Part, rows: Iterable[Row]) -> None:
    """Add a row for each listener of the brief table."""
    for line, cells in rows:
        part.add("listeners", **_whose(cells), type=cells["TYPE"], pointer=f"L{line}")


def _whose(cells: dict[str, str]) -> dict[str, Any]:
    name = cells.get("NAME", "").removeprefix("listener/") or cells.get("LISTENER", "").removeprefix("envoy://")
    address = cells.get("ADDRESSES") or cells.get("ADDRESS")
    return {"name": name or None, "address": address or None, "port": int(cells.get("PORT") or 0) or None}


def _matched(match: str) -> dict[str, Any]:
    parts = dict(part.partition(": ")[::2] for part in match.split("; "))
    protocols = parts.get("App", "")
    where = _ADDRESSES.fullmatch(parts.get("Addr", ""))
    return {
        "match": match,
        "server_names": comma_text(filter(None, parts.get("SNI", "").split(","))),
        "transport_protocol": parts.get("Trans"),
        "application_protocols": comma_text(filter(None, _ABBREVIATED.get(protocols, protocols).split(","))),
        "prefix_ranges": comma_text(where["ranges"].split(",")) if where and where["ranges"] else None,
        "destination_port": int(where["port"]) if where and where["port"] else None,
    }


def _led(destination: str, protocols: str) -> dict[str, Any]:
    kind, _, name = destination.partition(":")
    name = name.strip()
    if kind in ("Route", "Inline Route", "HTTP"):
        inline = {} if kind == "HTTP" else {"inline_routes": kind == "Inline Route"}
        return {"destination": _as_printed(destination), "type": "HTTP", "route_config": name if kind == "Route" else None, **inline}
    if destination == "Non-HTTP/Non-TCP":
        return {"destination": destination}
    cluster = (name if kind == "Cluster" else destination) or None
    return {"destination": _as_printed(destination), "type": _type(cluster or "", protocols), "cluster": cluster}


def _as_printed(destination: str) -> str:
    """Give back the space at the end of a line, which tables lose."""
    return f"{destination} " if destination.endswith(":") else destination


def _type(cluster: str, protocols: str) -> str | None:
    """Tell what leads to a cluster: on the way in it can be either, a TCP proxy or a http_connection_manager whose one route is inline."""
    if "http/" in protocols and "istio-peer-exchange" not in protocols:
        return "HTTP"
    return None if cluster.lower().startswith("inbound") else "TCP"
