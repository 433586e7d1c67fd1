"""Findings as SARIF 2.1.0, as code scanning takes it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

import egresslab as eg
from egresslab.frames import split_places, visible
from egresslab.mistakes.registry import mistakes

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_MOST_PLACES = 10


def sarif(findings: Any, case: eg.Case) -> dict[str, Any]:
    """Write one run: a rule for each mistake that was found, a result for each finding, and what is no mistake as notes of the tool."""
    found = findings[findings["mistake"].notna()].astype("object")
    stems = sorted(set(found["mistake"]))
    notes = [{"level": "note", "message": _message(text)} for text in findings.loc[findings["mistake"].isna(), "summary"]]
    run = {
        "tool": {"driver": {"name": "egresslab", "version": eg.__version__, "rules": [_rule(stem) for stem in stems]}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_result(row, stems, case) for row in found.to_dict("records")],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(stem: str) -> dict[str, Any]:
    one = mistakes()[stem]
    return {
        "id": stem,
        "shortDescription": {"text": one.title},
        "fullDescription": {"text": one.explanation},
        "help": {"text": one.mend},
        "defaultConfiguration": {"level": _LEVELS[one.severity]},
    }


def _result(row: dict[Any, Any], stems: list[str], case: eg.Case) -> dict[str, Any]:
    told = f"{row['summary']}. {row['mend']}" if pd.notna(row["mend"]) else row["summary"]
    key = hashlib.sha256(f"{row['mistake']} {row['subject']}".encode("utf-8", "replace")).hexdigest()
    return {
        "ruleId": row["mistake"],
        "ruleIndex": stems.index(row["mistake"]),
        "level": _LEVELS[row["severity"]],
        "message": _message(told),
        "locations": _locations(row["evidence"], case),
        "partialFingerprints": {"mistakeAndSubject/v1": key},
    }


def _message(text: str) -> dict[str, str]:
    """Write lines of visible text in which nothing is a link."""
    return {"text": "\n".join(map(visible, text.split("\n"))).replace("](", "] (")}


def _locations(evidence: Any, case: eg.Case) -> list[dict[str, Any]]:
    """Give the places of a finding; code scanning shows no result without one, so a finding about nothing read stands at the first file."""
    places = split_places(evidence) if isinstance(evidence, str) else []
    places = places or [(str(source), 1) for source in case.files["source"].head(1)]
    return [_location(source, at, case) for source, at in places[:_MOST_PLACES]]


def _location(source: str, at: int | str, case: eg.Case) -> dict[str, Any]:
    line = at if isinstance(at, int) else _line_of(source, at, case)
    place = {"artifactLocation": {"uri": _uri(source, case)}, "region": {"startLine": line}}
    return {"physicalLocation": place} | (
        {} if isinstance(at, int) else {"logicalLocations": [{"fullyQualifiedName": visible(at), "kind": "member"}]}
    )


def _line_of(source: str, pointer: str, case: eg.Case) -> int:
    """Tell where an object of a YAML begins; a dump of one long line begins at its first."""
    objects = case.resources.objects
    around = objects[(objects["source"] == source) & objects["line"].notna()]
    lines = [int(line) for own, line in zip(around["pointer"], around["line"], strict=True) if pointer == own or pointer.startswith(f"{own}/")]
    return max(lines, default=1)


def _uri(source: str, case: eg.Case) -> str:
    """Write a file as seen from the folder where the word runs, as code scanning wants it, or by its name in the case."""
    path = (case.root / source).absolute() if case.root else Path(source)
    inside = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else Path(source)
    return quote(inside.as_posix().lstrip("/"), safe="/-._~")
