"""What istioctl shows of a config, and in which words."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from egresslab.frames import config_of, labels, one_of, require, typed

_OWNER = re.compile(r"[^./ ]+ (?P<namespace>[^/]+)/(?P<name>.+)", re.DOTALL)
_LAST = ("resource", "proxy", "source", "pointer")


def frames_of(given: Any, *names: str, proxy: str | None) -> list[pd.DataFrame]:
    """Give frames of a config, of all its proxies or of the one that ``proxy`` is part of."""
    config = config_of(given)
    found = [getattr(config, name).reset_index(drop=True) for name in names]
    if proxy is None:
        return found
    one = one_of(config.proxies, proxy)
    return [frame[frame["proxy"] == one] for frame in found]


def in_use(frame: pd.DataFrame) -> pd.Series[Any]:
    """Tell which rows istioctl shows: what the proxy works with now, or what an input without states tells."""
    return frame["state"].isna() | frame["state"].isin(["active", "static"])


def same(column: pd.Series[Any], value: str | None) -> pd.Series[Any]:
    """Tell which values are the one asked for, in upper or lower case; all are when none is asked for."""
    return _all(column) if not value else (column.astype("str").str.lower() == value.lower())


def among(column: pd.Series[Any], value: str | None) -> pd.Series[Any]:
    """Tell which comma texts hold the value asked for, in upper or lower case."""
    return _all(column) if not value else column.map(lambda text: isinstance(text, str) and value.lower() in text.lower().split(",")).astype("bool")


def holds(column: pd.Series[Any], part: str | None) -> pd.Series[Any]:
    """Tell which texts have a part asked for, in the case given: names of clusters are compared so."""
    return _all(column) if not part else column.astype("str").str.contains(part, regex=False, na=False)


def number(column: pd.Series[Any], value: int | None) -> pd.Series[Any]:
    """Tell which numbers are the one asked for; istioctl's 0 asks for none."""
    return _all(column) if not value else (column == int(value)).fillna(False).astype("bool")


def _all(column: pd.Series[Any]) -> pd.Series[Any]:
    return pd.Series(True, index=column.index)


def text_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """Write a column as cells; what is missing is an empty one."""
    return column.astype("str").fillna("")


def number_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """Write numbers as cells; what is missing is 0."""
    return column.fillna(0).astype("str")


def owner_text(resource: pd.Series[Any]) -> pd.Series[Any]:
    """Write the resource that made something as istioctl does: ``name.namespace``.

    >>> owner_text(pd.Series(["DestinationRule shop/api", "HTTPRoute.gateway.networking.k8s.io shop/api", None])).tolist()
    ['api.shop', '<unknown>', '']
    """
    return text_of(labels(resource, _owner))


def _owner(resource: str) -> str:
    if parts := _OWNER.fullmatch(resource):
        return f"{parts['name']}.{parts['namespace']}"
    return "" if resource.startswith("/apis/networking.istio.io/") else "<unknown>"


def places(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Give the columns that every table ends in, where the frame has them."""
    return {name: frame[name] for name in _LAST if name in frame.columns}


def table_of(columns: dict[str, Any], table: str, *more: pd.DataFrame) -> pd.DataFrame:
    """Build a table of the contract, with further rows of it below."""
    out = typed(columns, table)
    if added := [rows for rows in more if len(rows)]:
        out = require(pd.concat([out, *added], ignore_index=True), table)
    return without_unused(out)


def without_unused(table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows a fresh index, and the labels only the words that they use."""
    out = table.reset_index(drop=True)
    return out.assign(**{c: out[c].cat.remove_unused_categories() for c in out.columns if isinstance(out[c].dtype, pd.CategoricalDtype)})
