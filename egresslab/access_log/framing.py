"""What was read of log files to one log frame, each row with its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from egresslab.access_log.block import Grammar
from egresslab.access_log.cast import to_frame
from egresslab.access_log.log_file import LogFile
from egresslab.access_log.loose import Loose
from egresslab.access_log.origin import labelled
from egresslab.access_log.piece import Piece


def framed(read: Sequence[tuple[LogFile, Sequence[Piece]]], grammar: Grammar) -> pd.DataFrame:
    """Make one log frame of all files: small ones cost little where nothing is done for each of them."""
    starts = np.cumsum([0, *(file.lines for file, _ in read)])  # numbered as if all were one file
    pieces = [piece.behind(int(start)) for (_, pieces), start in zip(read, starts, strict=False) for piece in pieces]
    loose = Loose()
    for piece in pieces:
        loose.add(piece.loose)
    tables, cut = [table for piece in pieces for table in piece.tables], loose.tables(grammar.texts, grammar.keys)
    whose = [table for piece in pieces for table in piece.whose]
    frame = to_frame(tables + (labelled(cut, whose) if whose else cut), grammar.columns)
    of: np.ndarray[Any, Any] = np.zeros(len(frame), np.int8)
    if len(read) > 1:
        lines = frame["line"].to_numpy("int64")
        of = np.searchsorted(starts, lines) - 1
        frame["line"] = pd.array(lines - starts[of], "Int64")
    frame["source"] = _labels([file.source for file, _ in read], of)
    proxies = _labels([file.proxy for file, _ in read], of)
    frame["proxy"] = _named(frame["proxy"], proxies) if frame["proxy"].notna().any() else proxies
    return frame


def _labels(names: Sequence[str], of: np.ndarray[Any, Any]) -> Any:
    """Label rows by the file that each is of; two files may have one name."""
    words = sorted(set(names))
    codes = np.array([words.index(name) for name in names])
    return pd.Categorical.from_codes(codes[of], dtype=pd.CategoricalDtype(pd.Index(words, dtype="str")), validate=False)


def _named(named: pd.Series[Any], files: Any) -> pd.Series[Any]:
    """Give the entries that no pod is named for the proxy of their file."""
    words = pd.Index(sorted({*named.cat.categories, *files.categories}), dtype="str")
    own, of_file = (np.append(words.get_indexer(c.categories), -1)[c.codes] for c in (named.array, files))
    codes = np.where(own < 0, of_file, own)
    return pd.Series(
        pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(words, dtype="str")), validate=False)
    ).cat.remove_unused_categories()
