"""``egresslab log`` and ``egresslab explain``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import egresslab as eg
from egresslab.frames import in_order, write_csv
from egresslab.shell.printed import DONE, NOTHING, print_columns, write_json
from egresslab.views import where_arguments


def add_log(words: Any) -> None:
    """Add the word ``log``."""
    log = words.add_parser(
        "log",
        help="read access logs and print their entries",
        description="Read access logs (files, globs, - for standard input) and print their entries.",
    )
    log.add_argument("files", nargs="+", metavar="FILE")
    log.add_argument(
        "-o", dest="output", choices=sorted(_OUTPUTS), default="table", help="table (the default), json (a line an entry, for jq), csv or parquet"
    )
    log.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="TEST",
        help="only entries that pass, such as 'response_flags=UF' or 'duration_ms>=1000'; may be repeated",
    )
    add_log_format(log)
    log.set_defaults(word=_log)


def add_explain(words: Any) -> None:
    """Add the word ``explain``."""
    explain = words.add_parser("explain", help="explain one log line field by field")
    explain.add_argument("line", metavar="LINE", help="the line in quotes, or - for standard input")
    add_log_format(explain)
    explain.set_defaults(word=_explain)


def add_log_format(word: Any) -> None:
    """Add the option that gives the log's grammar."""
    word.add_argument(
        "--log-format",
        metavar="FORMAT",
        type=_format,
        help="a named format, a format string, a JSON format as text, or @FILE that holds one; found out from the log when not given",
    )


def _format(text: str) -> str:
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, ValueError) as error:
        message = f"{text[1:]} cannot be read as a file with a log format ({error}); give the format itself or another @FILE"
        raise argparse.ArgumentTypeError(message) from None


def _log(arguments: argparse.Namespace) -> int:
    log = eg.read_access_log(*arguments.files, format=arguments.log_format)
    found = eg.where(log, **where_arguments(arguments.where))
    if arguments.output == "parquet" and sys.stdout.isatty():
        raise eg.EgresslabError("Parquet is not text for a terminal; send it to a file with > log.parquet")
    _OUTPUTS[arguments.output](found, sys.stdout.buffer if arguments.output == "parquet" else sys.stdout)
    return DONE if len(found) else NOTHING


def _table(log: Any, out: IO[str]) -> None:
    shown = eg.lines(log)
    print_columns(shown.assign(start_time=shown["start_time"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str[:-3]), out)


def _json(log: Any, out: IO[str]) -> None:
    write_json(log[[c for c in in_order(log.columns) if c not in ("pod", "container") or log[c].notna().any()]], out)


def _parquet(log: Any, out: IO[bytes]) -> None:
    out.write(log.to_parquet(index=False))


_OUTPUTS: dict[str, Callable[[Any, Any], None]] = {"csv": write_csv, "json": _json, "parquet": _parquet, "table": _table}


def _explain(arguments: argparse.Namespace) -> int:
    text = sys.stdin.read() if arguments.line == "-" else arguments.line
    log = eg.read_access_log(io.StringIO(text), format=arguments.log_format)
    if len(log) == 0:
        print("egresslab: no access entry in it: it is a line of the proxy's own", file=sys.stderr)
        return NOTHING
    for _, entry in log.iterrows():
        print(eg.explain(entry))
    return DONE
