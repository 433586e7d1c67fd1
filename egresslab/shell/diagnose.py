"""``egresslab diagnose``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

import egresslab as eg
from egresslab.shell.log import add_log_format
from egresslab.shell.markdown import markdown
from egresslab.shell.printed import DONE, NOTHING, print_columns
from egresslab.shell.sarif import sarif

_COLUMNS = ["finding", "severity", "mistake", "subject", "count", "of", "caused_by", "summary"]


def add_diagnose(words: Any) -> None:
    """Add the word ``diagnose``."""
    diagnose = words.add_parser(
        "diagnose",
        help="find the mistakes in a case, root cause first",
        description="Find the mistakes in a case: a folder, an archive, or loose files that are one case. Exit code 1 when a finding is an error.",
    )
    diagnose.add_argument("paths", nargs="+", metavar="CASE")
    diagnose.add_argument(
        "-o",
        dest="output",
        choices=sorted(_OUTPUTS),
        default="table",
        help="table (the default), json (one document), markdown (for a ticket: why, evidence, mend) or sarif (2.1.0, for code scanning)",
    )
    add_log_format(diagnose)
    diagnose.set_defaults(word=_diagnose)


def _diagnose(arguments: argparse.Namespace) -> int:
    case = eg.read_case(*arguments.paths, format=arguments.log_format)
    findings = eg.diagnose(case)
    _OUTPUTS[arguments.output](findings, case)
    return NOTHING if (findings["severity"] == "error").any() else DONE


def _table(findings: Any, case: eg.Case) -> None:
    print_columns(findings[_COLUMNS], sys.stdout)


def _json(findings: Any, case: eg.Case) -> None:
    rows = json.loads(findings.drop(columns="evidence").to_json(orient="records", date_format="iso", date_unit="ms"))
    places = json.loads(eg.evidence(findings).to_json(orient="records"))
    for row in rows:
        row["evidence"] = [
            {k: v for k, v in place.items() if k != "finding" and v is not None} for place in places if place["finding"] == row["finding"]
        ]
    print(json.dumps({"egresslab": eg.__version__, "findings": rows}, indent=2))


def _markdown(findings: Any, case: eg.Case) -> None:
    print(markdown(findings, case))


def _sarif(findings: Any, case: eg.Case) -> None:
    print(json.dumps(sarif(findings, case), indent=2))


_OUTPUTS: dict[str, Callable[[Any, eg.Case], None]] = {"json": _json, "markdown": _markdown, "sarif": _sarif, "table": _table}
