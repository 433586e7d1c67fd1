"""The resources of a cluster, as frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

import pandas as pd

from egresslab.errors import EgresslabError, FrameError
from egresslab.frames.schema import empty, require
from egresslab.frames.untrusted import visible

_MOST_KINDS, _MOST_PROBLEMS = 25, 8


@dataclass(frozen=True, repr=False)
class Resources:
    """What is declared: Istio's and Kubernetes' resources, one frame for each group of kinds.

    Each attribute but the last is the frame of that name (``eg.fields("service_entries")`` tells its columns). ``objects`` lists all, unknown
    kinds and Secrets among them by name alone; ``problems`` is what could not be read.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.frames.Resources().service_entries.empty
    True
    """

    objects: pd.DataFrame = field(default_factory=partial(empty, "objects"))
    service_entries: pd.DataFrame = field(default_factory=partial(empty, "service_entries"))
    route_rules: pd.DataFrame = field(default_factory=partial(empty, "route_rules"))
    tls_settings: pd.DataFrame = field(default_factory=partial(empty, "tls_settings"))
    gateway_servers: pd.DataFrame = field(default_factory=partial(empty, "gateway_servers"))
    sidecar_hosts: pd.DataFrame = field(default_factory=partial(empty, "sidecar_hosts"))
    telemetry: pd.DataFrame = field(default_factory=partial(empty, "telemetry"))
    policies: pd.DataFrame = field(default_factory=partial(empty, "policies"))
    envoy_filters: pd.DataFrame = field(default_factory=partial(empty, "envoy_filters"))
    services: pd.DataFrame = field(default_factory=partial(empty, "services"))
    workloads: pd.DataFrame = field(default_factory=partial(empty, "workloads"))
    mesh: pd.DataFrame = field(default_factory=partial(empty, "mesh"))
    extension_providers: pd.DataFrame = field(default_factory=partial(empty, "extension_providers"))
    conditions: pd.DataFrame = field(default_factory=partial(empty, "conditions"))
    problems: pd.DataFrame = field(default_factory=partial(empty, "problems"))
    opener: Callable[[str, str], str] | None = None

    def __post_init__(self) -> None:
        for name in self.names():
            object.__setattr__(self, name, require(getattr(self, name), name))

    @classmethod
    def names(cls) -> list[str]:
        """Give the names of all frames."""
        return [f.name for f in fields(cls) if f.name != "opener"]

    def raw(self, row: pd.Series[Any] | Mapping[str, Any]) -> str:
        """Give the object behind a row as it was written; what a Secret holds stays hidden.

        Raises
        ------
        FrameError
            When the row names no place.
        EgresslabError
            When the resources were made from frames or a stream, or the file is gone or has changed.
        """
        source, pointer = (row.get(name) if isinstance(row, pd.Series | Mapping) else None for name in ("source", "pointer"))
        if not isinstance(source, str) or not isinstance(pointer, str):
            raise FrameError("this names no place in a resource; give a row of one of the frames, with source and pointer")
        if self.opener is None:
            raise EgresslabError(f"{source} cannot be opened: these were made from frames; eg.read_resources(path) keeps where its files are")
        return self.opener(source, pointer)

    def __repr__(self) -> str:
        spaces = self.objects["namespace"].nunique()
        head = f"Resources: {_many(len(self.objects), 'object')}" + (f" in {_many(spaces, 'namespace')}" if spaces else "")
        return "\n".join([head, *self._kinds(), *self._problems()])

    def _kinds(self) -> list[str]:
        counts = self.objects.astype({"kind": "str"}).groupby("kind", dropna=False)["known"].agg(["size", "all"]).sort_index()
        lines = [f"  {visible(str(kind))}: {size:,}{'' if known else ' (unknown kind, only listed)'}" for kind, size, known in counts.itertuples()]
        return lines[:_MOST_KINDS] + ([f"  and {_many(len(lines) - _MOST_KINDS, 'kind')} more"] if len(lines) > _MOST_KINDS else [])

    def _problems(self) -> list[str]:
        shown = self.problems.head(_MOST_PROBLEMS)
        places = shown["source"].astype("str") + (", line " + shown["line"].astype("str")).where(shown["line"].notna(), "")
        lines = [f"  not read: {visible(place)}: {visible(reason)}" for place, reason in zip(places, shown["reason"], strict=True)]
        more = len(self.problems) - len(shown)
        return lines + ([f"  and {_many(more, 'more problem')}"] if more else [])


def _many(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def resources_of(given: Any) -> Resources:
    """Give the resources that something is or has."""
    found = given if isinstance(given, Resources) else getattr(given, "resources", None)
    if not isinstance(found, Resources):
        raise FrameError(f"a {type(given).__name__} has no resources; give a Case, or Resources as eg.read_resources makes them")
    return found
