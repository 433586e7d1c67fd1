"""Which file tells what is asked of the rows of another: sections of one proxy may stand in several files."""

from __future__ import annotations

from itertools import takewhile
from operator import eq
from pathlib import PurePosixPath
from typing import Any

import pandas as pd


def told_by(rows: pd.DataFrame, section: pd.DataFrame) -> pd.Series[Any]:
    """Name for each row the file of its proxy that tells a section: its own, else the one named most alike; missing when none does."""
    tells: dict[str, list[str]] = {}
    for proxy, source in _pairs(section):
        tells.setdefault(proxy, []).append(source)
    chosen = {(proxy, source): _nearest(source, tells.get(proxy, [])) for proxy, source in _pairs(rows)}
    keys = zip(rows["proxy"].astype("object"), rows["source"].astype("object"), strict=True)
    return pd.Series([chosen.get(key) for key in keys], index=rows.index, dtype="str")


def _pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(rows[["proxy", "source"]].astype("object").drop_duplicates().itertuples(index=False, name=None))


def _nearest(source: str, sources: list[str]) -> str | None:
    if source in sources:
        return source
    return max(sources, key=lambda other: (_alike(source, other), -len(other)), default=None)


def _alike(one: object, other: object) -> int:
    """Count how many letters two files' names have in common at the end: ``gateway_clusters_warming`` is of ``gateway_config_dump_warming``."""
    ends = (reversed(PurePosixPath(str(name)).stem) for name in (one, other))
    return sum(takewhile(bool, map(eq, *ends)))
