"""Which columns of a log somebody wants, by their names or by patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from egresslab import envoy
from egresslab.errors import FrameError, near
from egresslab.frames.schema import schema

ALWAYS = ("proxy", "source", "line")  # so that each row can be opened
# What a column is made of, where its own operator does not say it.
_FROM = {
    "failed": ("response_code", "response_flags", "response_flags_long", "connection_termination_details", "traffic_direction"),
    "response_flags": ("response_flags_long",),
    "start_time": ("start_time_local",),
}


@dataclass(frozen=True)
class Projection:
    """Names and patterns of columns; without any, all are wanted."""

    given: tuple[str, ...] = ()

    @classmethod
    def of(cls, columns: str | Iterable[str] | None, formats: Iterable[Any] = ()) -> Projection:
        """Take names and patterns, in which ``*`` is any text.

        Raises
        ------
        FrameError
            When one names no column that a log can have; names the near ones.
        """
        if columns is None:
            return cls()
        given = tuple(columns) if isinstance(columns, Iterable) and not isinstance(columns, str) else (columns,)
        known = {**_types(), **{o.column: o.type for f in formats for o in f.operators}}
        for name in given:
            if not isinstance(name, str) or not (any(map(_pattern(name).fullmatch, known)) or _type_of(name) or _is_open(name)):
                raise FrameError(f"{name!r} is no column of a log, and no pattern of some; {near(str(name), known)}")
        if not given:
            raise FrameError("columns= is empty; give names or patterns of columns such as ['start_time', 'response_*'], or leave it out")
        return cls(given)

    @cached_property
    def absent(self) -> dict[str, str]:
        """The types of the columns that are there also when nothing was logged for them."""
        known = {name: field.type for name, field in schema("log").items() if name != "failed" and self.needs(name)}
        return known | {name: kind for name in self.given if name not in known and (kind := _type_of(name)) and name != "failed"}

    def has(self, column: str) -> bool:
        """Tell whether the frame has a column."""
        return not self.given or column in ALWAYS or any(_pattern(name).fullmatch(column) for name in self.given)

    def needs(self, column: str) -> bool:
        """Tell whether a column must be read: it is wanted, or a wanted one is made of it."""
        return self.has(column) or any(column in parts and self.has(name) for name, parts in _FROM.items())


ALL = Projection()


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, name.split("*"))))


@cache
def _types() -> dict[str, str]:
    """The types of all columns that have one name."""
    ours = {name: field.type for frame in ("ztunnel", "log") for name, field in schema(frame).items()}
    return {r["column"]: r["type"] for r in envoy.rows("operators") if "{" not in r["column"]} | ours


@cache
def _families() -> dict[str, str]:
    """The beginnings of columns that are named by an argument or by a key."""
    return {r["column"].partition("{")[0]: r["type"] for r in envoy.rows("operators") if "{" in r["column"]} | {"json_": "text", "ztunnel_": "text"}


def _type_of(name: str) -> str | None:
    """Give the type of a column by its whole name; those that a format has twice are numbered."""
    family = max((f for f in _families() if name.startswith(f) and len(name) > len(f)), key=len, default="")
    return None if "*" in name else _types().get(name) or _types().get(re.sub(r"_\d+$", "", name)) or _families().get(family)


def _is_open(name: str) -> bool:
    """Tell whether a pattern may match columns that are named by an argument or by a key."""
    begin = name.partition("*")[0]
    return "*" in name and any(f.startswith(begin) or begin.startswith(f) for f in _families())
