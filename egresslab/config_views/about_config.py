"""What the config of proxies has to do with one host, in sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import Fit
from egresslab.config_views.of_host import OfHost
from egresslab.frames import Config

Row = dict[str, Any]

# Statistics of a cluster that tell of trouble; all others are left out.
_TROUBLE = re.compile(
    r"(?<!external)(?<!internal)\.(?:upstream_cx_(?:connect_fail|connect_timeout|overflow|none_healthy)|upstream_rq_(?:timeout|retry|retry_limit_exceeded|pending_overflow|5xx)"
    r"|ssl\.(?:connection_error|fail_verify_\w+)|outlier_detection\.ejections_active|update_failure|bind_errors)$"
)
_NO_TLS = {"DISABLE": "no TLS to the upstream", "AUTO": "ISTIO_MUTUAL to endpoints that have a sidecar"}


def cell(value: Any) -> str | None:
    """Write a cell; None when it is missing."""
    return None if pd.isna(value) else str(value)


def detail(row: Row, *columns: str) -> str | None:
    """Write some columns of a row as ``column=value``; what is missing is left out."""
    return "; ".join(f"{name}={value}" for name in columns if (value := cell(row.get(name)))) or None


def records(frame: pd.DataFrame) -> list[Row]:
    """Give the rows of a small frame."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def about_config(config: Config, found: OfHost, owner: Callable[[str], str]) -> Iterator[Row]:
    """Tell of each object; ``owner`` names the resource behind a service, as namespace/host."""
    yield from map(_chain, records(found.chains))
    yield from map(_virtual_host, records(found.virtual_hosts))
    yield from map(_route, records(found.routes))
    yield from (_cluster(row, owner) for row in records(found.clusters))
    yield from _endpoints(config, found)
    yield from map(_secret, records(_named_secrets(config.secrets, [found.clusters, found.chains])))
    yield from map(_refused, records(_refusals(config, found)))
    yield from map(_stat, records(_troubles(config.stats, found.clusters)))


def _row(section: str, row: Row, what: str, **more: Any) -> Row:
    places = {name: row.get(name) for name in ("proxy", "source", "pointer")}
    return {"section": section, "name": row.get("name"), "owner": row.get("resource"), **more, "what": what, **places}


def _wins(row: Row) -> Row:
    """Say whether a chain or virtual host is the closest one to the host."""
    fit, best = row["fit"], row["best"]
    wins = fit == best
    return {"wins": wins, "because": fit.because() if wins else f"{fit.because()}, but {best.because()}"}


def _chain(row: Row) -> Row:
    leads = f"at {row['listener']} leads to {cell(row['destination']) or 'nothing'}"
    more = {"name": cell(row["name"]) or row["listener"], "detail": detail(row, "match", "type", "tls_mode", "cluster", "route_config", "state")}
    if isinstance(row["fit"], Fit):
        return _row("filter_chains", row, f"TLS with SNI {row['fit'].pattern} {leads}", **more, **_wins(row))
    return _row("filter_chains", row, f"{'what no other chain takes' if row['is_default'] is True else row['match']} {leads}", **more)


def _virtual_host(row: Row) -> Row:
    where = f"route configuration {cell(row['route_config']) or 'inline'}"
    what = (
        f"takes HTTP with any other Host at {where}, this one too" if row["fit"].is_any else f"takes HTTP with Host {row['fit'].pattern} at {where}"
    )
    more = {"name": row["virtual_host"], "detail": f"domains={row['all_domains']}"}
    return _row("virtual_hosts", row, what, **more, **_wins(row))


def _route(row: Row) -> Row:
    leads = cell(row["cluster"]) or cell(row["redirect"]) or cell(row["response_code"]) or cell(row["action"]) or "somewhere that is not told"
    what = f"{cell(row['match']) or 'a route'} of {row['virtual_host']} leads to {leads}"
    name = cell(row["name"]) or row["virtual_host"]
    return _row("routes", row, what, name=name, detail=detail(row, "route_config", "headers", "query_parameters", "timeout_ms", "host_rewrite"))


