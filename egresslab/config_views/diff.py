"""What changed between two configs: by what the objects mean, not by where they stand or when they came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from egresslab.config_views.compared import SECTIONS, objects, values
from egresslab.config_views.route_order import moved
from egresslab.config_views.shown import table_of
from egresslab.config_views.sides import pairs, split
from egresslab.frames import Config, config_of, empty, typed

_PLACES = {"about": "host", "resource": "resource"}
_MISSING = "\0"
_NONE = empty("diff_config").astype("object")


def diff_config(before: Any, after: Any, /, *, proxy: str | None = None) -> pd.DataFrame:
    """What changed for egress between two configs: listeners, chains, routes, clusters and their TLS, endpoints, secrets?

    It compares a moment with a later one, a pod that works with one that does not, or what istiod wants with what Envoy has. Versions, times,
    the order of chains, domains and clusters and a pod's own name and address make no difference; the order of routes does.

    Parameters
    ----------
    before, after
        A Case or a Config each. Proxies of one name are compared; where names differ, the only one that is left on each side.
    proxy
        Any part of a proxy's name that only one has, on each side.

    Returns
    -------
    pandas.DataFrame
        A ``diff_config`` frame, section by section; empty when nothing changed. A section that one side does not tell, such as the bootstrap
        in istiod's dump, is one row, ``unknown``.

    Raises
    ------
    FrameError
        When one has no config or no proxy, the part is in no proxy's name or in several, it is not clear which proxies to compare, or one
        side holds several dumps of one proxy.

    Examples
    --------
    >>> import egresslab as eg
    >>> from egresslab.frames import Config, typed
    >>> of = lambda mode: Config(clusters=typed({"name": ["c"], "tls_mode": [mode], "proxy": ["p"]}, "clusters"))
    >>> diff_config(of("SIMPLE"), of("MUTUAL"))[["name", "column", "before", "after"]].values.tolist()
    [['c', 'tls_mode', 'SIMPLE', 'MUTUAL']]
    """
    found: list[pd.DataFrame] = []
    for old, new in pairs(config_of(before), config_of(after), proxy):
        found += list(_alone(old, new)) if old is None or new is None else list(_of_proxy(old, new))
    return table_of({}, "diff_config", *found)


def _alone(old: Config | None, new: Config | None) -> Iterator[pd.DataFrame]:
    """Tell of a proxy that only one side has."""
    change, config = ("removed", old) if new is None else ("added", new)
    if config is not None:
        yield typed({"change": [change], "section": ["proxies"], "name": config.proxies, "proxy": config.proxies}, "diff_config")


def _of_proxy(old: Config, new: Config) -> Iterator[pd.DataFrame]:
    proxy = new.proxies[0]
    for name in SECTIONS:
        for label, before, after in split(name, (old, objects(old, name)), (new, objects(new, name))):
            rows = _unknown(before, after) if before is None or after is None else _changes(name, before, after)
            yield rows.assign(section=label, proxy=proxy)


def _unknown(before: pd.DataFrame | None, after: pd.DataFrame | None) -> pd.DataFrame:
    cells = {"before" if before is None else "after": ["this side does not tell the section"]}
    side, rows = ("after", after) if before is None else ("before", before)
    told = f"{0 if rows is None else len(rows):,} objects"
    return typed({"change": ["unknown"], **cells, side: [told]}, "diff_config").astype("object")


def _changes(name: str, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Bring the objects of both sides together by their keys, and tell which are gone, which came, and what of the others differs."""
    sides = before.set_index("key"), after.set_index("key")
    gone, came = sides[0].index.difference(sides[1].index, sort=False), sides[1].index.difference(sides[0].index, sort=False)
    both = sides[0].index.intersection(sides[1].index, sort=False)
    parts = [_rows("removed", gone, sides, before=sides[0].loc[gone, "gist"]), _rows("added", came, sides, after=sides[1].loc[came, "gist"])]
    old, new = (values(side.loc[both], name) for side in sides)
    differs = (old.fillna(_MISSING).to_numpy("object") != new.fillna(_MISSING).to_numpy("object")) & _told(old, new, sides)
    for n in np.flatnonzero(differs.any(axis=0)).tolist():
        column, keys = old.columns[n], both[differs[:, n]]
        parts.append(_rows("changed", keys, sides, column=column, before=old.loc[keys, column], after=new.loc[keys, column]))
    if name == "routes":
        order = moved(sides, both)
        parts.append(_rows("changed", order.index, sides, column="order", before=order["before"], after=order["after"]))
    return pd.concat([_NONE, *(p for p in parts if p is not None)])


def _told(old: pd.DataFrame, new: pd.DataFrame, sides: tuple[pd.DataFrame, pd.DataFrame]) -> npt.NDArray[np.bool_]:
    """Tell which columns both sides tell: a text that istioctl printed leaves most of them out."""
    told = np.ones(old.shape[1], dtype=bool)
    for texts, side in zip((old, new), sides, strict=True):
        if not side["pointer"].str.startswith("/").any():
            told &= texts.notna().any().to_numpy()
    return told


def _rows(change: str, keys: pd.Index[Any], sides: tuple[pd.DataFrame, pd.DataFrame], **more: Any) -> pd.DataFrame | None:
    if not len(keys):
        return None
    old, new = (side.reindex(keys) for side in sides)
    both = {ours: _either(new, old, theirs) for theirs, ours in _PLACES.items()}
    places = {f"{p}_{side}": rows[p].astype("object") for p in ("source", "pointer") for side, rows in (("before", old), ("after", new))}
    cells = {"change": change, "name": _either(new, old, "named"), **both, **places}
    return pd.DataFrame({**cells, **more}, index=keys).reset_index(drop=True)


def _either(first: pd.DataFrame, second: pd.DataFrame, column: str) -> pd.Series[Any]:
    if column not in first.columns:
        return pd.Series(None, index=first.index, dtype="object")
    return first[column].astype("object").where(first[column].notna(), second[column].astype("object"))
