"""Flags and clusters counted, and flags opened into rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from egresslab import envoy
from egresslab.frames import in_order, log_of
from egresslab.views.egress_classes import egress_class_of
from egresslab.views.tally import framed, most_first, tally, tally_again


def explode_flags(log: Any, /) -> pd.DataFrame:
    """How do I look at each flag of an entry by itself?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        The ``log`` frame with a label ``flag`` and one row for each flag of an entry, so an entry with two flags is there twice under one
        index; ``-`` when it has none, missing when the line lost them.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> eg.explode_flags(eg.as_log(pd.DataFrame({"response_flags": ["URX,UF", "-"]}))).flag.tolist()
    ['UF', 'URX', '-']
    """
    frame = log_of(log)
    codes = frame["response_flags"].cat.codes.to_numpy()
    sets = [*(flags.split(",") for flags in frame["response_flags"].cat.categories), [None]]
    sizes = np.array([len(flags) for flags in sets])
    single = pd.Series([flag for flags in sets for flag in flags], dtype="str").astype("category")
    times = sizes[codes]
    rows = np.repeat(np.arange(len(frame)), times)
    within = np.arange(len(rows)) - np.repeat(times.cumsum() - times, times)
    flag = single.iloc[(sizes.cumsum() - sizes)[codes][rows] + within]
    out = frame.iloc[rows].assign(flag=flag.array)
    return out[in_order(out.columns)]


def flag_counts(log: Any, /) -> pd.DataFrame:
    """Which response flags does this log have, how often, and what do they mean?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        A ``flag_counts`` frame, most entries first; an entry with two flags counts for both, one whose line lost its flags for none.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> eg.flag_counts(eg.as_log(pd.DataFrame({"response_flags": ["URX,UF", "UF"]})))[["flag", "count"]].values.tolist()
    [['UF', 2], ['URX', 1]]
    """
    frame = log_of(log)
    counted = tally_again(each_flag(tally(frame, {"flag": frame["response_flags"]}), "flag"), ["flag"])
    meanings = {row["flag"]: row["meaning"] for row in envoy.rows("response_flags")}
    return most_first(framed(counted.assign(meaning=counted["flag"].map(meanings)), "flag_counts"), "flag")


def each_flag(counted: pd.DataFrame, name: str) -> pd.DataFrame:
    """Open the sets of flags of a small counted frame into rows."""
    return counted.assign(**{name: counted[name].str.split(",")}).explode(name).dropna(subset=name).astype({name: "str"})


def cluster_counts(log: Any, /) -> pd.DataFrame:
    """Which clusters did the traffic go to, how much, and how much of it failed?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    pandas.DataFrame
        A ``cluster_counts`` frame, most entries first; entries for which no cluster was chosen are rows too, by their class.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"upstream_cluster": ["PassthroughCluster", "outbound|80||a.example", "PassthroughCluster"]}))
    >>> eg.cluster_counts(log)[["upstream_cluster", "count"]].values.tolist()
    [['PassthroughCluster', 2], ['outbound|80||a.example', 1]]
    """
    frame = log_of(log)
    counted = tally(frame, {"upstream_cluster": frame["upstream_cluster"], "egress_class": egress_class_of(frame)})
    return most_first(framed(counted, "cluster_counts"), "upstream_cluster", "egress_class")
