"""Asks every mistake whether it is there, and puts the findings in order: root cause first."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from egresslab.cases import Case
from egresslab.frames import request_shapes, require, schema, split_places, typed
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.registry import WAYS, modules, notebook_of

_SEVERITIES = ("error", "warning", "info", "unchecked")
_INPUTS = {
    "shapes": "access log",
    "messages": "lines of the proxies' own",
    "config": "config dump",
    "resources": "YAML of Istio",
    "proxy_status": "proxy-status",
    "analysis": "analyze",
    "stats": "/stats",
}


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
    inputs = _inputs(case)
    seen, missing = _ask_all(inputs)
    _explain(seen)
    seen.sort(key=lambda one: one.order)
    numbers = {id(one): n for n, one in enumerate(seen, 1)}
    rows = [{**_row(one), "caused_by": numbers.get(id(one.cause))} for one in seen]
    rows += [*_unexplained(inputs.get("shapes"), seen), *_unchecked(missing)]
    return typed({name: [row.get(name) for row in rows] for name in schema("findings")} | {"finding": list(range(1, len(rows) + 1))}, "findings")


def _inputs(case: Case) -> dict[str, Any]:
    """Give the parts that the case has."""
    shapes = request_shapes(case.log) if len(case.log) else None
    found = {
        "shapes": shapes,
        "messages": case.messages,
        "config": case.config if len(case.config.listeners) or len(case.config.filter_chains) or len(case.config.clusters) else None,
        "resources": case.resources if len(case.resources.objects) else None,
        "proxy_status": case.proxy_status,
        "analysis": case.analysis,
        "stats": case.stats,
    }
    return {name: part for name, part in found.items() if part is not None and not (isinstance(part, pd.DataFrame) and part.empty)}


def _ask_all(inputs: dict[str, Any]) -> tuple[list[_Seen], dict[str, list[str]]]:
    """Ask each mistake in each way that the inputs allow; note which inputs others wait for."""
    seen: dict[tuple[str, str], _Seen] = {}
    missing: dict[str, list[str]] = {}
    for stem, module in modules().items():
        ways = [way for name in WAYS if (way := getattr(module, name, None))]
        lacking = [[name for name in _required(way) if name not in inputs] for way in ways]
        for way, lacks in zip(ways, lacking, strict=True):
            for finding in () if lacks else _asked(way, inputs):
                key = (stem, finding.subject)
                known = seen.get(key)
                seen[key] = _Seen(stem, module.MISTAKE, known.finding.joined(finding) if known else finding)
        if all(lacking):
            missing.setdefault(min(lacking, key=len)[0], []).append(stem)
    return list(seen.values()), missing


def _asked(way: Callable[..., Iterator[Finding]], inputs: dict[str, Any]) -> Iterator[Finding]:
    yield from way(**{name: inputs.get(name) for name in inspect.signature(way).parameters})


def _required(way: Callable[..., Any]) -> list[str]:
    return [p.name for p in inspect.signature(way).parameters.values() if p.default is p.empty]


def _explain(seen: list[_Seen]) -> None:
    """Put what one finding explains below it: the same subject, or the same entries of the log."""
    for one in seen:
        for other in seen:
            if other.stem in one.mistake.explains and one is not other and _about_the_same(one.finding, other.finding) and other.cause is None:
                other.cause = one


def _about_the_same(one: Finding, other: Finding) -> bool:
    return one.subject == other.subject or bool(one.shapes & other.shapes)


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
    """Tell of failed traffic that nothing explains: silence must not look like health."""
    if shapes is None:
        return
    told = {n for one in seen if one.severity in ("error", "warning") for n in one.finding.shapes}
    left = shapes[shapes["failed"].fillna(False) & ~shapes.index.isin(sorted(told))]
    if len(left):
        found = Finding.of_shapes(left, "", "", of=int(shapes["count"].sum()))
        yield {
            "severity": "info",
            "summary": f"{found.count:,} failed {'entry' if found.count == 1 else 'entries'} that none of the {len(modules())} mistakes explains",
            "count": found.count,
            "of": found.of,
            "first_seen": found.first_seen,
            "last_seen": found.last_seen,
            "evidence": " ".join(found.places) or None,
        }


def _unchecked(missing: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for name, stems in missing.items():
        yield {"severity": "unchecked", "summary": f"there is no {_INPUTS[name]}, without which these are not looked for: {', '.join(stems)}"}


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
