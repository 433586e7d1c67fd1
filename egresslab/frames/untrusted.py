"""What a log holds is hostile: its text made visible and harmless, for people and for programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, Any

import pandas as pd

# Controls, bidirectional and invisible marks, fillers, line separators, byte order mark, lone surrogates, tags and variation selectors.
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20].")


def visible(text: str) -> str:
    r"""Write control, invisible and bidirectional characters as escapes, so that text shows what it holds.

    >>> visible("evil\x1b[2J\u202etxt")
    'evil\\x1b[2J\\u202etxt'
    """
    return _HIDDEN.sub(lambda m: m.group().encode("unicode_escape").decode("ascii"), text)


def visible_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Make all text of a frame visible, its column names too (a JSON log's keys are its author's)."""
    return _map_text(frame, visible)


def spreadsheet_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Make all text of a frame visible, and no cell of it a formula when a spreadsheet opens it."""
    return _map_text(frame, _no_formula)


def write_csv(frame: pd.DataFrame, out: IO[str] | Path) -> None:
    """Write CSV that no spreadsheet takes for formulas."""
    spreadsheet_frame(frame).to_csv(out, index=False, date_format="%Y-%m-%dT%H:%M:%S.%fZ")


def _no_formula(text: str) -> str:
    shown = visible(text)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def _map_text(frame: pd.DataFrame, change: Any) -> pd.DataFrame:
    out = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            words = column.cat.categories
            new = pd.Index([change(word) if isinstance(word, str) else word for word in words], dtype=words.dtype)
            out[name] = column.cat.rename_categories(new) if new.is_unique else column.astype("object").map(dict(zip(words, new, strict=True)))
        elif column.dtype == "str" or column.dtype == "object":
            out[name] = column.map(lambda v: change(v) if isinstance(v, str) else v).astype(column.dtype)
    shown = pd.DataFrame({name: out.get(name, frame[name]) for name in frame.columns}, index=frame.index)
    return shown.set_axis([change(name) if isinstance(name, str) else name for name in frame.columns], axis=1)
