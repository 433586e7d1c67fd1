"""What log lines come wrapped in: prefixes of the tools that print them, and objects of the stores that keep them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

from egresslab.access_log.cast import encodable
from egresslab.access_log.origin import Whose
from egresslab.access_log.paths import Entry, Path, dumped, value_at

_NAME = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_WORDS = {
    "{name}": _NAME,
    "{pod}": r"[a-z0-9][a-z0-9.]*-[a-z0-9.-]*",
    "{random}": "[bcdfghjklmnpqrstvwxz2456789]{5}",  # as Kubernetes ends the names of pods; other words could be containers
    "{proxy}": r"(?:istio-proxy|envoy|ztunnel|waypoint|istio-proxy-\w+)",
    "{time}": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)",
}


@dataclass(frozen=True, eq=False)
class Prefix:
    """What a tool writes in front of each line."""

    name: str
    sure: bool
    text: str

    @cached_property
    def alone(self) -> re.Pattern[bytes]:
        """The prefix."""
        return re.compile(self.text.encode())

    @cached_property
    def lines(self) -> re.Pattern[bytes]:
        """Whole lines, with the prefix or without it: its groups, and what stands behind it."""
        return re.compile(b"(?:%s)?(.*)\n" % self.text.encode())

    @cached_property
    def behind(self) -> re.Pattern[bytes]:
        """The same with one group: what stands behind the prefix."""
        return re.compile(re.sub(rb"\?P<\w+>", b"?:", self.lines.pattern))

    @property
    def has_parts(self) -> bool:
        """Whether it tells that a line is a part of one."""
        return "part" in self.alone.groupindex

    @property
    def names(self) -> bool:
        """Whether it tells who wrote a line."""
        return "pod" in self.alone.groupindex or "container" in self.alone.groupindex


@dataclass(frozen=True, eq=False)
class Shape:
    """What a store or an agent makes of each line: an object, or a row of a table."""

    name: str
    sure: bool
    marks: tuple[Path, ...]
    entries: tuple[Path, ...]
    line: tuple[Path, ...]
    whose: tuple[tuple[Path, ...], ...]

    def text(self, entry: Entry) -> bytes | None:
        """Give the line in an object; fields that were parsed out of it are one JSON object."""
        for path in self.line:
            value = self._rest(entry) if path == (".",) else value_at(entry, path)
            if isinstance(value, str):
                return encodable(value).encode()
            if isinstance(value, dict):
                return dumped(value)
            if isinstance(value, list) and value and all(isinstance(v, int) and 0 <= v < 256 for v in value):
                return bytes(value)  # as journalctl writes what is not UTF-8
        return None

    def _rest(self, entry: Entry) -> dict[str, Any]:
        return {k: v for k, v in entry.items() if k.partition(".")[0] not in {m[0] for m in self.marks}}

    def who(self, entry: Entry) -> Whose:
        """Tell who wrote the line."""
        stream = entry.get("stream")
        pod, container, space = (next((v for p in paths if isinstance(v := value_at(entry, p), str) and v), "") for paths in self.whose)
        return Whose(pod, container, space, stream if isinstance(stream, str) else "")

    def among(self, first: set[str]) -> Shape:
        """Keep the paths that begin with one of some keys."""
        line, *whose = (tuple(p for p in paths if p[0] in first or p == (".",)) for paths in (self.line, *self.whose))
        return replace(self, line=line, whose=tuple(whose))

    def fits(self, entry: Entry) -> bool:
        """Tell whether an object has the marks of this shape."""
        return all(value_at(entry, mark) is not None or any(k.startswith(f"{mark[0]}.") for k in entry) for mark in self.marks)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with files(__package__).joinpath("wrappings.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def prefixes() -> tuple[Prefix, ...]:
    """Give the prefixes, the surest first."""
    return tuple(Prefix(row["name"], row["sure"] == "yes", _worded(row["marks"])) for row in _rows() if row["kind"] == "prefix")


def _worded(pattern: str) -> str:
    for word, meaning in _WORDS.items():
        pattern = pattern.replace(word, meaning)
    return pattern


@cache
def shapes() -> tuple[Shape, ...]:
    """Give the shapes of objects, those with the most certain marks first."""
    return tuple(_shape(row) for row in _rows() if row["kind"] == "object")


@cache
def lists() -> tuple[Path, ...]:
    """Give the paths at which documents list entries."""
    return tuple(dict.fromkeys(path for shape in shapes() for path in shape.entries))


def _shape(row: Mapping[str, str]) -> Shape:
    whose = tuple(_paths(row[name]) for name in ("pod", "container", "namespace"))
    return Shape(row["name"], row["sure"] == "yes", _paths(row["marks"]), _paths(row["entries"]), _paths(row["line"]), whose)


def _paths(text: str) -> tuple[Path, ...]:
    return tuple((".",) if p == "." else tuple(p.split(".")) for p in text.split())


@lru_cache(1000)
def _may_fit(keys: tuple[str, ...]) -> tuple[Shape, ...]:
    first = {k.partition(".")[0] for k in keys} | {"."}
    return tuple(s.among(first) for s in shapes() if all(mark[0] in first for mark in s.marks))


def shape_of(entry: Entry) -> tuple[Shape, bytes] | None:
    """Find the shape of an object, and the line in it."""
    for shape in _may_fit(tuple(entry)):
        if shape.fits(entry) and (text := shape.text(entry)) is not None:
            return shape, text
    return None
