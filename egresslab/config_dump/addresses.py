"""Addresses as Envoy writes them: sockets, pipes and internal listeners."""

from __future__ import annotations

from typing import Any

from egresslab.config_dump.rows import comma_text


def address_and_port(address: Any) -> tuple[str | None, int | None]:
    """Give what an address names, and its port where it has one."""
    if not isinstance(address, dict):
        return None, None
    if isinstance(socket := address.get("socket_address"), dict):
        port = socket.get("port_value")
        return socket.get("address"), port if isinstance(port, int) else None
    if isinstance(pipe := address.get("pipe"), dict):
        return pipe.get("path"), None
    internal = address.get("envoy_internal_address")
    if isinstance(internal, dict):
        name = internal.get("server_listener_name", "")
        return f"envoy://{name}/{internal.get('endpoint_id', '')}", None
    return None, None


def address_in_text(written: str) -> tuple[str, int | None]:
    """Part an address that stands in a text from its port; a pipe or internal listener has none.

    >>> address_in_text("[fd00::4]:80"), address_in_text("unix:///run/SDS")
    (('fd00::4', 80), ('unix:///run/SDS', None))
    """
    address, _, port = written.rpartition(":")
    if not address or not (port.isdecimal() and len(port) <= 5) or "/" in address:
        return written, None
    return address.removeprefix("[").removesuffix("]"), int(port)


def ranges(found: Any) -> list[str]:
    """Write address ranges as CIDR, in their order."""
    if not isinstance(found, list):
        return []
    return [f"{r.get('address_prefix', '')}/{_length(r)}" for r in found if isinstance(r, dict)]


def _length(one: dict[str, Any]) -> Any:
    length = one.get("prefix_len", 0)
    return length.get("value", 0) if isinstance(length, dict) else length


def range_set(found: Any) -> str | None:
    """Write address ranges as sorted comma text."""
    return comma_text(ranges(found))


def locality_text(locality: Any) -> str | None:
    """Write a locality as ``region/zone/sub_zone``, to its first empty part."""
    found = []
    for part in ("region", "zone", "sub_zone"):
        value = locality.get(part) if isinstance(locality, dict) else None
        if not value:
            break
        found.append(str(value))
    return "/".join(found) or None
