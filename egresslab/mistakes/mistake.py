"""A mistake, and one sight of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pandas as pd

from egresslab.frames import place

_MOST_PLACES, _MOST_LINES = 6, 3


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that people get wrong about egress.

    Parameters
    ----------
    severity
        Severity of a finding that does not say its own: error, warning or info.
    title
        What is wrong, in one line.
    explanation
        Why Envoy does what it does.
    mend
        What to change in which resource.
    explains
        Stems of mistakes that this one explains where both are found about one subject.
    """

    severity: str
    title: str
    explanation: str
    mend: str
    explains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What some request shapes tell together; ``shapes`` are their positions in the frame of all."""

    count: int
    first_seen: pd.Timestamp | None
    last_seen: pd.Timestamp | None
    places: tuple[str, ...]
    shapes: frozenset[int]


def sights(shapes: pd.DataFrame, groups: Iterable[Iterable[int]]) -> list[Seen]:
    """Add up groups of request shapes, each given by positions; of many small groups, so rows are read as lists."""
    counts, index = shapes["count"].astype("int64").tolist(), shapes.index.tolist()
    first, last = shapes["first_seen"].tolist(), shapes["last_seen"].tolist()
    places = shapes["places"].fillna("").str.split().tolist()
    return [
        Seen(
            sum(counts[n] for n in rows),
            min((first[n] for n in rows if first[n] is not pd.NaT), default=None),
            max((last[n] for n in rows if last[n] is not pd.NaT), default=None),
            tuple(islice(dict.fromkeys(p for n in rows for p in places[n]), _MOST_LINES)),
            frozenset(index[n] for n in rows),
        )
        for rows in map(list, groups)
    ]


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, seen once: what it is about, and what shows it.

    ``shapes`` are the positions of the request shapes that it explains, ``sure`` is no when something else could look the same.
    """

    subject: str
    summary: str
    severity: str | None = None
    count: int | None = None
    of: int | None = None
    first_seen: pd.Timestamp | None = None
    last_seen: pd.Timestamp | None = None
    places: tuple[str, ...] = ()
    mend: str | None = None
    rivals: tuple[str, ...] = ()
    sure: bool = True
    shapes: frozenset[int] = frozenset()

    @classmethod
    def of_shapes(
        cls, shapes: pd.DataFrame, subject: str, summary: str, *, beside: tuple[str, ...] = (), of: int | None = None, **more: Any
    ) -> Finding:
        """Make a finding of the request shapes that show it; ``beside`` are places in config and resources."""
        (seen,) = sights(shapes, [range(len(shapes))])
        return cls.of_sight(seen, subject, summary, beside=beside, of=of, **more)

    @classmethod
    def of_sight(cls, seen: Seen, subject: str, summary: str, *, beside: tuple[str, ...] = (), **more: Any) -> Finding:
        """Make a finding of what was seen of it in the log."""
        return cls(
            subject,
            summary,
            count=seen.count,
            first_seen=seen.first_seen,
            last_seen=seen.last_seen,
            places=tuple(dict.fromkeys((*seen.places, *beside)))[:_MOST_PLACES],
            shapes=seen.shapes,
            **more,
        )

    def joined(self, other: Finding) -> Finding:
        """Put two sights of one mistake about one subject together: evidence added, the surer wording kept."""
        better, more = (self, other) if self.sure or not other.sure else (other, self)
        counts = [f.count for f in (self, other) if f.count is not None]
        return replace(
            better,
            count=max(counts) if counts else None,
            of=better.of if better.of is not None else more.of,
            first_seen=min((t for t in (self.first_seen, other.first_seen) if t is not None), default=None),
            last_seen=max((t for t in (self.last_seen, other.last_seen) if t is not None), default=None),
            places=tuple(dict.fromkeys((*better.places, *more.places)))[:_MOST_PLACES],
            mend=better.mend or more.mend,
            rivals=tuple(dict.fromkeys((*better.rivals, *more.rivals))),
            shapes=self.shapes | other.shapes,
        )


def listed(names: Iterable[str], most: int = 3) -> str:
    """Name the first of many.

    >>> listed(["a", "b", "a", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    own = list(dict.fromkeys(names))
    return ", ".join(own[:most]) + (f" and {len(own) - most} more" if len(own) > most else "")


def places_of(rows: pd.DataFrame, most: int = 2) -> tuple[str, ...]:
    """Give the places of rows of a config, of resources or of what istioctl printed."""
    found = []
    for _, row in rows.head(most).iterrows():
        pointer = row.get("pointer")
        at = pointer if isinstance(pointer, str) else row.get("line")
        if isinstance(row.get("source"), str) and not pd.isna(at):
            found.append(place(row["source"], at if isinstance(at, str) else int(at)))
    return tuple(dict.fromkeys(found))
