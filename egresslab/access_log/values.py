"""What Envoy writes for an operator: which characters, and so where a value must end."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache

from egresslab.access_log.format import Operator

_DIGITS, _ALL = frozenset(string.digits), frozenset(map(chr, range(1, 256))) - {"\n"}
# By convention no value outside metadata holds a double quote or a tab: a client that writes one makes only its own entries unsure.
_TEXT = _ALL - {'"'} - frozenset(map(chr, [*range(32), 127]))
_WORD = _TEXT - {" "}
_FLAG = frozenset(string.ascii_uppercase + string.digits + "_,")
# Columns that the table of operators calls free, as a header may hold blanks, and that are one word in fact.
_WORDS = frozenset(("path", "authority", "request_id", "upstream_host", "upstream_cluster", "query_params", "hostname"))
# What is written as JSON, with its quotes, unless the argument goes as far as what is nearly always one text.
_STRUCTURES = {
    "DYNAMIC_METADATA": ".+:.+",
    "CLUSTER_METADATA": ".+:.+",
    "UPSTREAM_METADATA": ".+:.+",
    "METADATA": ".+:.+:.+",
    "FILTER_STATE": ".+:(PLAIN|FIELD:.+)",
    "UPSTREAM_FILTER_STATE": ".+:(PLAIN|FIELD:.+)",
    "LOCAL_REPLY_BODY": "(?!)",
    "FILE_CONTENT": "(?!)",
    "SECRET": "(?!)",
}


@dataclass(frozen=True)
class Values:
    """The values of one operator: their pattern, the pattern of what a client can make of them, and their characters."""

    pattern: str
    loose: str
    chars: frozenset[str]
    inner: frozenset[str]  # not as the first
    before: frozenset[str]  # not as the last
    empty: bool = True
    own_end: bool = False  # no value begins another
    own_start: bool = False  # no value ends another


def _of(pattern: str, loose: str, chars: frozenset[str]) -> Values:
    return Values(pattern, loose, chars, chars, chars)


_CODE, _NUMBER, _SET = r"0|[1-9]\d\d|-", r"-?\d{1,18}|-|", r"[A-Z][A-Z0-9_,]*|-"
_KINDS = {
    "code": Values(_CODE, _CODE, _DIGITS | {"-"}, _DIGITS, _DIGITS, empty=False, own_end=True),
    "digits": Values(_NUMBER, _NUMBER, _DIGITS | {"-"}, _DIGITS, _DIGITS | {"-"}),
    "flags": Values(_SET, _SET, _FLAG | {"-"}, _FLAG, _FLAG, empty=False),
    "token": _of(r"[^\x00-\x20\x7f\"]*?", r"\S*", _WORD),
    "text": _of(r"[^\x00-\x1f\x7f\"]*?", r".*", _TEXT),
    "any": _of(r".*?", r".*", _ALL),
}


@cache
def values_of(operator: Operator) -> Values:
    """Give what Envoy writes for an operator."""
    return _times(operator) if operator.type == "time" else _KINDS[_kind(operator)]


def _kind(operator: Operator) -> str:
    if operator.name == "RESPONSE_CODE":
        return "code"
    if operator.name in ("RESPONSE_FLAGS", "FAILURE_REASON"):
        return "flags"
    if operator.name in _STRUCTURES:
        return "text" if re.fullmatch(_STRUCTURES[operator.name], operator.argument) else "any"
    if operator.values == "free":
        return "token" if re.sub(r"_\d+$", "", operator.column) in _WORDS else "text"
    return operator.values


def _times(operator: Operator) -> Values:
    form = operator.form
    pattern = form.pattern.replace(r"\d{1,12}", r"\d{10}") if operator.always else f"{form.pattern}|-"
    fixed = form.width is not None and r"\d{1,12}" not in pattern
    chars = form.chars | {"-"}
    return Values(pattern, pattern, chars, chars, chars, empty=False, own_end=fixed, own_start=fixed)
