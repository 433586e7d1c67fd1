"""What the shell says as ``--where`` turned into the keywords of `where`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from egresslab.errors import FrameError

_ARGUMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*(!=|>=|<=|>|<|=)(.*)", re.DOTALL)


def where_arguments(texts: Sequence[str]) -> dict[str, Any]:
    """How do I say in the shell what `where` takes?

    Parameters
    ----------
    texts
        Each a column, an operator and a value: ``response_flags=UF``, ``response_code!=200``, ``duration_ms>=1000``,
        ``start_time=10:00..10:05``, ``response_code=[502,503]`` for a list, ``text=timeout``. The value is the text that Python takes:
        ``response_flags=UF,URX`` asks for both, ``response_flags=[UF,URX]`` for any. ``text`` may be said again: any of them.

    Returns
    -------
    dict
        The keywords of `where`; all of them have to hold.

    Raises
    ------
    FrameError
        When a text is none of these, or a column is said twice.

    Examples
    --------
    >>> where_arguments(["duration_ms>=1000", "response_code!=[200,204]", "text=timeout"])
    {'duration_ms': '>=1000', 'text': 'timeout', 'exclude': {'response_code': ['200', '204']}}
    """
    said: dict[str, Any] = {}
    exclude: dict[str, Any] = {}
    for text in texts:
        match = _ARGUMENT.fullmatch(text)
        if match is None:
            raise FrameError(f"--where {text!r} is no question; write column=value, column!=value or column>=number, such as response_flags=UF")
        column, sign, value = match.groups()
        _add(exclude if sign == "!=" else said, column, _value(value.strip() if sign in ("=", "!=") else sign + value.strip()))
    return {**said, **({"exclude": exclude} if exclude else {})}


def _value(text: str) -> str | list[str]:
    if text.startswith("[") and text.endswith("]"):
        return [word.strip() for word in text[1:-1].split(",") if word.strip()]
    return text


def _add(said: dict[str, Any], column: str, value: str | list[str]) -> None:
    if column in said and column != "text":
        raise FrameError(f"--where asks for {column!r} twice; ask once, with a list such as [a,b] for any of them or a range such as 10..20")
    if column in said:
        before = said[column] if isinstance(said[column], list) else [said[column]]
        value = [*before, *(value if isinstance(value, list) else [value])]
    said[column] = value
