"""A log frame out of other hands: a user's own frame, several logs joined, or what holds a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd
from pandas.api.types import union_categoricals

from egresslab import envoy
from egresslab.errors import FrameError, near
from egresslab.frames.schema import PLACES, coerce, labels, require, schema, unique

_LAST = ("failed", *PLACES)
# Keys of Istio's default JSON log whose column has another name.
JSON_KEYS = {"duration": "duration_ms", "upstream_service_time": "upstream_service_time_ms"}


def log_of(given: Any) -> pd.DataFrame:
    """Give the log that something is or has, with its types brought back to the contract."""
    frame = given if isinstance(given, pd.DataFrame) else getattr(given, "log", None)
    if frame is None:
        raise FrameError(f"a {type(given).__name__} has no access log; give a Case, or a log frame as eg.read_access_log makes it")
    return require(frame, "log")


def in_order(columns: Iterable[str]) -> list[str]:
    """Order the columns of a log: Envoy's, those only some formats have, failed, and the place."""
    given = list(columns)
    default = [c for c in schema("log") if c not in _LAST]
    return [*(c for c in default if c in given), *(c for c in given if c not in default and c not in _LAST), *(c for c in _LAST if c in given)]


def flag_set(flags: str) -> str:
    """Write response flags as a set: sorted, each once, ``-`` for none.

    >>> flag_set("URX,UF")
    'UF,URX'
    """
    return ",".join(sorted({f.strip() for f in flags.split(",")} - {"", "-"})) or "-"


@cache
def failure_flags() -> frozenset[str]:
    """Give the flags that mean failure, as ``response_flags.csv`` says."""
    return frozenset(row["flag"] for row in envoy.rows("response_flags") if row["failure"] == "yes")


def failed(response_code: pd.Series[Any], response_flags: pd.Series[Any], error: pd.Series[Any] | None = None) -> pd.Series[Any]:
    """Tell whether each entry failed: a flag that means failure, a status of 500 or more, or an error that ztunnel names."""
    flags = coerce(response_flags, "label", "response_flags")
    bad = flags.isin([c for c in flags.cat.categories if not failure_flags().isdisjoint(c.split(","))])
    bad = bad if error is None else bad | error
    out = (coerce(response_code, "count", "response_code") >= 500).fillna(False).astype("boolean") | bad
    return out.mask(response_code.isna() & flags.isna()).astype("boolean").rename("failed")


def ztunnel_error(log: pd.DataFrame) -> pd.Series[Any] | None:
    """Tell which entries are ztunnel's and name an error: it writes no flags, and a reason only when the connection failed; None without such."""
    if "traffic_direction" not in log:
        return None
    return log["traffic_direction"].notna() & log["connection_termination_details"].notna()


def as_log(frame: pd.DataFrame, *, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """How do I use a log that I have in a DataFrame already?

    Parameters
    ----------
    frame
        One row an entry, from any source.
    columns
        Your names to ours, such as ``{"status": "response_code"}``. Our own names and the keys of Istio's JSON log need no mention.

    Returns
    -------
    pandas.DataFrame
        A ``log`` frame; what your frame does not have is missing, what we do not know is kept.

    Raises
    ------
    FrameError
        When a name is not in the frame, not a column of a log, or holds what its type cannot hold.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"status": [503], "flags": ["URX,UF"]}), columns={"status": "response_code", "flags": "response_flags"})
    >>> log[["response_code", "response_flags", "failed"]].values.tolist()
    [[503, 'UF,URX', True]]
    """
    if not isinstance(frame, pd.DataFrame):
        raise FrameError(f"a {type(frame).__name__} is no DataFrame; eg.read_access_log reads files, pd.DataFrame(rows) makes a frame of mappings")
    out = frame.rename(columns=_renames(frame, columns or {})).reset_index(drop=True)
    unique(out)
    known = schema("log")
    for name, field in known.items():
        values = out[name] if name in out.columns else pd.Series([None] * len(out), dtype="object")
        if field.type in ("text", "label") and name != "response_flags":
            values = values.mask(values.astype("object").isin(["-", ""]))
        out[name] = coerce(values, field.type, name)
    out["response_flags"] = labels(out["response_flags"], flag_set)
    out["upstream_cluster"] = labels(out["upstream_cluster"], lambda cluster: cluster.rstrip(";"))
    out["failed"] = failed(out["response_code"], out["response_flags"], ztunnel_error(out))
    out["source"] = out["source"].cat.add_categories(["frame"] if "frame" not in out["source"].cat.categories else []).fillna("frame")
    out["line"] = out["line"].fillna(pd.Series(range(1, len(out) + 1), dtype="Int64"))
    return out[in_order(out.columns)]


def _renames(frame: pd.DataFrame, given: Mapping[str, str]) -> dict[str, str]:
    for theirs, ours in given.items():
        if theirs not in frame.columns:
            raise FrameError(f"the frame has no column {theirs!r} to be read as {ours!r}; {near(theirs, map(str, frame.columns))}")
        if ours not in schema("log"):
            raise FrameError(f"{ours!r} is not a column of a log; {near(ours, schema('log'))}")
    wanted = {**{k: v for k, v in JSON_KEYS.items() if k in frame.columns and v not in frame.columns and v not in given.values()}, **given}
    clashes = [ours for theirs, ours in given.items() if theirs != ours and ours in frame.columns and ours not in given]
    if clashes:
        raise FrameError(f"the frame has a column {clashes[0]!r} beside the one to be read as it; rename or drop one of them first")
    return wanted


def concat(logs: Iterable[Any]) -> pd.DataFrame:
    """How do I put several logs together?

    Parameters
    ----------
    logs
        Log frames or Cases; categories are united, a column that only some have is missing in the others.

    Returns
    -------
    pandas.DataFrame
        One ``log`` frame, rows in the order given.

    Raises
    ------
    FrameError
        When nothing is given, or something that is no log.

    Examples
    --------
    >>> import egresslab as eg
    >>> log = eg.sample("healthy").log
    >>> len(eg.concat([log, log])) == 2 * len(log)
    True
    """
    frames = [log_of(log) for log in logs]
    if not frames:
        raise FrameError("no log was given to join; eg.concat takes a list of logs or Cases")
    return join(frames)


def join(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Put frames of one kind together, keeping categories."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    out = pd.concat(frames, ignore_index=True)
    for name in out.columns:
        parts = [f[name].array if name in f.columns else pd.Series([None] * len(f), dtype="object").astype("category").array for f in frames]
        if all(isinstance(part, pd.Categorical) for part in parts):
            parts = [coerce(pd.Series(part), "label", str(name)).array for part in parts]
            named = [part for part in parts if len(part.categories)]
            if named:
                out[name] = union_categoricals([_like(part, named[0]) for part in parts], ignore_order=True)
    return out[in_order(out.columns)] if set(out.columns) >= set(schema("log")) else out


def _like(part: Any, other: Any) -> Any:
    """Give an empty set of categories the type of the other's, so that they unite."""
    return part if len(part.categories) else pd.Categorical.from_codes([-1] * len(part), dtype=pd.CategoricalDtype(other.categories[:0]))
