"""Hosts as Envoy sees them now: ``/clusters`` as text, as JSON, and as istioctl hands it on."""

from __future__ import annotations

import re
from typing import Any

from egresslab.config_dump.addresses import address_and_port, address_in_text, locality_text
from egresslab.config_dump.part import Part
from egresslab.config_dump.recognise import mostly
from egresslab.config_dump.rows import walk
from egresslab.frames.cells import count, number

# A host's name ends the text before its key; an IPv6 address stands in brackets, so that :: parts names only.
_HOST = re.compile(r"(.+?)::(\[[^\]\s]+\]:\d+|[^:\[\]\s]+:\d+|[/@]\S*|envoy://\S*)")
_LINE = re.compile(r"(.+?)::([a-z][a-z0-9_]*)::(.*)")
_KEYS = r"(?:cx|rq)_\w+|(?:default|high)_priority::max_\w+|observability_name|added_via_api|eds_service_name|hostname|health_flags|weight|priority"
_SIGN = re.compile(rf".+::(?:{_KEYS}|region|zone|sub_zone|canary|(?:local_origin_)?success_rate)::.*")

_COUNTS = ("cx_active", "cx_total", "cx_connect_fail", "rq_active", "rq_total", "rq_success", "rq_error", "rq_timeout")
# How the JSON names the flags of the text, where it does not do so by eds_health_status.
_FLAGS = {"failed_active_health_check": "failed_active_hc", "failed_active_degraded_check": "degraded_active_hc"}
_EDS_FLAGS = {"UNHEALTHY": "failed_eds_health", "DEGRADED": "degraded_eds_health", "DRAINING": "eds_status_draining"}


def looks_like_clusters(text: str) -> bool:
    """Is this the text of ``/clusters``?"""
    return mostly(text, _SIGN.fullmatch)


def read_clusters_text(text: str, part: Part) -> int:
    """Add the hosts in the text of ``/clusters``; give how many lines were not understood."""
    blocks, skipped = _blocks(text)
    via_api = {whose: values["added_via_api"] == "true" for _, whose, values in blocks if "added_via_api" in values}
    for line, whose, values in blocks:
        if host := _HOST.fullmatch(whose):
            address, port = address_in_text(f"unix://{host[2]}" if host[2].startswith(("/", "@")) else host[2])
            told = {**_text_columns(values), "added_via_api": via_api.get(host[1]), "pointer": f"L{line}"}
            part.add("host_statuses", cluster=host[1], address=address, port=port, **told)
    return skipped


def _blocks(text: str) -> tuple[list[tuple[int, str, dict[str, str]]], int]:
    """Gather the lines about one cluster or host: first line, whose, values; a cluster can have one address twice, for two names."""
    blocks: list[tuple[int, str, dict[str, str]]] = []
    current: dict[str, dict[str, str]] = {}
    skipped = 0
    for at, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        rest, _, value = line.rpartition("::")
        whose, _, key = rest.rpartition("::")
        if not whose or not key.isidentifier():
            if not (found := _LINE.fullmatch(line)):
                skipped += bool(line.strip())
                continue
            whose, key, value = found.groups()
        values = current.get(whose)
        if values is None or key in values:
            values = current[whose] = {}
            blocks.append((at, whose, values))
        values[key] = value
    return blocks, skipped


def _text_columns(values: dict[str, str]) -> dict[str, Any]:
    flags = {flag for flag in values.get("health_flags", "").split("/") if flag}
    known = "health_flags" in values
    return {
        **{name: count(values.get(name)) for name in (*_COUNTS, "weight", "priority")},
        "hostname": values.get("hostname") or None,
        "health": next((word for word, flag in _EDS_FLAGS.items() if flag in flags), "HEALTHY") if known else None,
        "failed_outlier_check": "failed_outlier_check" in flags if known else None,
        "health_flags": ",".join(sorted(flags)) or None,
        "locality": locality_text(values),
        "success_rate": _rate(values.get("success_rate")),
    }


def add_cluster_status(part: Part, status: dict[str, Any], pointer: str) -> None:
    """Add the hosts of one cluster of ``/clusters?format=json``."""
    cluster = {"cluster": status.get("name"), "added_via_api": bool(status.get("added_via_api"))}
    for n, host in enumerate(status.get("host_statuses") or []):
        if isinstance(host, dict):
            address, port = address_and_port(host.get("address"))
            if walk(host, ["address", "pipe"]):
                address = f"unix://{address}"
            part.add("host_statuses", **cluster, address=address, port=port, pointer=f"{pointer}/host_statuses/{n}", **_json_columns(host))


def _json_columns(host: dict[str, Any]) -> dict[str, Any]:
    stats = {s.get("name"): s.get("value", 0) for s in host.get("stats") or [] if isinstance(s, dict)}
    health: dict[str, Any] = found if isinstance(found := host.get("health_status"), dict) else {}
    word = health.get("eds_health_status", "UNKNOWN")
    flags = {_FLAGS.get(key, key) for key, value in health.items() if value is True} | ({_EDS_FLAGS[word]} if word in _EDS_FLAGS else set())
    return {
        **{name: count(stats.get(name)) for name in _COUNTS},
        "weight": count(host.get("weight")),
        "priority": count(host.get("priority", 0)),
        "hostname": host.get("hostname") or None,
        "health": word,
        "failed_outlier_check": health.get("failed_outlier_check") is True,
        "health_flags": ",".join(sorted(flags)) or "healthy",
        "locality": locality_text(host.get("locality")),
        "success_rate": _rate(walk(host, ["success_rate", "value"])),
    }


def _rate(value: Any) -> float | None:
    """Read a success rate; -1 stands for too few requests."""
    rate = number(value)
    return rate if rate is not None and rate >= 0 else None
