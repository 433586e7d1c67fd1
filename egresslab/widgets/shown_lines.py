"""Lines of a log as a notebook shows them below a filter: the code, how many they are, and the newest of them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from egresslab.frames import visible

MOST_LINES = 30
_LONGEST, _LONGEST_PRINTED = 120, 40
_NO_FORMULAS = "tex2jax_ignore mathjax_ignore"  # JupyterLab would set text between dollars as a formula
_TABLE = "font-size: 12px; border-collapse: collapse"


@dataclass(frozen=True, repr=False)
class ShownLines:
    """The answer to a query, ready to be shown: all of it is text that nothing hides in."""

    code: str
    found: int
    of: int
    newest: pd.DataFrame

    def __repr__(self) -> str:
        cells = _cells(self.newest, _LONGEST_PRINTED)
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
        return "\n".join([self._count(), visible(self.code), *(rows if len(self.newest) else [])])

    def _repr_html_(self) -> str:
        names, *rows = _cells(self.newest, _LONGEST)
        head = "".join(f'<th style="text-align: left">{escape(name)}</th>' for name in names)
        body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
        table = f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>' if rows else ""
        count = escape(self._count())
        said = f"<p><b>{count}</b><br><code>{escape(visible(self.code))}</code></p>"
        return f'<div class="{_NO_FORMULAS}">{said}<div style="max-height: 32em; overflow: auto">{table}</div></div>'

    def _count(self) -> str:
        limit = f"; the newest {len(self.newest):,} stand here" if len(self.newest) < self.found else ""
        return f"{self.found:,} of {self.of:,} entries{limit}"


def _cell(text: str) -> str:
    return f'<td style="text-align: left; white-space: nowrap">{escape(text)}</td>'


def _cells(frame: pd.DataFrame, longest: int) -> list[list[str]]:
    rows = [[_text(value, longest) for value in row] for row in frame.itertuples(index=False)]
    return [list(map(str, frame.columns)), *rows]


def _text(value: Any, longest: int) -> str:
    if pd.isna(value):
        return "-"
    text = f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03}" if isinstance(value, pd.Timestamp) else visible(str(value))
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
