"""The two entries of one request: at the sidecar, and at the egress gateway."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import take

from egresslab.frames import log_of, typed
from egresslab.views.first_known import first_known
from egresslab.views.hop_pairs import LIKENESSES, HopPairs, hop_pairs
from egresslab.views.hop_sides import HopSides, hop_sides

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_HOST = ("authority", "requested_server_name")
_REASON = ("response_code_details", "upstream_transport_failure_reason", "connection_termination_details")
_AT_EITHER = ("start_time", "method", "path", "host")
_AT_SIDECAR = ("response_code", "response_flags", "duration_ms", "proxy", "source", "line")
_AT_GATEWAY = {
    "gateway_response_code": "response_code",
    "gateway_response_flags": "response_flags",
    "gateway_duration_ms": "duration_ms",
    "gateway_upstream_cluster": "upstream_cluster",
    "gateway_reason": "reason",
    "gateway_proxy": "proxy",
    "gateway_source": "source",
    "gateway_line": "line",
}

_VERDICTS = {
    "only": ("paired", "the only sidecar entry of this connection{alike} that spans it in time"),
    "left": ("paired", "the only one left: all other sidecar entries of this connection{alike} that span it in time are paired"),
    "several": ("ambiguous", "several sidecar entries of this connection{alike} span it in time"),
    "loop": ("gateway_only", "the gateway called itself"),
    "nameless": ("gateway_only", "the line does not name the client's address"),
    "unlike": ("gateway_only", "no entry that the sidecar has of this connection is alike and spans it in time"),
    "unknown": ("gateway_only", "no sidecar entry names this connection; where connecting failed, none is named"),
    "unmade": ("sidecar_only", "no connection came about, so nothing links it to an entry of the gateway"),
    "unnamed": ("sidecar_only", "the line does not name its connection"),
    "no_gateway": ("sidecar_only", "no gateway log in this case"),
    "unanswered": ("sidecar_only", "no entry that the gateway has of this connection is alike and lies within it in time"),
    "unseen": ("sidecar_only", "the gateway has no entry of this connection"),
}


def hops(log: Any, /, *, slack_ms: int = 5) -> pd.DataFrame:
    """Which entry of the egress gateway belongs to which entry of a sidecar?

    The address of the sidecar's upstream connection is the gateway's client address. It names a connection that many requests may share,
    so within it entries are paired by time, method, path and host.

    Parameters
    ----------
    log
        A Case or a ``log`` frame that holds the entries of both proxies.
    slack_ms
        How far the clocks of the two proxies may differ [ms].

    Returns
    -------
    pandas.DataFrame
        A ``hops`` frame by start: one row for each gateway entry, and one for each sidecar entry to the gateway that is in none of them.
        A sidecar entry that may belong to an ``ambiguous`` gateway entry has no row of its own.

    Raises
    ------
    FrameError
        When there is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> sidecar = {"proxy": "app", "upstream_local_address": "10.244.1.10:5", "duration_ms": 8}
    >>> gateway = {"proxy": "gateway", "downstream_remote_address": "10.244.1.10:5", "duration_ms": 3}
    >>> log = eg.as_log(pd.DataFrame([sidecar, gateway]).assign(start_time="2026-11-23T10:00:00Z"))
    >>> eg.hops(log)[["hop", "duration_ms", "gateway_duration_ms"]].values.tolist()
    [['paired', 8, 3]]
    """
    frame = log_of(log).reset_index(drop=True)
    sides = hop_sides(frame)
    pairs = hop_pairs(frame, sides, slack_ms=slack_ms)
    alone = _alone(sides, pairs)
    sidecar = np.concatenate([np.append(sides.sidecar, -1)[pairs.chosen], sides.sidecar[alone]])
    gateway = np.concatenate([sides.gateway, np.full(len(alone), -1)])
    frame = frame.assign(host=first_known([frame[name] for name in _HOST]), reason=first_known([frame[name] for name in _REASON]))
    out: dict[str, Any] = {name: _taken(frame[name], sidecar) for name in _AT_SIDECAR}
    out |= {name: _taken(frame[column], gateway) for name, column in _AT_GATEWAY.items()}
    out |= {name: _either(frame, name, name, sidecar, gateway) for name in _AT_EITHER}
    out["connection"] = _either(frame, "upstream_local_address", "downstream_remote_address", sidecar, gateway)
    out["candidates"] = np.concatenate([pairs.candidates, np.zeros(len(alone), dtype="int64")])
    out |= _verdicts(frame, sides, pairs, alone)
    return typed(out, "hops").sort_values("start_time", kind="stable", ignore_index=True)


def _alone(sides: HopSides, pairs: HopPairs) -> Ints:
    """Give the sidecar's entries that went to the gateway and that no gateway entry may belong to."""
    paired = np.zeros(len(sides.sidecar) + 1, dtype="bool")
    paired[pairs.chosen[pairs.chosen >= 0]] = True
    return np.flatnonzero(sides.for_gateway & ~paired[:-1] & ~pairs.in_doubt)


def _taken(column: pd.Series[Any], rows: Ints) -> pd.Series[Any]:
    return pd.Series(take(column.array, rows, allow_fill=True))


def _either(frame: pd.DataFrame, at_sidecar: str, at_gateway: str, sidecar: Ints, gateway: Ints) -> pd.Series[Any]:
    """Take what the sidecar's entry says, and where it says nothing what the gateway's does."""
    first, second = _taken(frame[at_sidecar], sidecar), _taken(frame[at_gateway], gateway)
    return first.where(first.notna(), second)


def _verdicts(log: pd.DataFrame, sides: HopSides, pairs: HopPairs, alone: Ints) -> dict[str, Any]:
    """Say of each row what kind of hop it is, and why."""
    verdict = np.concatenate([_at_gateway(sides, pairs), _at_sidecar(log, sides, alone)])
    likeness = np.concatenate([pairs.likeness.clip(0), np.zeros(len(alone), dtype="int64")])
    words = pd.array([because.format(alike=alike.words) for _, because in _VERDICTS.values() for alike in LIKENESSES], dtype="str")
    kinds = pd.array([hop for hop, _ in _VERDICTS.values()], dtype="str")
    return {"hop": kinds.take(verdict), "because": words.take(verdict * len(LIKENESSES) + likeness)}


def _at_gateway(sides: HopSides, pairs: HopPairs) -> Ints:
    decided, named = pairs.chosen >= 0, sides.gateway_connection >= 0
    return _first(
        {
            "only": decided & (pairs.candidates == 1),
            "left": decided,
            "several": pairs.candidates > 0,
            "loop": sides.looped,
            "nameless": ~named,
            "unlike": np.isin(sides.gateway_connection, sides.sidecar_connection),
            "unknown": named,
        }
    )


def _at_sidecar(log: pd.DataFrame, sides: HopSides, alone: Ints) -> Ints:
    connection, failed = sides.sidecar_connection[alone], log["failed"].iloc[sides.sidecar[alone]].fillna(False).to_numpy("bool")
    return _first(
        {
            "unmade": (connection < 0) & failed,
            "unnamed": connection < 0,
            "no_gateway": np.full(len(alone), not len(sides.gateway)),
            "unanswered": np.isin(connection, sides.gateway_connection),
            "unseen": connection >= 0,
        }
    )


def _first(cases: dict[str, Mask]) -> Ints:
    """Give for each row the place in ``_VERDICTS`` of the first that holds; the last one always does."""
    places = list(_VERDICTS)
    return np.select(list(cases.values()), [np.int64(places.index(name)) for name in cases])
