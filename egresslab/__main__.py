"""The shell words: ``egresslab diagnose``, ``log``, ``explain``, ``config``, ``report``, ``collect`` and ``notebooks``.

Exit codes: 0 done, 1 nothing found, a diagnosis with an error or a report that is not whole, 2 input that cannot be read or words that are wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import egresslab as eg
from egresslab.frames import visible
from egresslab.shell.config import add_collect, add_config
from egresslab.shell.diagnose import add_diagnose
from egresslab.shell.log import add_explain, add_log
from egresslab.shell.printed import DONE, NOTHING, UNREADABLE
from egresslab.shell.share import add_notebooks, add_report

_WORDS = (add_diagnose, add_log, add_explain, add_config, add_report, add_collect, add_notebooks)


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
        return DONE
    except (eg.EgresslabError, OSError) as error:
        print(f"egresslab: {visible(str(error))}", file=sys.stderr)
        return NOTHING if isinstance(error, eg.ReportError) else UNREADABLE


def _warn(message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: str | None = None) -> None:
    print(f"egresslab: {visible(str(message))}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="egresslab", description="Find out why a service in an Istio mesh cannot reach the outside world.", epilog=__doc__
    )
    parser.add_argument("--version", action="version", version=f"egresslab {eg.__version__}")
    words = parser.add_subparsers(required=True, metavar="WORD")
    for add in _WORDS:
        add(words)
    return parser


if __name__ == "__main__":
    sys.exit(main())
