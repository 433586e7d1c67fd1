"""A proxy writes no access log."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.frames import Config, Resources
from egresslab.mistakes.mistake import Finding, Mistake, places_of
from egresslab.mistakes.sight import root_namespace

MISTAKE = Mistake(
    severity="warning",
    title="The access log is off",
    explanation=(
        "Nothing that the proxy does leaves a line, whether it fails or not. Istio's default is no access log: meshConfig.accessLogFile is empty. "
        "A Telemetry with disabled: true turns it off, too, and counts more than the mesh's setting."
    ),
    mend=(
        "Set meshConfig.accessLogFile to /dev/stdout, or apply a Telemetry with accessLogging providers [envoy] to the namespace; "
        "remove the one that says disabled: true."
    ),
)
_INBOUND = (15006, 15021, 15090)


def in_config(config: Config, shapes: pd.DataFrame | None = None, resources: Resources | None = None) -> Iterator[Finding]:
    """Find proxies none of whose outbound chains has an access logger, and of which there is no line."""
    beside = places_of(_switched_off(resources.telemetry), 1) + places_of(resources.mesh, 1) if resources is not None else ()
    logged = _logged(shapes)
    for proxy, chains in _told(config).groupby("proxy", sort=False, observed=True):
        silent = chains["access_loggers"].isna().all() and not (config.access_loggers["proxy"] == proxy).any()
        if silent and proxy not in logged and not logged - set(config.proxies):
            summary = f"{proxy} writes no access log: none of its {len(chains)} outbound chains has an access logger"
            yield Finding(str(proxy), summary, places=(*places_of(chains, 1), *beside))


def _told(config: Config) -> pd.DataFrame:
    """Give the chains in which the applications' own requests end; istioctl's tables do not tell of loggers."""
    chains, listeners = config.filter_chains, config.listeners
    inbound = listeners[(listeners["traffic_direction"] == "INBOUND").fillna(False)]
    away = pd.MultiIndex.from_frame(inbound[["proxy", "name"]].astype("object"))
    within = pd.MultiIndex.from_frame(chains[["proxy", "listener"]].astype("object")).isin(away)
    dumped = chains["pointer"].str.startswith("/", na=False)
    return chains[dumped & ~within & ~chains["port"].isin(_INBOUND) & chains["port"].notna()]


def _logged(shapes: pd.DataFrame | None) -> set[str]:
    return set() if shapes is None else set(shapes["proxy"].dropna().astype("object"))


def in_resources(resources: Resources, shapes: pd.DataFrame | None = None, config: Config | None = None) -> Iterator[Finding]:
    """Find a Telemetry that turns the log off, or a mesh without one, where neither a log nor a dump tells otherwise."""
    if config is not None and len(_told(config)):
        return
    logged = _logged(shapes)
    for namespace, rows in _switched_off(resources.telemetry).groupby("namespace", sort=False, observed=True, dropna=False):
        if not logged or (isinstance(namespace, str) and not any(proxy.endswith(f".{namespace}") for proxy in logged) and _own(namespace, resources)):
            subject = f"Telemetry {namespace}/{rows['name'].iloc[0]}" if isinstance(namespace, str) else f"Telemetry {rows['name'].iloc[0]}"
            yield Finding(subject, f"{subject} turns the access log off", places=places_of(rows))
    if not logged and _is_whole(resources.mesh) and not _switched_on(resources):
        summary = "meshConfig names no accessLogFile and no provider of access logs: proxies write none"
        yield Finding("meshConfig", summary, places=places_of(resources.mesh, 1), sure=False)


def _switched_off(telemetry: pd.DataFrame) -> pd.DataFrame:
    """Give the entries that turn off what clients write: sidecars' outbound side, and gateways."""
    return telemetry[telemetry["disabled"].fillna(False).astype("bool") & ~(telemetry["mode"] == "SERVER").fillna(False)]


def _is_whole(mesh: pd.DataFrame) -> bool:
    """Tell whether settings of the mesh are all that there are: of an excerpt, or what a profile adds to, nothing follows from what is not there."""
    return bool(mesh[["name", "root_namespace", "trust_domain"]].notna().to_numpy().any())


def _switched_on(resources: Resources) -> bool:
    mesh, telemetry = resources.mesh, resources.telemetry
    return bool(mesh["access_log_file"].notna().any() or mesh["access_log_providers"].notna().any() or telemetry["entry"].notna().any())


def _own(namespace: str, resources: Resources) -> bool:
    """Tell whether a namespace is an ordinary one: a Telemetry in the root namespace is for all, and logs of others speak against it."""
    return namespace != root_namespace(resources)
