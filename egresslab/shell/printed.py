"""Frames as a shell prints them: a table for people, JSON lines, CSV and Parquet for programs."""

from __future__ import annotations

from typing import IO, Any

from egresslab.frames import visible_frame

DONE, NOTHING, UNREADABLE = 0, 1, 2  # exit codes
_WIDEST = 70  # characters of a cell; -o json has all of it


def print_columns(frame: Any, out: IO[str]) -> None:
    """Print a frame in columns, what is untrusted made visible and long cells cut."""
    text = visible_frame(frame).astype("object").where(frame.notna(), "-").astype(str).map(_short)
    rows = [list(text.columns), *text.itertuples(index=False)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), file=out)


def _short(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else cell[: _WIDEST - 1] + "…"


def write_json(frame: Any, out: IO[str]) -> None:
    """Write a line of JSON for each row."""
    if len(frame):
        out.write(frame.to_json(orient="records", lines=True, date_format="iso", date_unit="ms", force_ascii=True))
