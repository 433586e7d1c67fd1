"""A log and what is asked of it: each question is answered once, so that a new one costs no more than itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from egresslab.frames import typed
from egresslab.views import lines
from egresslab.views.where import passes
from egresslab.views.where_numbers import Mask

_FEW = 0.25  # distinct texts among all
_ORDERING = ("start_time", "proxy", "source")
_DRAWN = ("start_time", "response_flags", "failed")


class AskedLog:
    """A log frame, and which of its entries pass each question of a query."""

    def __init__(self, log: pd.DataFrame) -> None:
        self.log = log.reset_index(drop=True)
        texts = [name for name in self.log.columns if self.log[name].dtype == "str"]
        # A million texts are slow to search, but paths and addresses repeat.
        self._searched = self.log.assign(**{name: _by_category(self.log[name]) for name in texts})
        self._nothing = typed({"line": self.log["line"]}, "log")
        self._reading_order = lines(self._nothing.assign(**{name: self.log[name] for name in _ORDERING})).index.to_numpy()
        self._answers: dict[tuple[bool, str, str], Mask] = {}

    def ask(self, query: Mapping[str, Any]) -> None:
        """Answer all questions of a query; when one of them is none it raises FrameError, and the query before stands."""
        excluded = query.get("exclude", {})
        asked = [(False, name, value) for name, value in query.items() if name != "exclude"]
        asked += [(True, name, value) for name, value in excluded.items()]
        self._answers = {(no, name, repr(value)): self._answer(no, name, value) for no, name, value in asked}

    def passing(self, *, but: str | None = None) -> Mask:
        """Tell which entries pass all questions, or all but the one about a column."""
        answers = [answer for (excluded, name, _), answer in self._answers.items() if excluded or name != but]
        return np.asarray(np.logical_and.reduce([np.ones(len(self.log), dtype=bool), *answers]))

    def drawable(self) -> pd.DataFrame:
        """Give the entries that pass with what a chart of flags over time draws of them; to take all columns would take three times as long."""
        rows = np.flatnonzero(self.passing())
        out: pd.DataFrame = self._nothing.iloc[: len(rows)].assign(**{name: self.log[name].array.take(rows) for name in _DRAWN})
        return out

    def newest(self, most: int) -> pd.DataFrame:
        """Give the last of the entries that pass as an engineer reads them."""
        rows = self._reading_order[self.passing()[self._reading_order]][-most:]
        out: pd.DataFrame = lines(self.log.take(rows)).loc[rows]
        return out

    def span(self, name: str) -> tuple[Any, Any]:
        """Give the first and the last time of what passes the question about one column alone."""
        answers = [answer for (excluded, asked, _), answer in self._answers.items() if asked == name and not excluded]
        times = self.log["start_time"][answers[0]] if answers else self.log["start_time"]
        return times.min(), times.max()

    def _answer(self, excluded: bool, name: str, value: Any) -> Mask:
        known = self._answers.get((excluded, name, repr(value)))
        if known is not None:
            return known
        return passes(self._searched, name, value) ^ excluded


def _by_category(texts: pd.Series[Any]) -> pd.Series[Any]:
    codes, words = pd.factorize(texts)
    if len(words) > len(texts) * _FEW:
        return texts
    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(words)), index=texts.index)
