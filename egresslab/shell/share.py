"""``egresslab report`` and ``egresslab notebooks``."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

import egresslab as eg
from egresslab.cases import shipped
from egresslab.shell.log import add_log_format
from egresslab.shell.printed import DONE


def add_report(words: Any) -> None:
    """Add the word ``report``."""
    report = words.add_parser(
        "report",
        help="write one offline page about a case",
        description="Write one offline page: a folder is a case, loose files together are one case.",
    )
    report.add_argument("paths", nargs="+", metavar="PATH")
    report.add_argument("--out", required=True, metavar="DIR", help="folder for the page, or the page itself when it ends in .html")
    report.add_argument("--title", help="title of the page")
    add_log_format(report)
    report.add_argument("--sensitive", action="store_true", help="show columns with addresses of clients, paths and user agents, too")
    report.set_defaults(word=_report)


def add_notebooks(words: Any) -> None:
    """Add the word ``notebooks``."""
    notebooks = words.add_parser("notebooks", help="copy the notebooks to a folder of your own")
    notebooks.add_argument("action", choices=["copy"])
    notebooks.add_argument("folder", metavar="DIR", type=Path)
    notebooks.set_defaults(word=_notebooks)


def _report(arguments: argparse.Namespace) -> int:
    for path in arguments.paths:
        if not Path(path).is_dir():
            eg.scan_access_log(path)  # a file that is not there is told before a notebook runs
    more = {name: value for name in ("title", "log_format") if (value := getattr(arguments, name))}
    page = eg.report(arguments.paths, arguments.out, sensitive=arguments.sensitive, **more)
    print(page)
    return DONE


def _notebooks(arguments: argparse.Namespace) -> int:
    target: Path = arguments.folder
    if target.exists() and any(target.iterdir()):
        raise eg.EgresslabError(f"{target} is not empty, and nothing in it is overwritten; name a new folder")
    for folder, place in (("notebooks", target), ("data", target / "data")):
        shutil.copytree(shipped(folder), place, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    print(f"{target}: {sum(1 for _ in target.rglob('*.ipynb'))} notebooks, samples in {target / 'data'}; open them with: jupyter lab {target}")
    return DONE
