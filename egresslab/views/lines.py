"""The log as an engineer reads it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from egresslab.frames import coerce, log_of, schema
from egresslab.views.first_known import first_known

_HOST = ("authority", "requested_server_name", "destination_service")
_REASON = ("response_code_details", "upstream_transport_failure_reason", "connection_termination_details")


def lines(log: Any, /) -> pd.DataFrame:
    """What happened, line by line?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        A ``lines`` frame of twelve columns, newest last; a line without a time stays after the line that it followed in its file.
        The index is the log's, so ``log.loc[lines.index]`` is the whole of it.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"start_time": ["2026-11-23T10:00:01Z", "2026-11-23T10:00:00Z"], "authority": ["b", "a"]}))
    >>> eg.lines(log).host.tolist()
    ['a', 'b']
    """
    frame = log_of(log)
    host = first_known([coerce(frame[name], "label", name) for name in _HOST if name in frame])
    reason = first_known([frame[name] for name in _REASON])
    out: pd.DataFrame = frame.assign(host=host, reason=reason)[list(schema("lines"))]
    return out.iloc[_reading_time(frame).argsort(kind="stable")]


def _reading_time(frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    time = frame["start_time"]
    if time.isna().any():
        files = [frame["proxy"], frame["source"]]
        time = time.groupby(files, observed=True, dropna=False).ffill()
        time = time.groupby(files, observed=True, dropna=False).bfill()
    return np.asarray(time.dt.tz_localize(None).to_numpy(), dtype="int64")
