"""Traffic that no declared host took, by caller and destination, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egresslab.frames import Config, Resources, number_groups
from egresslab.mistakes.declared import Declared
from egresslab.mistakes.mistake import Finding
from egresslab.mistakes.sight import EXPORT_TO, SIDECAR, Caller, caller_of
from egresslab.mistakes.traffic import traffic
from egresslab.mistakes.why_unknown import Destination, Reason, WhyUnknown

_ASKED = ["subject", "host", "address", "port", "spoken", "authority", "proxy"]
_COUNTED = ["places", "count", "first_seen", "last_seen"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Traffic of one caller to one destination that no declared host took; ``positions`` are its request shapes among all."""

    subject: str
    to: Destination
    reason: Reason
    blocked: bool
    shapes: pd.DataFrame
    positions: np.ndarray[Any, Any]
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
        return "is blocked" if self.blocked else "passes through, unknown to the mesh"

    def names(self) -> str:
        """Name what is declared, the first of many."""
        names = list(dict.fromkeys(one.name for one in self.declared))
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    def finding(self, summary: str, **more: Any) -> Finding:
        """Make a finding of it: an error when it was blocked, a warning when it passed or what hides it is guessed."""
        beside = tuple(dict.fromkeys(place for one in self.declared for place in one.places))[:2]
        somewhere = self.to.caller.namespace is None  # nothing tells where the caller runs
        guessed = self.because in (EXPORT_TO, SIDECAR) and (somewhere or all(one.proxy for one in self.declared))
        severity = "error" if self.blocked and not guessed else "warning"
        told: dict[str, Any] = {"severity": severity, "sure": self.reason.sure and not guessed, "of": self.of, "beside": beside} | more
        return Finding.of_shapes(self.shapes.iloc[self.positions], self.subject, summary, **told)


def unknown_traffic(shapes: pd.DataFrame, config: Config | None, resources: Resources | None) -> Iterator[Unknown]:
    """Give each kind of traffic that no declared host took."""
    found = traffic(shapes)
    lost = found[found["unknown"].notna()]
    if lost.empty:
        return
    why, of = WhyUnknown(found, config, resources), _counts(found)
    callers = {proxy: caller_of(str(proxy), config, resources) for proxy in lost["proxy"].dropna().unique()}
    groups, counted, blocked = _groups(lost, callers), lost[_COUNTED], (lost["unknown"] == "blocked").to_numpy()
    asked = lost[_ASKED].astype("object").iloc[[positions[0] for positions in groups]]
    first = asked.where(asked.notna(), None).itertuples(index=False)
    for positions, to, subject in zip(groups, (_destination(row, callers) for row in first), asked["subject"].astype("str"), strict=True):
        yield Unknown(subject, to, why.of(to), bool(blocked[positions].any()), counted, positions, of[subject])


def _counts(found: pd.DataFrame) -> dict[str, int]:
    sums = found.groupby("subject", sort=False)["count"].sum()
    return dict(zip(sums.index.astype("str"), sums.astype("int64").tolist(), strict=True))


def _groups(lost: pd.DataFrame, callers: dict[Any, Caller]) -> list[np.ndarray[Any, Any]]:
    """Number what one kind of caller asked of one destination; proxies of one namespace are of one kind."""
    where = lost["proxy"].astype("object").map(lambda proxy: callers[proxy].namespace or proxy if proxy in callers else "")
    group = number_groups([lost["subject"], lost["spoken"], where])
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _destination(asked: Any, callers: dict[Any, Caller]) -> Destination:
    port = str(asked.authority).rpartition(":")[2]
    caller = callers.get(asked.proxy, Caller(""))
    return Destination(asked.host, asked.address or "", asked.port, asked.spoken, int(port) if port.isdigit() else 80, caller)
