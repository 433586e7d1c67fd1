"""A frame as a table for a page that goes to anybody: readable, harmless, and without what the data dictionary calls sensitive."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from egresslab.frames import schema, visible

# Counts are easier to read with separators; these are names that happen to be numbers.
_NAMES = ("port", "response_code", "gateway_response_code", "line", "gateway_line")
_TEXT, _TIME, _NUMBER = "text-align: left", "text-align: left; white-space: nowrap", "text-align: right; white-space: nowrap"


@dataclass(frozen=True, repr=False)
class Table:
    """Rows as text, for a page or a terminal."""

    columns: list[str]
    styles: list[str]
    rows: list[list[str]]
    note: str

    def __repr__(self) -> str:
        rows = pd.DataFrame(self.rows, columns=self.columns).to_string(index=False, max_colwidth=60) if self.rows else ""
        return "\n".join(part for part in (rows, self.note) if part)

    def _repr_html_(self) -> str:
        head = "".join(_cell("th", *pair, end="_") for pair in zip(self.columns, self.styles, strict=True))
        body = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" + (f"<p>{escape(self.note)}</p>" if self.note else "")

    def _cells(self, row: list[str]) -> str:
        return "".join(_cell("td", text, style, end="," if style == _TEXT else "") for text, style in zip(row, self.styles, strict=True))


def _cell(tag: str, text: str, style: str, *, end: str) -> str:
    """Write a cell that may be broken after a character, so that a wide table fits a page."""
    html = escape(text).replace(end, f"{end}<wbr>") if end else escape(text)
    return f'<{tag} style="{style}">{html}</{tag}>'


def table(frame: pd.DataFrame, *, of: str, sensitive: bool = False, limit: int = 40) -> Table:
    """How do I show a frame to people who should not see all of it?

    Parameters
    ----------
    frame
        Rows of a frame of the house, or counts of them.
    of
        Name of that frame: it says which columns are sensitive.
    sensitive
        Whether to show those, too.
    limit
        How many rows are shown; a line below says when there are more.

    Returns
    -------
    Table
        The rows as text: times in UTC to the second, hidden characters visible, columns that hold nothing left out.

    Raises
    ------
    FrameError
        When no frame is called so.

    Examples
    --------
    >>> import egresslab as eg
    >>> table(eg.sample("healthy").files, of="files").columns[:2]
    ['kind', 'proxy']
    """
    hidden = {name for name, field in schema(of).items() if field.sensitive and not sensitive}
    rows = frame.head(limit)
    shown = rows[[name for name in frame.columns if name not in hidden and (rows.empty or rows[name].notna().any())]]
    days = _days(shown)
    notes = [f"{limit:,} of {len(frame):,} rows"] if len(frame) > limit else ([] if len(frame) else ["no rows"])
    notes += [f"times of {days[0]}, UTC"] if len(days) == 1 else (["times in UTC"] if days else [])
    clock = "%H:%M:%S" if len(days) == 1 else "%Y-%m-%d %H:%M:%S"
    texts = zip(*(_texts(shown[name], clock) for name in shown.columns), strict=True)
    return Table(
        [visible(str(name)) for name in shown.columns], [_style(shown[name]) for name in shown.columns], list(map(list, texts)), ", ".join(notes)
    )


def _days(frame: pd.DataFrame) -> list[str]:
    """Give the days of all times of a table: one that is the same everywhere need not be written in each row."""
    return sorted({day for name in frame.columns if _style(frame[name]) == _TIME for day in frame[name].dropna().dt.strftime("%Y-%m-%d")})


def _style(column: pd.Series[Any]) -> str:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return _TIME
    return _NUMBER if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) else _TEXT


def _texts(column: pd.Series[Any], clock: str) -> list[str]:
    if _style(column) == _TIME:
        return list(column.dt.tz_convert("UTC").dt.strftime(clock).fillna(""))
    return ["" if pd.isna(value) else _text(value, named=column.name in _NAMES) for value in column.astype("object")]


def _text(value: object, *, named: bool) -> str:
    if named or isinstance(value, bool) or not isinstance(value, int | float):
        return visible(str(value))
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"
