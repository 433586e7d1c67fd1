"""A TCP port of a ServiceEntry has no addresses, and takes what is meant for others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import fit
from egresslab.config_views.match import Outbound
from egresslab.frames import Config, Resources
from egresslab.mistakes import catch_all
from egresslab.mistakes.catch_all import CatchAll
from egresslab.mistakes.known_hosts import KnownHosts
from egresslab.mistakes.mistake import Finding, Mistake, listed
from egresslab.mistakes.sight import Sight

MISTAKE = Mistake(
    severity="error",
    title="A TCP port is declared without addresses",
    explanation=(
        "For TCP the name of a host does not matter: without addresses Envoy has nothing to know it by, and its chain becomes the one that takes "
        "all that no other chain of the port takes. Connections to other hosts reach this one, also under REGISTRY_ONLY, and no flag tells of it."
    ),
    mend=(
        "Give the ServiceEntry the addresses of the host, or declare the port as TLS or HTTPS if clients send an SNI; "
        "else use a port of its own, or addresses that Istio allocates (DNS capture)."
    ),
    explains=("host_not_in_registry", "port_not_in_service_entry", "tcp_address_mismatch", "service_entries_conflict"),
)


def in_log(
    shapes: pd.DataFrame, outbound: Outbound, known: KnownHosts, sight: Sight, config: Config | None = None, resources: Resources | None = None
) -> Iterator[Finding]:
    """Find connections to other hosts under the cluster of a TCP port without addresses."""
    names = _names(shapes)
    traps = [*(catch_all.in_config(config, outbound, known) if config else ()), *(catch_all.in_resources(resources, known) if resources else ())]
    by_proxy = {str(proxy): rows for proxy, rows in shapes.groupby("proxy", observed=True)}
    for caught, of_proxy in _met(traps, by_proxy, outbound, known, sight):
        rows = of_proxy[catch_all.cluster_of(caught, of_proxy["upstream_cluster"]) & (of_proxy["spoken"] != "HTTP")]
        foreign = rows[[_is_foreign(caught, row, names) for row in rows[["requested_server_name", "address"]].itertuples(index=False)]]
        led_away = rows[_led_away(rows)] if caught.others else rows.iloc[:0]
        yield _stolen(caught, foreign, rows) if len(foreign) else _seems_stolen(caught, led_away, rows) if len(led_away) else _harmless(caught)
    if resources is None:
        yield from _guessed(shapes[~shapes["proxy"].isin(sorted(outbound.proxies))])


def _met(
    traps: list[CatchAll], by_proxy: dict[str, pd.DataFrame], outbound: Outbound, known: KnownHosts, sight: Sight
) -> Iterator[tuple[CatchAll, pd.DataFrame]]:
    """Give each catch-all port with the entries of its proxy: of the config, and of the YAML for proxies without one."""
    for caught in traps:
        for proxy, rows in by_proxy.items():
            if caught.proxy == proxy or (caught.proxy is None and proxy not in outbound.proxies and catch_all.seen_by(caught, proxy, known, sight)):
                yield caught, rows


def _names(shapes: pd.DataFrame) -> dict[str, set[str]]:
    """Tell by which names the log calls an address."""
    rows = shapes[["address", "host"]].dropna().drop_duplicates()
    return {str(address): set(group["host"]) for address, group in rows.groupby("address")}


def _is_foreign(caught: CatchAll, row: Any, names: dict[str, set[str]]) -> bool:
    """Tell whether a connection was meant for another host: by its SNI, else by whose address it called."""
    sni, address = row
    if isinstance(sni, str):
        return fit(caught.host, sni.lower()) is None
    if not isinstance(address, str) or address in caught.own:
        return False
    called = names.get(address, set())
    if called:
        return not any(fit(caught.host, name) for name in called)
    return bool(caught.own) and (caught.fixed or bool(caught.others))


def _led_away(rows: pd.DataFrame) -> pd.Series[Any]:
    """Tell which connections went to another address than the application called: its own DNS gave it, or it is of another host."""
    upstream = rows["upstream_host"].astype("str").str.replace(r":\d+$", "", regex=True).str.strip("[]")
    return (rows["address"].notna() & upstream.notna() & (upstream != rows["address"])).fillna(False).astype("bool")


def _seems_stolen(caught: CatchAll, led_away: pd.DataFrame, rows: pd.DataFrame) -> Finding:
    others = listed(one.host for one in caught.others)
    what = f"{caught.subject} is TCP without addresses: it took connections to {listed(led_away['subject'])}, which may be meant for {others}"
    of = int(rows["count"].sum())
    return Finding.of_shapes(led_away, caught.subject, what, severity="warning", of=of, beside=caught.places, sure=False)


def _stolen(caught: CatchAll, foreign: pd.DataFrame, rows: pd.DataFrame) -> Finding:
    kept = (foreign["upstream_host"].astype("str") == foreign["downstream_local_address"].astype("str")).all()
    return Finding.of_shapes(
        foreign,
        caught.subject,
        f"{caught.subject} is TCP without addresses: it took connections to {listed(foreign['subject'])}",
        severity="warning" if kept else "error",
        of=int(rows["count"].sum()),
        beside=caught.places,
    )


def _harmless(caught: CatchAll) -> Finding:
    return Finding(
        caught.subject,
        f"{caught.subject} is TCP without addresses: it would take any other connection to port {caught.port}; the log shows none",
        severity="info",
        places=caught.places,
    )


def _guessed(shapes: pd.DataFrame) -> Iterator[Finding]:
    """Find, in a log alone, clusters of an external host that took several other names at several addresses."""
    cluster = shapes["upstream_cluster"].astype("str").str.extract(r"^outbound\|(?P<of_port>\d+)\|\|(?P<of_host>(?!.*\.svc\.).+)$")
    rows = shapes.assign(of_host=cluster["of_host"], of_port=pd.to_numeric(cluster["of_port"]).astype("Int64"))
    rows = rows[((rows["spoken"] == "TLS") & (rows["of_port"] == rows["port"])).fillna(False) & rows["of_host"].notna()]
    for (host, port), all_rows in rows.groupby(["of_host", "port"], sort=False):
        names = set(all_rows["host"])
        if len(names) > 1 and all_rows["address"].nunique() > 1 and not any(fit(str(host).lower(), name) for name in names):
            summary = f"{host}:{port} took TLS connections to {', '.join(sorted(names)[:3])}: is it TCP without addresses?"
            yield Finding.of_shapes(all_rows, f"{host}:{port}", summary, severity="warning", of=int(all_rows["count"].sum()), sure=False)


def in_config(config: Config, outbound: Outbound, known: KnownHosts, shapes: pd.DataFrame | None = None) -> Iterator[Finding]:
    """Find catch-all chains of proxies of which no log tells what comes."""
    logged = set() if shapes is None else set(shapes["proxy"].astype("object"))
    yield from (_trap(caught) for caught in catch_all.in_config(config, outbound, known) if caught.proxy not in logged)


def in_resources(resources: Resources, outbound: Outbound, known: KnownHosts, shapes: pd.DataFrame | None = None) -> Iterator[Finding]:
    """Find TCP ports without addresses where neither log nor config tells more."""
    if shapes is None and not outbound.proxies:
        yield from (_trap(caught) for caught in catch_all.in_resources(resources, known))


def _trap(caught: CatchAll) -> Finding:
    others = list(dict.fromkeys(one.host for one in caught.others if not one.is_mesh_service))
    also = f"; {', '.join(others[:3])} use it too" if others else ""
    summary = f"{caught.subject} is TCP without addresses: it takes all that nothing else takes on port {caught.port}{also}"
    return Finding(caught.subject, summary, severity="warning", places=caught.places, sure=False)
