"""The shell words: ``egresslab log``, ``explain``, ``report`` and ``notebooks``.

Exit codes: 0 done, 1 nothing found or a report that is not whole, 2 input that cannot be read or words that are wrong.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import egresslab as eg
from egresslab.cases import shipped
from egresslab.frames import in_order, spreadsheet_frame, visible, visible_frame
from egresslab.views import where_arguments

_DONE, _NOTHING, _UNREADABLE = 0, 1, 2
_WIDEST = 70  # characters of a cell; -o json has all of it


def main(argv: Sequence[str] | None = None) -> int:
    """Run one shell word and give its exit code."""
    arguments = _parser().parse_args(argv)
    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = _warn
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    word: Callable[[argparse.Namespace], int] = arguments.word
    try:
        code = word(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader of our pipe has seen enough; Python's own flush at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _DONE
    except (eg.EgresslabError, OSError) as error:
        print(f"egresslab: {visible(str(error))}", file=sys.stderr)
        return _NOTHING if isinstance(error, eg.ReportError) else _UNREADABLE


def _warn(message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: str | None = None) -> None:
    print(f"egresslab: {visible(str(message))}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="egresslab", description="Find out why a service in an Istio mesh cannot reach the outside world.", epilog=__doc__
    )
    parser.add_argument("--version", action="version", version=f"egresslab {eg.__version__}")
    words = parser.add_subparsers(required=True, metavar="WORD")
    _log_word(words)
    _explain_word(words)
    _report_word(words)
    _notebooks_word(words)
    return parser


def _log_word(words: Any) -> None:
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
    log.add_argument("--log-format", metavar="FORMAT", help="a named format or a format string; found out from the log when not given")
    log.set_defaults(word=_log)


def _explain_word(words: Any) -> None:
    explain = words.add_parser("explain", help="explain one log line field by field")
    explain.add_argument("line", metavar="LINE", help="the line in quotes, or - for standard input")
    explain.add_argument("--log-format", metavar="FORMAT", help="as for log")
    explain.set_defaults(word=_explain)


def _report_word(words: Any) -> None:
    report = words.add_parser(
        "report",
        help="write one offline page about a case",
        description="Write one offline page: a folder is a case, loose files together are one case.",
    )
    report.add_argument("paths", nargs="+", metavar="PATH")
    report.add_argument("--out", required=True, metavar="DIR", help="folder for the page, or the page itself when it ends in .html")
    report.add_argument("--title", help="title of the page")
    report.add_argument("--log-format", metavar="FORMAT", help="as for log")
    report.add_argument("--sensitive", action="store_true", help="show columns with addresses of clients, paths and user agents, too")
    report.set_defaults(word=_report)


def _notebooks_word(words: Any) -> None:
    notebooks = words.add_parser("notebooks", help="copy the notebooks to a folder of your own")
    notebooks.add_argument("action", choices=["copy"])
    notebooks.add_argument("folder", metavar="DIR", type=Path)
    notebooks.set_defaults(word=_notebooks)


def _log(arguments: argparse.Namespace) -> int:
    log = eg.read_access_log(*arguments.files, format=arguments.log_format)
    found = eg.where(log, **where_arguments(arguments.where))
    if arguments.output == "parquet" and sys.stdout.isatty():
        raise eg.EgresslabError("Parquet is not text for a terminal; send it to a file with > log.parquet")
    _OUTPUTS[arguments.output](found, sys.stdout.buffer if arguments.output == "parquet" else sys.stdout)
    return _DONE if len(found) else _NOTHING


def _table(log: Any, out: IO[str]) -> None:
    shown = visible_frame(eg.lines(log))
    times = shown["start_time"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str[:-3]
    text = shown.assign(start_time=times).astype("object").where(shown.notna(), "-").astype(str).map(_short)
    rows = [list(text.columns), *text.itertuples(index=False)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), file=out)


def _short(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else cell[: _WIDEST - 1] + "…"


def _json(log: Any, out: IO[str]) -> None:
    kept = [c for c in in_order(log.columns) if c not in ("pod", "container") or log[c].notna().any()]
    if len(log):
        out.write(log[kept].to_json(orient="records", lines=True, date_format="iso", date_unit="ms", force_ascii=True))


def _csv(log: Any, out: IO[str]) -> None:
    spreadsheet_frame(log).to_csv(out, index=False, date_format="%Y-%m-%dT%H:%M:%S.%fZ")


def _parquet(log: Any, out: IO[bytes]) -> None:
    out.write(log.to_parquet(index=False))


_OUTPUTS: dict[str, Callable[[Any, Any], None]] = {"csv": _csv, "json": _json, "parquet": _parquet, "table": _table}


def _explain(arguments: argparse.Namespace) -> int:
    text = sys.stdin.read() if arguments.line == "-" else arguments.line
    log = eg.read_access_log(io.StringIO(text), format=arguments.log_format)
    if len(log) == 0:
        print("egresslab: no access entry in it: it is a line of the proxy's own", file=sys.stderr)
        return _NOTHING
    for _, entry in log.iterrows():
        print(eg.explain(entry))
    return _DONE


def _report(arguments: argparse.Namespace) -> int:
    for path in arguments.paths:
        if not Path(path).is_dir():
            eg.scan_access_log(path)  # a file that is not there is told before a notebook runs
    more = {name: value for name in ("title", "log_format") if (value := getattr(arguments, name))}
    page = eg.report(arguments.paths, arguments.out, sensitive=arguments.sensitive, **more)
    print(page)
    return _DONE


def _notebooks(arguments: argparse.Namespace) -> int:
    target: Path = arguments.folder
    if target.exists() and any(target.iterdir()):
        raise eg.EgresslabError(f"{target} is not empty, and nothing in it is overwritten; name a new folder")
    for folder, place in (("notebooks", target), ("data", target / "data")):
        shutil.copytree(shipped(folder), place, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    print(f"{target}: {sum(1 for _ in target.rglob('*.ipynb'))} notebooks, samples in {target / 'data'}; open them with: jupyter lab {target}")
    return _DONE


if __name__ == "__main__":
    sys.exit(main())
