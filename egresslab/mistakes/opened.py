"""Places of a case, opened for people: the raw line or object, cut and harmless, and the resource behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.cases import Case
from egresslab.errors import EgresslabError
from egresslab.frames import place, split_places, visible

_MOST_LINES, _LONGEST, _WIDE = 30, 600, 110


@dataclass(frozen=True, slots=True)
class Opened:
    """A place, the Istio resource behind it, and what stands there."""

    place: str
    resource: str | None
    lines: tuple[str, ...]

    @property
    def head(self) -> str:
        """The place and the resource, in one line."""
        return f"{self.place} ({self.resource})" if self.resource else self.place


def opened(places: str, case: Case | None) -> tuple[Opened, ...]:
    """Open joined places; without a case they are named alone."""
    return tuple(_open(source, at, case) for source, at in split_places(places))


def _open(source: str, at: int | str, case: Case | None) -> Opened:
    where = visible(place(source, at))
    if case is None:
        return Opened(where, None, ())
    try:
        lines = shown_lines(_text(case.raw(place(source, at))), most=_MOST_LINES)
    except (EgresslabError, OSError) as error:
        lines = shown_lines(f"cannot be opened: {error}", most=2)
    return Opened(where, _resource(case, source, at), lines)


def _text(found: Any, indent: str = "") -> str:
    """Write text as it is and JSON in as few lines as can be read."""
    if isinstance(found, str) and not indent:
        return found
    whole = json.dumps(found, ensure_ascii=False)
    if not isinstance(found, dict | list) or len(indent) + len(whole) <= _WIDE:
        return whole
    inner = f"{indent}  "
    named: Any = found.items() if isinstance(found, dict) else ((None, value) for value in found)
    parts = [f"{json.dumps(name, ensure_ascii=False)}: {_text(value, inner)}" if name is not None else _text(value, inner) for name, value in named]
    begin, end = "{}" if isinstance(found, dict) else "[]"
    return f"{begin}\n" + ",\n".join(f"{inner}{part}" for part in parts) + f"\n{indent}{end}"


def shown_lines(text: str, *, most: int, longest: int = _LONGEST) -> tuple[str, ...]:
    """Make the lines of a text visible, and say where they are cut."""
    lines = text.rstrip("\n").split("\n")
    kept = lines if len(lines) <= most else lines[: most - 1]
    shown = [line if len(line) <= longest else f"{line[:longest]}… {len(line) - longest:,} more characters" for line in map(visible, kept)]
    return (*shown, f"… {len(lines) - len(kept):,} more lines") if len(kept) < len(lines) else tuple(shown)


def _resource(case: Case, source: str, at: int | str) -> str | None:
    """Name the resource that stands at a place, or that made the object there."""
    if isinstance(at, int):
        return None
    config = case.snapshots.get(source, case.config)
    made_by = (frame.loc[(frame["source"] == source) & (frame["pointer"] == at), "resource"].dropna() for frame in _owned(config.frames()))
    told = next((str(found.iloc[0]) for found in made_by if len(found)), None) or _declared(case.resources.objects, source, at)
    return visible(told) if told else None


def _owned(frames: dict[str, pd.DataFrame]) -> list[pd.DataFrame]:
    return [frame for frame in frames.values() if {"source", "pointer", "resource"} <= set(frame.columns)]


def _declared(objects: pd.DataFrame, source: str, pointer: str) -> str | None:
    """Find the innermost object of a file of resources that a pointer leads into."""
    here = objects[objects["source"] == source]
    around = here[[pointer == own or pointer.startswith(f"{own}/") for own in here["pointer"].fillna("")]]
    if around.empty:
        return None
    row = around.iloc[int(around["pointer"].str.len().argmax())]
    name = "/".join(str(row[part]) for part in ("namespace", "name") if pd.notna(row[part]))
    return f"{row['kind']} {name}".strip()
