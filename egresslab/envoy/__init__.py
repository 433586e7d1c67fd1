"""Envoy's and Istio's words as tables: one CSV a table, every row with its source and since-version."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import pandas as pd

from egresslab.errors import FrameError, near

TABLES = ("known_clusters", "log_formats", "operators", "response_code_details", "response_flags", "transport_failures")


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """Give the rows of one table as dictionaries, read once."""
    if table not in TABLES:
        raise FrameError(f"no table of words is called {table!r}; {near(table, TABLES)}")
    with files(__package__).joinpath(f"{table}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def words(table: str) -> pd.DataFrame:
    """Which words does Envoy use, and what do they mean?

    Parameters
    ----------
    table
        One of ``known_clusters``, ``log_formats``, ``operators``, ``response_code_details``, ``response_flags``, ``transport_failures``.

    Returns
    -------
    pandas.DataFrame
        The table as text, one row a word, with ``source`` and ``since``: the first version that has it, behind ``<=`` the first that was looked at.

    Raises
    ------
    FrameError
        When there is no such table.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.words("response_flags").query("flag == 'UH'")["long"].item()
    'NoHealthyUpstream'
    """
    return pd.DataFrame(list(rows(table)), dtype="str")
