"""What `where` takes on a number: equality, a comparison, or a range with both ends included."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

Bounds = list[tuple[str, str]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Predicate = Callable[["pd.Series[Any]"], Mask]

_COMPARISON = re.compile(r"(>=|<=|>|<)(.+)", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}


def bounds(text: str) -> Bounds:
    """Read a comparison, a range or a plain value as bounds that all have to hold.

    >>> bounds(">=1000"), bounds("500..599"), bounds("..9")
    ([('>=', '1000')], [('>=', '500'), ('<=', '599')], [('<=', '9')])
    """
    text = text.strip()
    if match := _COMPARISON.fullmatch(text):
        return [(match[1], match[2].strip())]
    low, dots, high = text.partition("..")
    if not dots:
        return [(">=", text), ("<=", text)]
    found = [(sign, word.strip()) for sign, word in ((">=", low), ("<=", high)) if word.strip()]
    if not found:
        raise ValueError("a range needs at least one end")
    return found


def number_test(value: object) -> Predicate:
    """Make the test of a number column for one value; ValueError when the value is no number."""
    asked = _asked(value)
    if len(asked) == 2 and asked[0][1] > asked[1][1]:
        raise ValueError("the range ends before it begins")

    def passes(column: pd.Series[Any]) -> Mask:
        found = np.ones(len(column), dtype=bool)
        for sign, number in asked:
            found &= _OPERATORS[sign](column, number).fillna(False).to_numpy(dtype=bool)
        return found

    return passes


def _asked(value: object) -> list[tuple[str, Any]]:
    if isinstance(value, str):
        return [(sign, _number(word)) for sign, word in bounds(value)]
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real) or value != value:
        raise TypeError(f"{value!r} is not a number")
    return [(">=", value), ("<=", value)]


def _number(word: str) -> int | float:
    if not _NUMBER.fullmatch(word):
        raise ValueError(f"{word!r} is not a number")
    return float(word) if "." in word else int(word)
