"""One object of a config as a notebook shows it: what it is, whose it is, where it stands, and its JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from egresslab.errors import EgresslabError
from egresslab.frames import Config, Resources, visible
from egresslab.widgets.config_objects import called

_MOST_LINES, _LONGEST_LINE = 2_000, 4_000
_FACTS = {"proxy": "proxy", "made by": "resource", "stands for": "services", "state": "state", "because": "because", "version": "version"}
_NAME = "text-align: left; white-space: nowrap"


@dataclass(frozen=True, repr=False)
class ShownObject:
    """An object, ready to be shown: all of it is text that nothing hides in."""

    title: str
    facts: dict[str, str]
    body: str

    def __repr__(self) -> str:
        wide = max(map(len, self.facts), default=0)
        return "\n".join([self.title, *(f"  {name:<{wide}}  {value}" for name, value in self.facts.items()), *([self.body] if self.body else [])])

    def _repr_html_(self) -> str:
        rows = "".join(f'<tr><th style="{_NAME}">{escape(n)}</th><td style="text-align: left">{escape(v)}</td></tr>' for n, v in self.facts.items())
        return f"<b>{escape(self.title)}</b><table><tbody>{rows}</tbody></table><pre>{escape(self.body)}</pre>"


def show_object(config: Config, resources: Resources, section: str, row: pd.Series[Any], more: dict[str, str]) -> ShownObject:
    """Show one row of a section with the JSON behind it and more facts; when its file cannot be opened, why."""
    facts = {name: visible(str(row[column])) for name, column in _FACTS.items() if column in row.index and not pd.isna(row[column])}
    if "resource" in row.index:
        facts["made by"] = visible(_maker(resources, row["resource"]))
    facts["place"] = visible(f"{row['source']} {row['pointer']}")
    facts |= {name: visible(text) for name, text in more.items() if text}
    return ShownObject(f"{section}: {called(section, row.to_frame().T)[0]}", facts, _body(config, row))


def _maker(resources: Resources, resource: Any) -> str:
    """Name the resource that made an object, and the line at which it is declared, when that was read, too."""
    if pd.isna(resource):
        return "istiod names no resource"
    objects = resources.objects
    names = objects["kind"].astype("str") + " " + objects["namespace"].astype("str") + "/" + objects["name"]
    places = [f"{source}:{line}" for source, line in objects.loc[(names == resource).fillna(False), ["source", "line"]].itertuples(index=False)]
    return f"{resource} ({', '.join(places)})" if places else str(resource)


def nothing_found(section: str, found: str) -> ShownObject:
    """Say that there is no object to show, and where the search found something."""
    return ShownObject(f"{section}: there is none", {"search": visible(found)} if found else {}, "")


def _body(config: Config, row: pd.Series[Any]) -> str:
    try:
        found = config.raw(row)
    except EgresslabError as error:
        return visible(f"its JSON is not shown: {error}")
    text = found if isinstance(found, str) else json.dumps(found, indent=2, ensure_ascii=False)
    lines = text.split("\n")
    more = [f"… {_MOST_LINES:,} of {len(lines):,} lines; raw(row) gives all of it"] if len(lines) > _MOST_LINES else []
    return "\n".join([*map(_line, lines[:_MOST_LINES]), *more])


def _line(text: str) -> str:
    shown = visible(text[:_LONGEST_LINE])
    return shown if len(text) <= _LONGEST_LINE else f"{shown}… {_LONGEST_LINE:,} of {len(text):,} characters"
