"""Two logs side by side: what is new, gone, more or less."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from egresslab.frames import log_of
from egresslab.views.counts import each_flag
from egresslab.views.egress_classes import egress_class_of
from egresslab.views.hosts import IN_THE_MESH, host_of
from egresslab.views.tally import framed, tally, tally_again

_CHANGES = ("new", "gone", "more", "less", "same")
_FACTOR = 1.5
_STANDARD_ERRORS = 3.0

Floats = np.ndarray[Any, np.dtype[np.float64]]


def compare(before: Any, after: Any, /) -> pd.DataFrame:
    """What is different from before?

    Parameters
    ----------
    before, after
        Each a Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        A ``compare`` frame: external hosts, clusters and flags, new ones first, then gone, more, less and same; among them those first
        whose share of entries or of failures moved most. ``more`` and ``less``: the share of all entries changed by a factor of at least
        1.5 and by more than three standard errors (a two-proportion z-test), so that chance is no change; ``new`` and ``gone`` are told
        from a single entry.

    Raises
    ------
    FrameError
        When one of them is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> before, after = (eg.as_log(pd.DataFrame({"response_flags": f})) for f in (["-", "-"], ["-", "UF"]))
    >>> eg.compare(before, after)[["kind", "value", "change"]].values.tolist()
    [['response_flag', 'UF', 'new']]
    """
    logs = {"before": log_of(before), "after": log_of(after)}
    sides = [_counted(frame).rename(columns={"count": side, "failed": f"{side}_failed"}) for side, frame in logs.items()]
    out = sides[0].join(sides[1], how="outer").fillna(0).astype("Int64").reset_index()
    totals = [len(frame) for frame in logs.values()]
    shares = {side: _shares(out, side, total) for side, total in zip(logs, totals, strict=True)}
    moved = abs(shares["after"] - shares["before"]).max(axis=1, initial=0)
    for side, total in zip(logs, totals, strict=True):
        out[f"{side}_share"] = shares[side][:, 0] if total else np.nan
    out["change"] = _change(out, shares["before"][:, 0], shares["after"][:, 0], totals)
    return _in_order(framed(out, "compare"), moved)


def _shares(out: pd.DataFrame, side: str, total: int) -> Floats:
    """Give the shares of entries and of failed entries in all entries of a log."""
    return np.asarray(out[[side, f"{side}_failed"]].to_numpy(dtype=float) / max(total, 1))


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    """Count the entries of each host, cluster and flag."""
    keys = {"host": host_of(frame), "egress_class": egress_class_of(frame), "upstream_cluster": frame["upstream_cluster"]}
    counted = tally(frame, {**keys, "response_flag": frame["response_flags"]})
    kinds = {
        "host": counted[~counted["egress_class"].isin(IN_THE_MESH)],
        "upstream_cluster": counted,
        "response_flag": each_flag(counted, "response_flag").query("response_flag != '-'"),
    }
    sums = [tally_again(rows.dropna(subset=kind), [kind]).rename(columns={kind: "value"}).assign(kind=kind) for kind, rows in kinds.items()]
    return pd.concat(sums).set_index(["kind", "value"])[["count", "failed"]]


def _change(out: pd.DataFrame, before: Floats, after: Floats, totals: list[int]) -> Any:
    """Name the change of each share; the two-proportion z-test tells by how many standard errors it moved."""
    pooled = (out["before"] + out["after"]).to_numpy(dtype=float) / max(sum(totals), 1)
    error = np.sqrt(pooled * (1 - pooled) * sum(1 / max(total, 1) for total in totals))
    sure = abs(after - before) > _STANDARD_ERRORS * error
    tests = [out["before"] == 0, out["after"] == 0, sure & (after >= _FACTOR * before), sure & (before >= _FACTOR * after)]
    return np.select([np.asarray(test, dtype=bool) for test in tests], _CHANGES[:-1], default=_CHANGES[-1])


def _in_order(out: pd.DataFrame, moved: Floats) -> pd.DataFrame:
    rank = [_CHANGES.index(change) for change in out["change"]]
    columns = {name: out[name].astype("str") for name in ("kind", "value")}
    rows = pd.DataFrame({"rank": rank, "moved": -moved, **columns}).sort_values(["rank", "moved", "kind", "value"], kind="stable").index
    return out.loc[rows].reset_index(drop=True)
