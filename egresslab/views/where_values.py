"""What `where` takes: one value turned into the test of a column, by the column's kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from egresslab.errors import FrameError
from egresslab.views.where_numbers import Mask, Predicate, number_test
from egresslab.views.where_times import time_test

DASH = "-"

_GIVE = {
    "text": "a text in which * is any text, or a list of texts",
    "set": "a flag such as 'UF', flags that it must have together such as 'UF,URX', or a list of which it must have any",
    "number": "a number, a comparison such as '>=1000', a range such as '500..599', or a list of numbers",
    "time": "a time such as '2026-11-23T10:05', a comparison, a range such as '2026-11-23T10:00..', or a time of day such as '10:00..10:05' (UTC)",
    "yes_no": "True or False",
}
_WORDS = {"true": True, "false": False, "yes": True, "no": False}


def predicate(name: str, kind: str, value: object) -> Predicate:
    """Make the test of one column; ``-`` passes what is missing, and a missing value passes nothing else."""
    listed = pd.api.types.is_list_like(value) and not isinstance(value, dict)
    values = list(cast("Any", value)) if listed else [value]
    said = [v for v in values if not (isinstance(v, str) and v == DASH)]
    try:
        tests = [_LISTED[kind](said)] if listed else [_SINGLE[kind](v) for v in said]
    except (TypeError, ValueError, OverflowError) as error:
        raise FrameError(f"column {name!r} cannot be asked for {value!r}: {error}; give {_GIVE[kind]}, or '-' for missing") from error
    return any_of([*tests, _is_dash] if len(said) < len(values) else tests)


def any_of(tests: Sequence[Predicate]) -> Predicate:
    """Join tests: a row passes that passes any of them."""
    return lambda column: np.logical_or.reduce([np.zeros(len(column), dtype=bool), *(test(column) for test in tests)])


def as_regex(pattern: str) -> str:
    """Write a pattern in which ``*`` is any text as a regular expression."""
    return ".*".join(re.escape(part) for part in pattern.split("*"))


def by_text(test: Callable[[pd.Series[Any]], Any]) -> Predicate:
    """Lift a test of texts to labels: each category is looked at once."""

    def passes(column: pd.Series[Any]) -> Mask:
        if not isinstance(column.dtype, pd.CategoricalDtype):
            return np.asarray(test(column), dtype=bool)
        hits = np.asarray(test(pd.Series(column.cat.categories, dtype="str")), dtype=bool)
        return np.append(hits, False)[column.cat.codes.to_numpy()]

    return passes


def _is_dash(column: pd.Series[Any]) -> Mask:
    missing = column.isna().to_numpy()
    text = column.dtype == "str" or isinstance(column.dtype, pd.CategoricalDtype)
    return missing | by_text(lambda texts: texts == DASH)(column) if text else missing


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _pattern(value: object) -> Predicate:
    pattern = _text(value)
    if "*" not in pattern:
        return by_text(lambda texts: texts == pattern)
    return by_text(lambda texts: texts.str.fullmatch(f"(?s){as_regex(pattern)}"))


def _literals(values: list[object]) -> Predicate:
    literals = [_text(v) for v in values]
    return by_text(lambda texts: texts.isin(literals))


def _set(wanted: list[set[str]], matches: Callable[[str, str], bool]) -> Predicate:
    def has(flags: str) -> bool:
        found = set(flags.split(",")) - {DASH}
        return any(all(any(matches(want, flag) for flag in found) for want in wants) for wants in wanted)

    return by_text(lambda texts: [has(flags) for flags in texts])


def _has_pattern(value: object) -> Predicate:
    return _set([_flags(value)], lambda want, flag: re.fullmatch(as_regex(want), flag, re.DOTALL) is not None)


def _has_literal(values: list[object]) -> Predicate:
    return _set([_flags(v) for v in values], str.__eq__)


def _flags(value: object) -> set[str]:
    flags = {flag.strip() for flag in _text(value).split(",")}
    if "" in flags:
        raise ValueError("a flag has no name")
    return flags


def _yes_no(value: object) -> Predicate:
    wanted = _WORDS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(wanted, (bool, np.bool_)):
        raise TypeError(f"{value!r} is neither true nor false")
    return lambda column: (column == bool(wanted)).fillna(False).to_numpy(dtype=bool)


def _any_of(single: Callable[[object], Predicate]) -> Callable[[list[object]], Predicate]:
    def listed(values: list[object]) -> Predicate:
        if compared := [v for v in values if isinstance(v, str) and (".." in v or v.strip()[:1] in ("<", ">"))]:
            raise ValueError(f"{compared[0]!r} is a comparison, which a list does not take")
        return any_of([single(v) for v in values])

    return listed


_SINGLE: dict[str, Callable[[object], Predicate]] = {
    "text": _pattern,
    "set": _has_pattern,
    "number": number_test,
    "time": time_test,
    "yes_no": _yes_no,
}
_LISTED: dict[str, Callable[[list[object]], Predicate]] = {
    "text": _literals,
    "set": _has_literal,
    "number": _any_of(number_test),
    "time": _any_of(time_test),
    "yes_no": _any_of(_yes_no),
}
