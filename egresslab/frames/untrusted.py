"""What a log holds is hostile: its text made visible and harmless, for people and for programs."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

# Controls, bidirectional and invisible marks, line separators, byte order mark, tags and variation selectors.
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_FORMULA = re.compile(r"^[=+\-@\t\r].")


def visible(text: str) -> str:
    r"""Write control, invisible and bidirectional characters as escapes, so that text shows what it holds.

    >>> visible("evil\x1b[2J\u202etxt")
    'evil\\x1b[2J\\u202etxt'
    """
    return _HIDDEN.sub(lambda m: m.group().encode("unicode_escape").decode("ascii"), text)


def visible_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Make all text of a frame visible, labels by their categories."""
    return _map_text(frame, visible)


def spreadsheet_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Make all text of a frame visible, and no cell of it a formula when a spreadsheet opens it."""
    return _map_text(frame, lambda text: f"'{visible(text)}" if _FORMULA.match(text) else visible(text))


def _map_text(frame: pd.DataFrame, change: Any) -> pd.DataFrame:
    out = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            new = {c: change(c) for c in column.cat.categories}
            if len(set(new.values())) == len(new):
                out[name] = column.cat.rename_categories(new)
            else:
                out[name] = column.astype("object").map(new, na_action="ignore")
        elif column.dtype == "str" or column.dtype == "object":
            out[name] = column.map(lambda v: change(v) if isinstance(v, str) else v)
    return frame.assign(**out) if out else frame
