"""Asks every mistake whether it is there, and puts the findings in order: root cause first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.cases import Case
from egresslab.frames import require, schema, split_places, typed
from egresslab.mistakes.inputs import GIVEN, Inputs
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.registry import WAYS, modules, notebook_of

_SEVERITIES = ("error", "warning", "info", "unchecked")


@dataclass
class _Seen:
    """A finding and the mistake that it is of."""

    stem: str
    mistake: Mistake
    finding: Finding
    cause: _Seen | None = None

    @property
    def severity(self) -> str:
        return self.finding.severity or self.mistake.severity

    @property
    def order(self) -> tuple[Any, ...]:
        share = (self.finding.count or 0) / (self.finding.of or self.finding.count or 1)
        return (self.cause is not None, _SEVERITIES.index(self.severity), not self.finding.sure, -share, -(self.finding.count or 0), self.stem)


def diagnose(case: Case) -> pd.DataFrame:
    """Which mistakes are there, and which of them is the root cause?

    Parameters
    ----------
    case
        A Case with any of its parts; the more it has, the more can be told.

    Returns
    -------
    pandas.DataFrame
        A ``findings`` frame, root cause first; what another finding explains stands below it and names it in ``caused_by``. Rows of severity
        ``unchecked`` name what was not looked for, because an input is missing; failed traffic that nothing explains is one row, too.

    Raises
    ------
    FrameError
        When it is no Case.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.diagnose(eg.sample("healthy"))["severity"].isin(["error", "warning"]).any().item()
    False
    """
    inputs = Inputs.of(case)
    seen, missing = _ask_all(inputs)
    _explain(seen)
    seen.sort(key=lambda one: one.order)
    numbers = {id(one): n for n, one in enumerate(seen, 1)}
    rows = [{**_row(one), "caused_by": numbers.get(id(one.cause))} for one in seen]
    rows += [*_unexplained(inputs["shapes"], seen), *_unchecked(missing)]
    return typed({name: [row.get(name) for row in rows] for name in schema("findings")} | {"finding": list(range(1, len(rows) + 1))}, "findings")


def _ask_all(inputs: Inputs) -> tuple[list[_Seen], dict[str, list[str]]]:
    """Ask each mistake in each way that the inputs allow; note which inputs others wait for."""
    seen: dict[tuple[str, str], _Seen] = {}
    missing: dict[str, list[str]] = {}
    for stem, module in modules().items():
        ways = [way for name in WAYS if (way := getattr(module, name, None))]
        lacking = [inputs.lacking(way) for way in ways]
        for way, lacks in zip(ways, lacking, strict=True):
            for finding in () if lacks else inputs.ask(way):
                key = (stem, finding.subject)
                known = seen.get(key)
                seen[key] = _Seen(stem, module.MISTAKE, known.finding.joined(finding) if known else finding)
        if all(lacking):
            missing.setdefault(min(lacking, key=len)[0], []).append(stem)
    return list(seen.values()), missing


def _explain(seen: list[_Seen]) -> None:
    """Put what one finding explains below it: the same subject, or the same entries of the log."""
    about: dict[tuple[str, object], list[_Seen]] = {}
    for other in seen:
        for thing in (other.finding.subject, *other.finding.shapes):
            about.setdefault((other.stem, thing), []).append(other)
    for one in (one for one in seen if one.severity != "info"):
        for stem in one.mistake.explains:
            for thing in (one.finding.subject, *one.finding.shapes):
                for other in about.get((stem, thing), ()):
                    other.cause = other.cause or (one if other is not one else None)


def _row(one: _Seen) -> dict[str, Any]:
    finding = one.finding
    return {
        "severity": one.severity,
        "mistake": one.stem,
        "subject": finding.subject,
        "summary": finding.summary,
        "count": finding.count,
        "of": finding.of,
        "first_seen": finding.first_seen,
        "last_seen": finding.last_seen,
        "rivals": "; ".join(finding.rivals) or None,
        "mend": finding.mend or one.mistake.mend,
        "notebook": notebook_of(one.stem),
        "evidence": " ".join(finding.places) or None,
    }


def _unexplained(shapes: pd.DataFrame | None, seen: list[_Seen]) -> Iterator[dict[str, Any]]:
    """Tell of failed traffic, and of unknown traffic, that nothing explains: silence must not look like health."""
    if shapes is None:
        return
    told = {n for one in seen if one.severity in ("error", "warning") for n in one.finding.shapes}
    named = {n for one in seen for n in one.finding.shapes}
    failed = shapes["failed"].fillna(False) | _denied(shapes)
    yield from _left(shapes, failed & ~shapes.index.isin(sorted(told)), "failed {}")
    passed = (shapes["unknown"] == "passed") & ~failed & ~shapes.index.isin(sorted(named))
    yield from _left(shapes, passed, "{} that passed through, unknown to the mesh, and")


def _denied(shapes: pd.DataFrame) -> pd.Series[Any]:
    """Tell which requests a proxy itself turned away, whatever flag that has."""
    by_proxy = shapes["response_code_details"].notna() & (shapes["response_code_details"] != "via_upstream").fillna(False)
    return ((shapes["response_code"] >= 400).fillna(False) & by_proxy).astype("bool")


def _left(shapes: pd.DataFrame, which: pd.Series[Any], what: str) -> Iterator[dict[str, Any]]:
    if which.any():
        found = Finding.of_shapes(shapes[which], "", "", of=int(shapes["count"].sum()))
        entries = "entry" if found.count == 1 else "entries"
        yield {
            "severity": "info",
            "summary": f"{found.count:,} {what.format(entries)} that none of the {len(modules())} mistakes explains",
            "count": found.count,
            "of": found.of,
            "first_seen": found.first_seen,
            "last_seen": found.last_seen,
            "evidence": " ".join(found.places) or None,
        }


def _unchecked(missing: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for name, stems in missing.items():
        yield {"severity": "unchecked", "summary": f"the case has no {GIVEN[name]}, without which these are not looked for: {', '.join(stems)}"}


def evidence(findings: pd.DataFrame) -> pd.DataFrame:
    """Where does each finding show?

    Parameters
    ----------
    findings
        A ``findings`` frame.

    Returns
    -------
    pandas.DataFrame
        An ``evidence`` frame: one row for each place; ``case.raw(row)`` opens it.

    Raises
    ------
    FrameError
        When it is no frame of findings.

    Examples
    --------
    >>> import egresslab as eg
    >>> list(eg.evidence(eg.diagnose(eg.sample("healthy"))).columns)
    ['finding', 'source', 'line', 'pointer']
    """
    found = require(findings, "findings", ["finding", "evidence"]).dropna(subset="evidence")
    places = [(number, source, at) for number, text in zip(found["finding"], found["evidence"], strict=True) for source, at in split_places(text)]
    columns = {
        "finding": [number for number, _, _ in places],
        "source": [source for _, source, _ in places],
        "line": [at if isinstance(at, int) else None for _, _, at in places],
        "pointer": [at if isinstance(at, str) else None for _, _, at in places],
    }
    return typed(columns, "evidence")
