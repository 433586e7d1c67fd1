"""The filter of the house: rows of a log that pass what is asked of their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from egresslab import envoy
from egresslab.errors import FrameError, near
from egresslab.frames import coerce, log_of, schema
from egresslab.views.by_category import used_only
from egresslab.views.egress_classes import EGRESS_CLASSES, egress_class_of
from egresslab.views.where_numbers import Mask
from egresslab.views.where_values import DASH, as_regex, by_text, predicate


def where(log: Any, /, *, text: Any = None, exclude: Mapping[str, Any] | None = None, **columns: Any) -> pd.DataFrame:
    """Which entries of this log are the ones I mean?

    Parameters
    ----------
    log
        A Case or a log frame.
    text
        What any text or label column holds, without case; ``*`` is any text; of a list any.
    exclude
        Questions as below, also ``text``, that an entry must not pass; all of them.
    **columns
        A question for each column, also ``egress_class`` and ``failed``; all have to hold. On text and labels a pattern in which ``*`` is any
        text, or a list of literal texts; on ``response_flags`` a flag it must have (``"UF,URX"``: both; a list: any); on numbers and times
        [UTC] a value, a comparison (``">=1000"``), a range with both ends (``"500..599"``), or a time of day (``"10:00..10:05"``); True or
        False. ``"-"``, alone or in a list, is missing, or no flag; a missing value passes nothing else.

    Returns
    -------
    pandas.DataFrame
        A ``log`` frame of those entries; rows keep their index, unused categories go.

    Raises
    ------
    FrameError
        When a column or an egress class is unknown, or a value is not what its column takes.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> log = eg.as_log(pd.DataFrame({"response_flags": ["URX,UF", "-", "UH"], "duration_ms": [7, 1200, None]}))
    >>> eg.where(log, response_flags="UF").index.tolist(), eg.where(log, duration_ms=">=1000").index.tolist()
    ([0], [1])
    """
    if exclude is not None and not isinstance(exclude, Mapping):
        raise FrameError(f"exclude={exclude!r} names no column; write exclude={{'response_flags': 'UF'}}")
    frame = log_of(log)
    keep = np.ones(len(frame), dtype=bool)
    for name, value in columns.items():
        keep &= passes(frame, name, value)
    for name, value in (exclude or {}).items():
        keep &= ~passes(frame, name, value)
    if text is not None:
        keep &= _holds(frame, text)
    found = frame[keep]
    return found.assign(**{str(name): used_only(column) for name, column in found.items() if isinstance(column.dtype, pd.CategoricalDtype)})


def passes(frame: pd.DataFrame, name: str, value: Any) -> Mask:
    """Tell which entries of a log frame pass one question; FrameError when it is none."""
    if name == "text":
        return _holds(frame, value)
    if name == "egress_class":
        _check_classes(value)
        return predicate(name, "text", value)(egress_class_of(frame))
    kind = "set" if name == "response_flags" else _kind(frame, name)
    return predicate(name, kind, value)(_column(frame, name, kind))


def _kind(frame: pd.DataFrame, name: str) -> str:
    if name not in frame.columns:
        return _kind_of_operator(frame, name)
    dtype = frame[name].dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "yes_no"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    return "time" if pd.api.types.is_datetime64_any_dtype(dtype) else "text"


def _kind_of_operator(frame: pd.DataFrame, name: str) -> str:
    """Tell the kind of a column that another log format writes: in this log it is missing in every row."""
    written = [(row["column"], row["type"]) for row in envoy.rows("operators")] + [(n, f.type) for n, f in schema("ztunnel").items()]
    for column, kind in written:
        prefix, argument, _ = column.partition("{argument}")
        if name == prefix or (argument and name.startswith(prefix)):
            return {"count": "number", "time": "time"}.get(kind, "text")
    known = {"egress_class", "text", *map(str, frame.columns), *(column for column, _ in written)}
    raise FrameError(
        f"a log has no column {name!r}; {near(name, known)}; eg.fields('log') lists what every log has, "
        "eg.words('operators') what a log format can add, eg.fields('ztunnel') what ztunnel adds"
    )


def _column(frame: pd.DataFrame, name: str, kind: str) -> pd.Series[Any]:
    values = frame[name] if name in frame.columns else pd.Series([None] * len(frame), dtype="object")
    if kind == "number" and pd.api.types.is_numeric_dtype(values.dtype):
        return values
    is_label = kind == "set" or (kind == "text" and isinstance(values.dtype, pd.CategoricalDtype))
    return coerce(values, "label" if is_label else kind, name)


def _check_classes(value: Any) -> None:
    for word in list(value) if pd.api.types.is_list_like(value) else [value]:
        if word != DASH and not any(re.fullmatch(as_regex(str(word)), known, re.DOTALL) for known in EGRESS_CLASSES):
            raise FrameError(f"no egress class is called {word!r}; {near(str(word), EGRESS_CLASSES)}; eg.egress_class(log) says which each entry is")


def _holds(frame: pd.DataFrame, wanted: Any) -> Mask:
    words = list(wanted) if pd.api.types.is_list_like(wanted) else [wanted]
    if not all(isinstance(word, str) for word in words):
        raise FrameError(f"text cannot be searched for {wanted!r}; give a text in which * is any text, or a list of texts")
    regex = "|".join(map(re.escape, words)) if pd.api.types.is_list_like(wanted) else as_regex(wanted)
    holds = by_text(lambda texts: texts.str.contains(f"(?is){regex}"))
    searched = (name for name in frame.columns if name != "source" and _kind(frame, name) == "text")
    found = np.zeros(len(frame), dtype=bool)
    for name in searched if words else ():
        found |= holds(_column(frame, name, "text"))
    return found
