"""What mistakes ask for by name: the parts of a case, and what is worked out of them once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pandas as pd

from egresslab.cases import Case
from egresslab.config_views.match import Outbound
from egresslab.frames import request_shapes
from egresslab.mistakes.gateway_hop import hops
from egresslab.mistakes.gateway_log import refusals
from egresslab.mistakes.known_hosts import KnownHosts
from egresslab.mistakes.sight import Sight
from egresslab.mistakes.traffic import traffic
from egresslab.mistakes.unknown_traffic import unknown_traffic

GIVEN = {
    "log": "access log",
    "messages": "lines of the proxies themselves",
    "config": "config dump",
    "resources": "YAML of Istio",
    "proxy_status": "proxy-status",
    "analysis": "analyze",
    "stats": "/stats",
}


def _shapes(log: pd.DataFrame) -> pd.DataFrame:
    return traffic(request_shapes(log))


_DERIVED: dict[str, Callable[..., Any]] = {
    "shapes": _shapes,
    "outbound": Outbound,
    "known": KnownHosts,
    "sight": Sight,
    "unknown": unknown_traffic,
    "hops": hops,
    "refusals": refusals,
}


class Inputs:
    """The inputs of one case; those that are worked out of others are worked out when they are first asked for."""

    def __init__(self, **given: Any) -> None:
        self._known = {name: part for name, part in given.items() if _is_there(part)}

    @classmethod
    def of(cls, case: Case) -> Inputs:
        """Take the parts that a case has."""
        return cls(**{name: getattr(case, name) for name in GIVEN})

    def ask(self, way: Callable[..., Any]) -> Any:
        """Call a function with the inputs that its parameters name, None for those that are not there."""
        return way(**{name: self[name] for name in inspect.signature(way).parameters})

    def lacking(self, way: Callable[..., Any]) -> list[str]:
        """Name the parts of a case that a function cannot do without and that are not there."""
        return [name for name in _required(way) if name not in self._known]

    def __getitem__(self, name: str) -> Any:
        if name not in self._known and (derive := _DERIVED.get(name)):
            self._known[name] = None if self.lacking(derive) else self.ask(derive)
        return self._known.get(name)


def _required(way: Callable[..., Any]) -> list[str]:
    names = [p.name for p in inspect.signature(way).parameters.values() if p.default is p.empty]
    return list(dict.fromkeys(base for name in names for base in (_required(_DERIVED[name]) if name in _DERIVED else [name])))


def _is_there(part: Any) -> bool:
    """Tell whether a part of a case says anything."""
    tables = [getattr(part, name) for name in ("listeners", "filter_chains", "clusters", "objects") if hasattr(part, name)]
    if isinstance(part, pd.DataFrame):
        tables = [part]
    return any(len(table) for table in tables)
