"""A config by hand: its sections and objects at the left, the JSON of the chosen one at the right."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.cases import Case
from egresslab.errors import FrameError, near
from egresslab.frames import Config, Resources, config_of, one_of, visible
from egresslab.widgets.config_controls import ConfigControls
from egresslab.widgets.config_objects import SECTIONS, ConfigObjects, code_of
from egresslab.widgets.handles import Handles
from egresslab.widgets.shown_object import ShownObject, nothing_found, show_object

_WITHOUT_KERNEL = "ConfigExplorer: its controls live as long as the kernel; the object that was chosen last stands below"


class ConfigExplorer:
    """A hand on the config of a case: choose a section and an object, and read the JSON behind it.

    Parameters
    ----------
    given
        A Case or a Config.
    section
        Section to begin with, such as ``clusters``; without it the first that has what is searched.
    search
        Part of a name, a host or an SNI, in upper or lower case: it is looked for in all sections, and a wildcard that covers it has it, too.
    proxy
        Any part of a proxy's name that only one has.

    Raises
    ------
    FrameError
        When it has no config, no section is called so, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/gateway_config_dump.json"))
    >>> explorer = ConfigExplorer(config, section="secrets", search="does-not-exist")
    >>> explorer.code
    "config.secrets.loc[lambda f: (f['name'] == 'kubernetes://does-not-exist-cacert')].iloc[0]"
    """

    def __init__(self, given: Any, /, *, section: str | None = None, search: str = "", proxy: str | None = None) -> None:
        self._config = config_of(given)
        self._resources = given.resources if isinstance(given, Case) else Resources()
        self._holder = "config" if isinstance(given, Config) else "case.config"
        self._objects = ConfigObjects(self._config)
        self._handles = Handles()
        known = None if proxy is None else one_of(self._objects.proxies, proxy)
        section = None if section is None else _section(section)
        self.controls = ConfigControls(self._objects, section=section, search=search, proxy=known, changed=self._show)

    @property
    def section(self) -> str:
        """The section that is open."""
        return str(self.controls.section.value)

    @section.setter
    def section(self, name: str) -> None:
        self.controls.section.value = _section(name)

    @property
    def search(self) -> str:
        """The text that is looked for in all sections."""
        return str(self.controls.search.value)

    @search.setter
    def search(self, text: str) -> None:
        self.controls.search.value = text

    @property
    def frame(self) -> pd.DataFrame:
        """The objects of the open section that the search found, all of them."""
        return self.controls.frame

    @property
    def row(self) -> pd.Series[Any] | None:
        """The chosen object, None when nothing is found."""
        chosen = self.controls.object.value
        return None if chosen is None else self._objects.of(self.section).loc[chosen]

    @property
    def code(self) -> str:
        """The line that gives the same row without this widget; empty when nothing is found."""
        row = self.row
        return "" if row is None else code_of(self._holder, self.section, self._objects.of(self.section), row)

    def __repr__(self) -> str:
        found = f"{len(self.frame):,} of {len(self._objects.of(self.section)):,} {self.section}"
        return "\n".join(line for line in (f"ConfigExplorer: {found}", visible(self.code)) if line)

    def _ipython_display_(self) -> None:
        self._handles.show(self.controls.box, _WITHOUT_KERNEL, [self._shown()])

    def _show(self) -> None:
        if self._handles.shown:
            self._handles.update([self._shown()])

    def _shown(self) -> ShownObject:
        row, found = self.row, self.controls.found()
        if row is None:
            return nothing_found(self.section, found)
        return show_object(self._config, self._resources, self.section, row, {"search": found, "code": self.code})


def _section(name: str) -> str:
    if name not in SECTIONS:
        raise FrameError(f"no section is called {name!r}; {near(name, SECTIONS)}")
    return name
