"""Several dumps of one proxy: the newest is current, the others are snapshots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from egresslab.sources import groups_of

if TYPE_CHECKING:
    from egresslab.config_dump import DumpFile

_WANTED = re.compile(r"config_dump_istiod")  # istio-must-gather's name for what istiod wants the proxy to have
_ALWAYS_CURRENT = {"host_statuses", "stats"}
_ALL_SECTIONS = "config dump"


class Moments:
    """The files of configs, sorted into those that are current and those of other moments."""

    def __init__(self, files: list[DumpFile]) -> None:
        self.current: list[DumpFile] = []
        self.snapshots: dict[str, list[DumpFile]] = {}
        self.because: dict[str, str] = {}
        for proxy in dict.fromkeys(f.proxy for f in files):
            self._sort([f for f in files if f.proxy == proxy])

    def _sort(self, files: list[DumpFile]) -> None:
        for file in [f for f in files if _WANTED.search(f.source)]:
            self._aside([file], file, "what istiod wants the proxy to have: in case.snapshots")
        own = [f for f in files if not _WANTED.search(f.source)]
        moments = list(_moments(own))
        dumps = [d for d in moments if any(f.part.kind == _ALL_SECTIONS for f in d)]
        newest = max(dumps, key=_age) if dumps else []
        for moment in moments:
            dump = next((f for f in moment if f.part.kind == _ALL_SECTIONS), None)
            if dump and moment is not newest:
                self._aside(moment, dump, "older dump: in case.snapshots")
            else:
                self._take(moment, newest, len(dumps))

    def _take(self, moment: list[DumpFile], newest: list[DumpFile], dumps: int) -> None:
        """Take what no dump of the proxy tells already."""
        told = {frame for f in newest if f.part.kind == _ALL_SECTIONS for frame in _frames(f)}
        for file in moment:
            if file.part.kind == _ALL_SECTIONS:
                self.current.append(file)
                if dumps > 1:
                    self.because[file.source] = f"newest of {dumps} dumps of {file.proxy}"
            elif (found := _frames(file) - _ALWAYS_CURRENT) and found <= told:
                self._aside([file], file, "a dump of the proxy tells the same and more: in case.snapshots")
            else:
                self.current.append(file)

    def _aside(self, moment: list[DumpFile], dump: DumpFile, because: str) -> None:
        self.snapshots[dump.source] = moment
        self.because |= {f.source: because for f in moment}


def _moments(files: list[DumpFile]) -> Iterator[list[DumpFile]]:
    """Bring files of one moment together: their names have the same end, as gateway_config_dump_warming and gateway_clusters_warming."""
    groups = groups_of([f.source for f in files])
    for key in dict.fromkeys((g.key, g.moment) for g in groups.values()):
        yield [f for f in files if (groups[f.source].key, groups[f.source].moment) == key]


def _age(moment: list[DumpFile]) -> tuple[str, bool]:
    """Tell when a proxy last took something; of two dumps of one state the one whose name says nothing more is current."""
    times = (t for f in moment for frame in _frames(f) for t in f.part.rows[frame].columns.get("last_updated", ()) if t)
    return max(map(_comparable, times), default=""), not groups_of([moment[0].source])[moment[0].source].moment


def _comparable(time: str) -> str:
    """Write a time so that text sorts as time: a fraction may be shorter than others."""
    whole, _, fraction = str(time).removesuffix("Z").partition(".")
    return f"{whole}.{fraction:0<9}"


def _frames(file: DumpFile) -> set[str]:
    return {name for name, rows in file.part.rows.items() if len(rows)}
