"""A mistake, and one sight of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from egresslab.frames import place

_MOST_PLACES = 6


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
        lines = [p for text in shapes["places"].dropna() for p in text.split()]
        first, last = shapes["first_seen"].min(), shapes["last_seen"].max()
        return cls(
            subject,
            summary,
            count=int(shapes["count"].sum()),
            of=of,
            first_seen=None if pd.isna(first) else first,
            last_seen=None if pd.isna(last) else last,
            places=(*dict.fromkeys(lines[:3]), *beside)[:_MOST_PLACES],
            shapes=frozenset(int(i) for i in shapes.index),
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


def places_of(rows: pd.DataFrame, most: int = 2) -> tuple[str, ...]:
    """Give the places of rows of a config, of resources or of what istioctl printed."""
    found = []
    for _, row in rows.head(most).iterrows():
        pointer = row.get("pointer")
        at = pointer if isinstance(pointer, str) else row.get("line")
        if isinstance(row.get("source"), str) and not pd.isna(at):
            found.append(place(row["source"], at if isinstance(at, str) else int(at)))
    return tuple(dict.fromkeys(found))
