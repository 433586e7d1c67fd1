"""What the resources of a cluster declare about one host, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.config_views.about_config import Row, cell, detail, records
from egresslab.config_views.host_names import names
from egresslab.config_views.winners import Winners
from egresslab.frames import Resources

_IN_CLUSTER = (".svc.cluster.local", ".svc", "")


def about_resources(resources: Resources, host: str, winners: Winners, *, known: bool) -> Iterator[Row]:
    """Tell of each resource that names the host; those for any host count only when something else knows it."""
    yield from _service_entries(entries_of(resources, host), winners)
    yield from _services(services_of(resources, host), host, winners)
    yield from _route_rules(resources.route_rules, host, winners)
    yield from _tls_settings(resources.tls_settings, host, winners)
    yield from map(_gateway_server, records(_naming(resources.gateway_servers, host, known=known)))
    yield from map(_sidecar_host, records(_naming(resources.sidecar_hosts, host, known=known)))


def entries_of(resources: Resources, host: str) -> pd.DataFrame:
    """Give the ServiceEntries of a host, wildcards too."""
    return resources.service_entries[names(resources.service_entries["host"], host)]


def services_of(resources: Resources, host: str) -> pd.DataFrame:
    """Give the Kubernetes Services of a host."""
    services = resources.services
    own = services["name"] + "." + services["namespace"].astype("str").fillna("default")
    return services[(own + _IN_CLUSTER[0] == host) | (own + _IN_CLUSTER[1] == host) | (own == host) | (services["external_name"].str.lower() == host)]


def _naming(rows: pd.DataFrame, host: str, *, known: bool) -> pd.DataFrame:
    anyone = (rows["host"] == "*").fillna(False).astype("bool")
    return rows[names(rows["host"], host) | (anyone & known)]


def _row(kind: str, section: str, row: Row, what: str, **more: Any) -> Row:
    owner = f"{kind} {cell(row['namespace']) or 'default'}/{row['name']}"
    return {"section": section, "name": row["name"], "owner": owner, **more, "what": what, "source": row["source"], "pointer": row["pointer"]}


def _service_entries(entries: pd.DataFrame, winners: Winners) -> Iterator[Row]:
    for _, rows in entries.groupby(["namespace", "name", "host"], observed=True, dropna=False, sort=False):
        first, *_ = each = records(rows)
        ports = ",".join(dict.fromkeys(f"{cell(row['port']) or 'no port'} {cell(row['protocol']) or ''}".strip() for row in each))
        what = f"declares {first['host']} for port {ports}, resolution {cell(first['resolution']) or 'NONE'}"
        columns = ("location", "address", "auto_addresses", "endpoint_addresses", "export_to", "creation_timestamp")
        pointer = first["pointer"].rsplit("/spec/ports/", 1)[0]
        wins = winners.of_entry(cell(first["namespace"]), first["name"], first["host"])
        yield _row("ServiceEntry", "service_entries", {**first, "pointer": pointer}, what, detail=detail(first, *columns), **wins)


def _services(services: pd.DataFrame, host: str, winners: Winners) -> Iterator[Row]:
    for _, rows in services.groupby(["namespace", "name"], observed=True, dropna=False, sort=False):
        first, *_ = each = records(rows)
        ports = ",".join(f"{cell(row['port'])} {cell(row['port_name']) or ''}".strip() for row in each if cell(row["port"]))
        what = f"is a Kubernetes Service of this host for port {ports or 'none'}"
        columns = ("type", "external_name", "cluster_ip", "export_to", "creation_timestamp")
        pointer = first["pointer"].rsplit("/spec/ports/", 1)[0]
        wins = winners.of_service(cell(first["namespace"]), host)
        yield _row("Service", "services", {**first, "pointer": pointer}, what, detail=detail(first, *columns), **wins)


def _route_rules(rules: pd.DataFrame, host: str, winners: Winners) -> Iterator[Row]:
    of = rules[names(rules["host"], host) | names(rules["sni_hosts"], host) | names(rules["destination_host"], host)]
    columns = ("gateways", "match_gateways", "match_port", "sni_hosts", "uri", "headers", "weight", "export_to", "creation_timestamp")
    for row in records(of):
        rule = f"{cell(row['route_kind']) or 'no'} rule" + _after(" ", row["rule"])
        target = cell(row["destination_host"]) or cell(row["redirect"]) or cell(row["direct_response"]) or cell(row["delegate"]) or "nowhere"
        where = _after(" port ", row["destination_port"]) + _after(" subset ", row["destination_subset"])
        what = f"{rule} for {cell(row['host']) or 'any host'} leads to {target}{where}"
        wins = winners.of_route(f"{row['kind']} {cell(row['namespace']) or 'default'}/{row['name']}")
        yield _row(row["kind"], "route_rules", row, what, detail=detail(row, *columns), **wins)


def _after(word: str, value: Any) -> str:
    return f"{word}{text}" if (text := cell(value)) else ""


def _tls_settings(settings: pd.DataFrame, host: str, winners: Winners) -> Iterator[Row]:
    columns = (
        "sni",
        "credential_name",
        "client_certificate",
        "ca_certificates",
        "subject_alt_names",
        "workload_selector",
        "export_to",
        "creation_timestamp",
    )
    for row in records(settings[names(settings["host"], host) | names(settings["sni"], host)]):
        level = _after(" port ", row["port"]) + _after(" subset ", row["subset"])
        tls = f"TLS {row['mode']}" if cell(row["mode"]) else "no TLS settings"
        what = f"traffic policy for {row['host']}{level}: {tls}"
        wins = winners.of_rule(f"DestinationRule {cell(row['namespace']) or 'default'}/{row['name']}")
        yield _row("DestinationRule", "tls_settings", row, what, detail=detail(row, *columns), **wins)


def _gateway_server(row: Row) -> Row:
    tls = f", TLS {row['tls_mode']}" if cell(row["tls_mode"]) else ""
    what = f"serves {cell(row['host']) or 'any host'} on port {cell(row['port'])} {cell(row['protocol']) or ''}".rstrip() + tls
    return _row("Gateway", "gateway_servers", row, what, detail=detail(row, "host_namespace", "credential_name", "selector", "gateway_class"))


def _sidecar_host(row: Row) -> Row:
    does = "takes away" if row["excluded"] is True else "lets its workloads see"
    what = f"{does} {row['host']} of namespace {cell(row['host_namespace']) or '*'}"
    return _row("Sidecar", "sidecar_hosts", row, what, detail=detail(row, "port", "workload_selector", "outbound_traffic_policy"))