def _cluster(row: Row, owner: Callable[[str], str]) -> Row:
    mode = cell(row["tls_mode"])
    tls = "" if mode is None else f", {_NO_TLS.get(mode) or f'TLS {mode} to the upstream'}"
    port = f" of service port {row['port']}" if cell(row["port"]) else ""
    owners = [*(owner(s) for s in (cell(row["services"]) or "").split(",") if s), *([row["resource"]] if cell(row["resource"]) else [])]
    columns = ("subset", "sni", "auto_sni", "subject_alt_names", "ca", "certificates", "external", "state")
    what = f"{cell(row['type']) or ''} cluster{port}{tls}".lstrip()
    return _row("clusters", row, what, owner=",".join(owners) or None, detail=detail(row, *columns))


def _endpoints(config: Config, found: OfHost) -> Iterator[Row]:
    """Tell of the endpoints as /clusters has them, and as the dump lists them where it does not."""
    named = found.clusters.assign(eds=found.clusters["eds_service_name"].fillna(found.clusters["name"]))
    now = _of_proxy(config.host_statuses, "cluster", named, "name")
    listed = _of_proxy(config.endpoints, "cluster", named, "eds")
    rest = listed[~listed["proxy"].isin(now["proxy"].astype("object"))]
    for section, rows in (("host_statuses", now), ("endpoints", rest)):
        for row in records(rows):
            marks = row.get("health_flags")
            health = marks if cell(marks) and marks != "healthy" else row["health"]
            address = f"{row['address']}{'' if pd.isna(row['port']) else ':' + str(row['port'])}"
            columns = ("hostname", "weight", "locality", "cx_total", "cx_connect_fail", "rq_total", "rq_error", "rq_timeout")
            yield _row(section, row, f"endpoint {address}, {cell(health) or 'health not told'}", name=row["cluster"], detail=detail(row, *columns))


def _of_proxy(rows: pd.DataFrame, column: str, named: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give the rows that name one of certain objects of the same proxy."""
    keys = pd.MultiIndex.from_frame(named[["proxy", name]].astype("object"))
    return rows[pd.MultiIndex.from_frame(rows[["proxy", column]].astype("object")).isin(keys)]


def _named_secrets(secrets: pd.DataFrame, users: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Give the secrets that clusters and chains name, the first certificate of each."""
    cells = pd.concat([u[["proxy", c]].rename(columns={c: "name"}) for u in users for c in ("certificates", "ca")])
    asked = cells.assign(name=cells["name"].str.split(",")).explode("name").dropna()
    first = secrets[(secrets["position"].fillna(0) == 0).astype("bool")]
    return _of_proxy(first, "name", asked, "name")


def _secret(row: Row) -> Row:
    trouble = ", no certificate has come" if row["missing"] is True else ", expired" if row["expired"] is True else ""
    columns = ("subject", "subject_alt_names", "issuer", "not_after", "because")
    return _row("secrets", row, f"secret, {cell(row['state']) or 'state not told'}{trouble}", owner=None, detail=detail(row, *columns))


def _refusals(config: Config, found: OfHost) -> pd.DataFrame:
    """Give what Envoy refused of the clusters, listeners and route configurations of the host."""
    rejected, chains = config.rejected, config.filter_chains
    asking = _of_proxy(chains, "route_config", found.virtual_hosts, "route_config")
    users = [(found.clusters, "name"), (found.chains, "listener"), (asking, "listener"), (found.virtual_hosts, "route_config")]
    rows = [_of_proxy(rejected, "name", frame, column) for frame, column in users if len(frame)]
    return pd.concat(rows).drop_duplicates() if rows else rejected.head(0)


def _refused(row: Row) -> Row:
    return _row(
        "rejected",
        row,
        f"Envoy refused an update of its {row['section']}: {cell(row['because']) or 'no reason told'}",
        detail=detail(row, "kept_since"),
    )


def _troubles(stats: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    rows = stats[stats["name"].str.startswith("cluster.") & (stats["value"] > 0).fillna(False).astype("bool")]
    rows = rows[rows["name"].str.contains(_TROUBLE)]
    names = tuple(f"cluster.{name}{end}" for name in clusters["name"].unique() for end in (".", ";"))
    return rows[rows["name"].str.startswith(names)] if names else rows.head(0)


def _stat(row: Row) -> Row:
    cluster, _, counter = row["name"].removeprefix("cluster.").rpartition(";.")
    place = {**row, "pointer": f"L{line}" if (line := cell(row["line"])) else None}
    return _row("stats", place, f"{counter or row['name']} is {row['value']:g}", name=cluster or row["name"])
