"""What Envoy refused (NACK), which istioctl's tables leave out: the reason beside what is kept, and rows of their own."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.shown import places
from egresslab.frames import typed


def refusals(rejected: pd.DataFrame, section: str, proxies: pd.Series[Any], names: pd.Series[Any]) -> list[str | None]:
    """Say of each object, by proxy and name, why Envoy refused another version of it; None when it did not."""
    of = rejected[(rejected["section"] == section) & rejected["name"].notna()]
    if of.empty:
        return [None] * len(names)
    said = of["because"].fillna("")
    because = dict(zip(zip(of["proxy"].astype("object"), of["name"], strict=True), said, strict=True))
    return [because.get(key) for key in zip(proxies.astype("object"), names, strict=True)]


def refused_rows(rejected: pd.DataFrame, section: str, table: str, *, name: str) -> pd.DataFrame:
    """Give what Envoy refused of a section as rows of a table; ``name`` is the column that takes the name of the object."""
    of = rejected[rejected["section"] == section]
    return typed({name: of["name"], "state": ["rejected"] * len(of), "rejected": of["because"], **places(of)}, table)
