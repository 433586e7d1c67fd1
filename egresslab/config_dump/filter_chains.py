"""Filter chains to rows: what they match, and what they lead to."""

from __future__ import annotations

from typing import Any

from egresslab.config_dump.access_loggers import Logger, add_access_loggers, logger_names, loggers_of
from egresslab.config_dump.addresses import range_set
from egresslab.config_dump.istioctl_words import HTTP, TCP, Found, chain_match, found_in, single_cluster
from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import walk
from egresslab.config_dump.taken import Taken, owner
from egresslab.config_dump.tls import tls_columns, tls_context
from egresslab.config_dump.virtual_hosts import add_route_config

_KINDS = {HTTP: "HTTP", TCP: "TCP", "HttpConnectionManager": "HTTP", "TcpProxy": "TCP"}
_RANGES = ("prefix_ranges", "source_prefix_ranges", "direct_source_prefix_ranges")


def add_filter_chain(part: Part, chain: dict[str, Any], taken: Taken, where: dict[str, Any]) -> Found:
    """Add one chain, its access loggers, and the routes that stand in it; tell what istioctl finds in it."""
    match, found = chain.get("filter_chain_match") or {}, found_in(chain)
    kind, end, at = _end(chain)
    context = tls_context(chain.get("transport_socket"))
    loggers = loggers_of(end.get("access_log"))
    roots = {"": match, "chain": chain, "tls": context, "end": end}
    mutual = None if context is None else bool(context.get("require_client_certificate"))
    computed = {
        **where,
        **_matched(match),
        **_led(chain, kind, end),
        "destination": found.destination,
        **_logged(loggers),
        **tls_columns(context, mutual=mutual),
        "resource": owner(chain),
    }
    part.add("filter_chains", roots, **computed, **taken.columns)
    whose = {"listener": where["listener"], "filter_chain": chain.get("name", ""), "is_default": where["is_default"]}
    inside = taken.within(f"filters/{at}/typed_config")
    add_access_loggers(part, loggers, inside, {**whose, "level": str(kind).lower(), "resource": computed["resource"]})
    if isinstance(routes := end.get("route_config"), dict):
        inline = {"listener": where["listener"], "filter_chain": chain.get("name"), "origin": "inline"}
        add_route_config(part, routes, inside.within("route_config"), inline)
    return found


def _end(chain: dict[str, Any]) -> tuple[str | None, dict[str, Any], int]:
    """Find the filter that decides where a chain leads: its kind, its config and its position."""
    filters = chain.get("filters") or []
    for at, one in enumerate(filters):
        config = one.get("typed_config") or one.get("config") or {}
        kind = _KINDS.get(one.get("name", "")) or _KINDS.get(str(config.get("@type", "")).rsplit(".", 1)[-1])
        if kind:
            return kind, config, at
    return (filters[-1].get("name") if filters else None), {}, len(filters)


def _matched(match: dict[str, Any]) -> dict[str, Any]:
    return {"match": chain_match(match) if match else "ALL", **{name: range_set(match[name]) for name in _RANGES if name in match}}


def _led(chain: dict[str, Any], kind: str | None, end: dict[str, Any]) -> dict[str, Any]:
    filters = chain.get("filters") or []
    http = end.get("http_filters") or []
    inline = end.get("route_config")
    return {
        "type": kind,
        "route_config": walk(end, ["rds", "route_config_name"]) or (inline.get("name") if isinstance(inline, dict) else None),
        "inline_routes": isinstance(inline, dict) if kind == "HTTP" else None,
        "cluster": single_cluster(end) if kind == "TCP" else None,
        "network_filters": ",".join(str(f.get("name", "")) for f in filters) or None,
        "http_filters": ",".join(str(f.get("name", "")) for f in http) or None,
        "codec_type": end.get("codec_type", "AUTO") if kind == "HTTP" else None,
        "stat_prefix": end.get("stat_prefix"),
    }


def _logged(loggers: tuple[Logger, ...]) -> dict[str, Any]:
    if not loggers:
        return {}
    return {"access_loggers": logger_names(loggers), "access_log_format": loggers[0].format, "access_log_filter": loggers[0].filter}
