"""The controls of a ConfigExplorer: a text to search, a proxy, a section, and an object of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import pandas as pd

from egresslab.frames import visible
from egresslab.widgets.config_objects import SECTIONS, ConfigObjects, called
from egresslab.widgets.listener import Listener

_MOST_OPTIONS = 200
_ALL = ""  # None would leave a Dropdown blank

# The object shown is an output of its own, so that it is saved with the notebook; while the controls live, it stands at their right.
_BESIDE = """<style>
.jp-OutputArea:has(> .jp-OutputArea-child .egresslab-explorer) { display: flex; flex-flow: row wrap; }
.jp-OutputArea > .jp-OutputArea-child:has(.egresslab-explorer) { flex: 0 0 30em; width: auto; }
.jp-OutputArea > .jp-OutputArea-child:has(.egresslab-explorer) + .jp-OutputArea-child { flex: 1 1 30em; width: auto; min-width: 0; }
.jp-OutputArea > .jp-OutputArea-child:has(.egresslab-explorer) + .jp-OutputArea-child pre { white-space: pre; max-height: 40em; overflow: auto; }
</style>"""


class ConfigControls:
    """What is asked of a config, as widgets; ``changed`` is called when another object is chosen."""

    def __init__(self, objects: ConfigObjects, *, section: str | None, search: str, proxy: str | None, changed: Callable[[], None]) -> None:
        self._all, self._changed = objects, changed
        self._ear = Listener(self._heard)
        wide = ipywidgets.Layout(width="auto")
        self.search = ipywidgets.Text(value=search, placeholder="name, host or SNI", layout=wide, tooltip="search")
        several = ipywidgets.Layout(width="auto", display=None if len(objects.proxies) > 1 else "none")
        self.proxy = ipywidgets.Dropdown(options=_proxies(objects.proxies, proxy), value=proxy or _ALL, layout=several, tooltip="proxy")
        self.section = ipywidgets.Select(rows=len(SECTIONS), layout=wide, tooltip="section")
        self.object = ipywidgets.Select(rows=14, layout=wide, tooltip="object")
        self._limit = ipywidgets.Label()
        self.box = ipywidgets.VBox([ipywidgets.HTML(_BESIDE), self.search, self.proxy, self.section, self.object, self._limit])
        self.box.add_class("egresslab-explorer")
        self._list(section)
        self._ear.to(self.search, self.proxy, self.section, self.object)

    @property
    def frame(self) -> pd.DataFrame:
        """The objects of the section that the search found."""
        return self._of(self.section.value)

    def found(self) -> str:
        """Say in which sections the search found how much; empty without a search."""
        searched = self.search.value.strip()
        return f"{searched!r} is in {', '.join(_counted(*c) for c in self._counts if c[1]) or 'nothing'}" if searched else ""

    def _of(self, section: str) -> pd.DataFrame:
        return self._all.of(section, search=self.search.value, proxy=self.proxy.value or None)

    def _heard(self, control: Any) -> None:
        if control is not self.object:
            with self._ear.deaf():
                self._list(self.section.value if control is self.section or len(self.frame) else None)
        self._changed()

    def _list(self, section: str | None) -> None:
        """Fill the lists; without a section the first one that has what is searched is opened."""
        opened = self.section.value or "clusters"
        self._counts = [(name, len(self._of(name)), len(self._all.of(name))) for name in SECTIONS]
        self.section.options = [(_counted(*c), c[0]) for c in self._counts]
        self.section.value = section or next((name for name, found, _ in self._counts if found), opened)
        frame = self.frame
        listed = frame.head(_MOST_OPTIONS)
        names = called(self.section.value, listed, of_proxies=len(self._all.proxies) > 1 and self.proxy.value == _ALL)
        self.object.options = list(zip(names, listed.index, strict=True))
        self.object.index = 0 if names else None
        self._limit.value = _limit(len(listed), len(frame), self.section.value)


def _counted(name: str, found: int, count: int) -> str:
    return f"{name} {count:,}" if found == count else f"{name} {found:,} of {count:,}"


def _limit(listed: int, found: int, section: str) -> str:
    return f"{listed:,} of {found:,} {section}; search to see others" if listed < found else ""


def _proxies(proxies: list[str], chosen: str | None) -> list[tuple[str, str]]:
    listed = list(dict.fromkeys([*proxies[:_MOST_OPTIONS], *([chosen] if chosen else [])]))
    limit = f"; {len(listed):,} of them here, proxy= takes any" if len(listed) < len(proxies) else ""
    return [(f"all {len(proxies):,} proxies{limit}", _ALL), *((visible(proxy), proxy) for proxy in listed)]
