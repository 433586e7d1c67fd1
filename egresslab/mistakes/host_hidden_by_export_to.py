"""exportTo keeps what is declared from the caller's namespace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.config_views.host_names import fit, names
from egresslab.frames import Resources
from egresslab.mistakes.bound_rules import MESH, rules
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import KnownHosts
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.sight import EXPORT_TO, Sidecar, Sight, exported
from egresslab.mistakes.unknown_traffic import Unknown

MISTAKE = Mistake(
    severity="warning",
    title="exportTo hides the host from the caller",
    explanation=(
        "exportTo names the namespaces that get to know a ServiceEntry, or, as annotation networking.istio.io/exportTo, a Service; . is its own. "
        "For proxies of all others, gateways too, it does not exist: calls are unknown traffic, and a VirtualService that leads there ends in a "
        "cluster that is missing (503 NC)."
    ),
    mend="Add the caller's namespace to exportTo, or declare the host there.",
    explains=("host_not_in_registry",),
)


def in_log(unknown: list[Unknown], shapes: pd.DataFrame, known: KnownHosts, sight: Sight, resources: Resources | None = None) -> Iterator[Finding]:
    """Find calls of a host, or by a route to one, whose owner does not export it to the caller."""
    for seen in unknown:
        if seen.because == EXPORT_TO:
            to = seen.to.caller.namespace or "the caller's namespace, as it seems"
            yield seen.finding(f"{seen.names()} is exported {_words(seen.declared)}, not to {to}: traffic to {seen.subject} {seen.fate}")
    if resources is not None:
        yield from _without_cluster(shapes, rules(resources), known, sight)


def in_resources(resources: Resources, sight: Sight, known: KnownHosts, shapes: pd.DataFrame | None = None) -> Iterator[Finding]:
    """Find Sidecars that name a host whose owner does not export it to their namespace."""
    for sidecar in sight.sidecars:
        for _, where, host, excluded in sidecar.hosts if sidecar.namespace != sight.root else ():
            named = [one for one in known.written if host != "*" and not excluded and one.namespace == where and fit(host, one.host)]
            if named and not any(exported(one, sidecar.namespace) for one in named):
                yield from (_named(one, sidecar, shapes is not None) for one in named)


def _named(one: Declared, sidecar: Sidecar, has_log: bool) -> Finding:
    summary = f"Sidecar {sidecar.namespace}/{sidecar.name} names {one.host}, but {one.name} is exported {_words((one,))}"
    severity, places = "info" if has_log else "warning", (*one.places, *sidecar.places)
    return Finding(f"{one.host}:{one.port}" if one.port else one.host, summary, severity=severity, places=places, sure=not has_log)


def _without_cluster(shapes: pd.DataFrame, written: pd.DataFrame, known: KnownHosts, sight: Sight) -> Iterator[Finding]:
    """Find calls whose route leads to what the caller has no cluster for, as its owner keeps it."""
    flags = shapes["response_flags"]
    lost = shapes[flags.isin([words for words in flags.cat.categories if "NC" in words.split(",")])]
    for (subject, proxy), rows in lost.groupby(["subject", "proxy"], sort=False, observed=True):
        caller = sight.caller(str(proxy))
        leads = ([one for one in known.named(to) if one.proxy is None] for to in _leads(written, rows.iloc[0]))
        if hidden := next((own for own in leads if own and all(sight.hidden_by(one, caller) == EXPORT_TO for one in own)), None):
            to = caller.namespace or proxy
            summary = f"{subject} is routed to {hidden[0].name}, which is exported {_words(tuple(hidden))}, not to {to}: it has no cluster"
            of = int(shapes.loc[shapes["subject"] == subject, "count"].sum())
            yield Finding.of_shapes(rows, str(subject), summary, severity="error", beside=hidden[0].places, of=of)


def _leads(written: pd.DataFrame, row: pd.Series[Any]) -> list[str]:
    """Tell where rules lead what this entry asked for; a gateway's pod listens on another port than its Service, which rules name."""
    if not isinstance(row["host"], str) or written.empty:
        return []
    port = written["match_port"].isna() | (written["match_port"] == row["port"]).fillna(False)
    mesh = written["bound"].map(lambda gateways: MESH in gateways).astype("bool")
    return [str(to) for to in written.loc[names(written["for_host"], row["host"]) & (~mesh | port), "to"].dropna().unique()]


def _words(declared: tuple[Declared, ...]) -> str:
    words = sorted({one.export_to for one in declared if one.export_to})
    return f"to {', '.join(words)} alone" if words else "to its own namespace alone, as it seems"
