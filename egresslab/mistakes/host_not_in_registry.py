"""No ServiceEntry or Service knows what the application calls."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.config_views.match import names
from egresslab.frames import Config, Resources
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.traffic import traffic

MISTAKE = Mistake(
    severity="warning",
    title="Nothing in the mesh knows the host",
    explanation=(
        "Envoy found no listener, chain or virtual host for it. With outboundTrafficPolicy ALLOW_ANY the traffic passes through "
        "PassthroughCluster to the address that the application chose, with nothing that Istio could add; with REGISTRY_ONLY it is blocked: "
        "a 502 of route block_all for HTTP, BlackHoleCluster for all else."
    ),
    mend="Declare the host in a ServiceEntry that the caller's namespace sees, with the port and protocol that the application uses.",
)


def in_log(shapes: pd.DataFrame, config: Config | None = None, resources: Resources | None = None) -> Iterator[Finding]:
    """Find traffic that no declared host took, to a host that nothing declares."""
    found = traffic(shapes)
    for subject, rows in found[found["unknown"].notna()].groupby("subject", sort=False):
        host = rows["host"].iloc[0]
        if isinstance(host, str) and (_declared(host, config, resources)):
            continue
        blocked = (rows["unknown"] == "blocked").any()
        verb = "is blocked" if blocked else "passes through"
        yield Finding.of_shapes(
            rows,
            str(subject),
            f"{subject} is in no registry: its traffic {verb}",
            severity="error" if blocked else "warning",
            of=int(found.loc[found["subject"] == subject, "count"].sum()),
        )


def _declared(host: str, config: Config | None, resources: Resources | None) -> bool:
    known = [config.clusters["host"]] if config else []
    known += [resources.service_entries["host"]] if resources else []
    return any(bool(names(column.dropna(), host).any()) for column in known)
