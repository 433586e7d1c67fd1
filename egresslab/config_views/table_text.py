"""Tables printed as istioctl prints them."""

from __future__ import annotations

import pandas as pd

from egresslab.frames import visible

_GAP = 5
_GAP_OF_LISTENERS = 1


def table_text(table: pd.DataFrame, /) -> str:
    """How does istioctl print this table?

    Parameters
    ----------
    table
        What ``listener_table`` or another of istioctl's tables gives.

    Returns
    -------
    str
        Its columns in capitals under a header, a missing cell as nothing; the others are left out.

    Examples
    --------
    >>> import egresslab as eg
    >>> from egresslab.frames import typed
    >>> print(table_text(typed({"NAME": ["80", "443"], "VIRTUAL HOSTS": ["4", "1"]}, "route_table_brief")))
    NAME     VIRTUAL HOSTS
    80       4
    443      1
    """
    names = [name for name in table.columns if name.isupper()]
    if "TRUST DOMAIN" in names and not (table["TRUST DOMAIN"].fillna("") != "").all():
        names.remove("TRUST DOMAIN")
    cells = [[name, *(visible(text) for text in table[name].fillna(""))] for name in names]
    gap = _GAP_OF_LISTENERS if "ADDRESSES" in names else _GAP
    wide = [max(map(len, column)) + gap for column in cells[:-1]]
    return "\n".join("".join(map(str.ljust, row, [*wide, 0])) for row in zip(*cells, strict=True))
