"""The order of routes in a virtual host: the first match wins, so what stands before what is part of the config."""

from __future__ import annotations

import pandas as pd

_ROUTE = r"/routes/\d+$"


def moved(sides: tuple[pd.DataFrame, pd.DataFrame], both: pd.Index[str]) -> pd.DataFrame:
    """Give the routes, of those that both sides have, that stand otherwise among each other: their ranks ``before`` and ``after``."""
    ranks = pd.DataFrame({name: _ranks(side.loc[both]) for name, side in zip(("before", "after"), sides, strict=True)}, index=both)
    return ranks[ranks["before"] != ranks["after"]].astype("str")


def _ranks(routes: pd.DataFrame) -> pd.Series[int]:
    """Number the routes of each virtual host; those that came or went in between do not count."""
    within = routes["pointer"].str.replace(_ROUTE, "", regex=True).where(routes["pointer"].str.startswith("/"), routes["route_config"])
    ordered = routes.assign(within=within).sort_values("position", kind="stable")
    return ordered.groupby(["source", "within", "virtual_host"], observed=True, dropna=False).cumcount()
