"""How closely a name fits what listeners, routes and resources write: exactly, by a wildcard, or as any name."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pandas as pd

_PORT = re.compile(r"(?<=[^:]):\d+$")
_ANY, _PREFIX, _SUFFIX, _EXACT = range(4)


class Fit(NamedTuple):
    """How closely a pattern fits a name; the greater one wins, as in Envoy: exact, longest suffix, longest prefix, ``*``."""

    kind: int
    length: int
    pattern: str

    @property
    def is_any(self) -> bool:
        """Whether it fits every name."""
        return self.kind == _ANY

    def because(self) -> str:
        """Say why it fits."""
        return _BECAUSE[self.kind].format(self.pattern)


_BECAUSE = {_ANY: "* is any host", _PREFIX: "{} is a prefix of it", _SUFFIX: "the wildcard {} covers it", _EXACT: "{} is exact"}


def plain_host(host: str) -> str:
    """Write a host as names are compared: in lower case, without port and without the dot at its end.

    >>> plain_host("API.example.com.:443")
    'api.example.com'
    """
    return _PORT.sub("", host.strip().lower()).removesuffix(".")


def fit(pattern: str, host: str) -> Fit | None:
    """Tell how closely one pattern fits a host; None when it does not.

    >>> fit("*.example.com", "api.example.com").because()
    'the wildcard *.example.com covers it'
    >>> fit("*.example.com", "example.com") is None
    True
    """
    written = plain_host(pattern)
    if written == host:
        return Fit(_EXACT, len(written), written)
    if written == "*":
        return Fit(_ANY, 1, written)
    if written.startswith("*") and host.endswith(written[1:]) and len(host) > len(written) - 1:
        return Fit(_SUFFIX, len(written), written)
    if written.endswith("*") and host.startswith(written[:-1]) and len(host) > len(written) - 1:
        return Fit(_PREFIX, len(written), written)
    return None


def fits(column: pd.Series[Any], host: str) -> pd.Series[Any]:
    """Tell for each cell, one pattern or several as comma text, which of them fits a host best; None when none does."""
    known = {text: _best(text, host) for text in column.dropna().unique()}
    return pd.Series([known.get(text) for text in column], index=column.index, dtype="object")


def _best(text: str, host: str) -> Fit | None:
    return max((found for pattern in text.split(",") if (found := fit(pattern, host))), default=None)


def names(column: pd.Series[Any], host: str) -> pd.Series[Any]:
    """Tell which cells name a host, exactly or by a wildcard; ``*`` names nobody."""
    return fits(column, host).map(lambda found: found is not None and not found.is_any).astype("bool")


def host_of(clusters: pd.Series[Any]) -> pd.Series[Any]:
    """Give the host in names of clusters; a name of another form than Istio's is all host."""
    return clusters.astype("str").str.rsplit("|", n=1).str[-1]
