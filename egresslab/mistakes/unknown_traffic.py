"""Traffic that no declared host took, by caller and destination, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egresslab.frames import Config, Resources, positions_by
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import KnownHosts
from egresslab.mistakes.mistake import Finding, Seen, listed, sights
from egresslab.mistakes.sight import EXPORT_TO, SIDECAR, Caller, Sight
from egresslab.mistakes.why_unknown import ADDRESS, PORT, Destination, Reason, WhyUnknown

_ASKED = ["subject", "host", "address", "port", "spoken", "authority", "proxy"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Traffic of one caller to one destination that no declared host took: how many entries were blocked, and whether none arrived (``lost``)."""

    subject: str
    to: Destination
    reason: Reason
    blocked: int
    lost: bool
    seen: Seen
    of: int

    @property
    def because(self) -> str:
        """Say why it is unknown."""
        return self.reason.because

    @property
    def declared(self) -> tuple[Declared, ...]:
        """Give what shows the reason: resources, and proxies only where no resource tells."""
        return tuple(one for one in self.reason.declared if one.proxy is None) or self.reason.declared

    @property
    def fate(self) -> str:
        """Say what became of it."""
        if self.blocked:
            return "is blocked" if self.blocked == self.seen.count else f"is blocked in part ({self.blocked:,} of {self.seen.count:,})"
        return "is let through, unknown to the mesh, and does not arrive" if self.lost else "passes through, unknown to the mesh"

    @property
    def ruled_out(self) -> tuple[str, ...]:
        """Say what it could look like and is not, where that is sure."""
        if not self.reason.sure or all(one.proxy for one in self.declared):
            return ()
        host, port = f"not host_not_in_registry: {self.names()} declares it", f"{self.names()} has port {self.to.port}"
        return {
            PORT: (host,),
            ADDRESS: (host,),
            EXPORT_TO: (host, f"not port_not_in_service_entry: {port}"),
            SIDECAR: (host, f"not port_not_in_service_entry: {port}", "not host_hidden_by_export_to: it is exported to the caller's namespace"),
        }.get(self.because, ())

    def names(self) -> str:
        """Name what is declared, the first of many."""
        return listed(one.name for one in self.declared)

    def finding(self, summary: str, rivals: tuple[str, ...] = (), **more: Any) -> Finding:
        """Make a finding of it: an error when it was blocked, a warning when it passed or what hides it is guessed."""
        beside = tuple(dict.fromkeys(place for one in self.declared for place in one.places))[:2]
        somewhere = self.to.caller.namespace is None  # nothing tells where the caller runs
        guessed = self.because in (EXPORT_TO, SIDECAR) and (somewhere or all(one.proxy for one in self.declared))
        sure = self.reason.sure and not guessed
        severity = "error" if self.blocked and sure else "warning"
        told: dict[str, Any] = {"severity": severity, "sure": sure, "of": self.of, "beside": beside} | more
        return Finding.of_sight(self.seen, self.subject, summary, rivals=(*self.ruled_out, *rivals), **told)


def unknown_traffic(
    shapes: pd.DataFrame, known: KnownHosts, sight: Sight, config: Config | None = None, resources: Resources | None = None
) -> list[Unknown]:
    """Give each kind of traffic that no declared host took."""
    lost = shapes[shapes["unknown"].notna()]
    if lost.empty:
        return []
    why, of = WhyUnknown(shapes, known, sight, config, resources), _counts(shapes)
    callers = {proxy: sight.caller(str(proxy)) for proxy in lost["proxy"].dropna().unique()}
    groups, blocked, failed = _groups(lost, callers), _blocked(lost), lost["failed"].fillna(False).to_numpy("bool")
    asked = lost[_ASKED].astype("object").iloc[[rows[0] for rows in groups]]
    destinations = [_destination(row, callers) for row in asked.where(asked.notna(), None).itertuples(index=False)]
    return [
        Unknown(subject, to, why.of(to), int(blocked[rows].sum()), bool(failed[rows].all()), seen, of[subject])
        for subject, to, rows, seen in zip(asked["subject"], destinations, groups, sights(lost, groups), strict=True)
    ]


def _blocked(lost: pd.DataFrame) -> np.ndarray[Any, Any]:
    return lost["count"].where(lost["unknown"] == "blocked", 0).to_numpy("int64")


def _counts(shapes: pd.DataFrame) -> dict[str, int]:
    sums = shapes.groupby("subject", sort=False)["count"].sum()
    return dict(zip(sums.index.astype("str"), sums.astype("int64").tolist(), strict=True))


def _groups(lost: pd.DataFrame, callers: dict[Any, Caller]) -> list[np.ndarray[Any, Any]]:
    """Group what one kind of caller asked of one destination; proxies of one namespace are of one kind."""
    where = lost["proxy"].astype("object").map(lambda proxy: callers[proxy].namespace or proxy if proxy in callers else "")
    return positions_by([lost["subject"], lost["spoken"], where])


def _destination(asked: Any, callers: dict[Any, Caller]) -> Destination:
    port = str(asked.authority).rpartition(":")[2]
    caller = callers.get(asked.proxy, Caller(""))
    return Destination(asked.host, asked.address or "", asked.port, asked.spoken, int(port) if port.isdigit() else 80, caller)
