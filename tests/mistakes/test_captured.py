"""The captured cases and posts: the cause comes first, healthy ones are silent, and less input never gives a wrong error."""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import egresslab as eg
from egresslab.frames import Config, Resources

SHARED = Path(__file__).parents[3] / "shared"
SCORES = SHARED / "tools" / "score_cases.py"
pytestmark = pytest.mark.skipif(not SCORES.is_file(), reason="NOT TESTED: ../shared is not there")


def labels(folder):
    path = SHARED / folder / "labels.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as rows:
        return [(SHARED / folder / row["case"], row) for row in csv.DictReader(rows)]


LABELLED = [*labels("cases"), *labels("posts")]


@cache
def scores():
    spec = importlib.util.spec_from_file_location("score_cases", SCORES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected(row):
    """What the label asks for while only the first mistakes exist, as score_cases.py --first judges it."""
    kind, causes, must = row["kind"], *([c for c in row[k].split(";") if c] for k in ("causes", "must"))
    built = scores().first_mistakes()
    if kind == "faulty":
        kind, must = "faulty" if causes[0] in built else "later", [m for m in must if m in built]
    return kind, causes, must


@cache
def case_of(path):
    return eg.read_case(path)


@pytest.mark.parametrize(("path", "row"), LABELLED, ids=[path.name for path, _ in LABELLED])
def test_the_cause_comes_first(path, row):
    kind, causes, must = expected(row)
    assert scores().judge(kind, causes, must, scores().named_in(causes, eg.diagnose(case_of(path)))) is None


WITHOUT = {
    "the config": lambda case: replace(case, config=Config()),
    "the YAML": lambda case: replace(case, resources=Resources()),
    "the gateway's log": lambda case: replace(case, log=case.log[~case.log["proxy"].astype("str").str.contains("gateway")]),
    "all but the log": lambda case: eg.Case(log=case.log),
    "the log": lambda case: replace(case, log=case.log.iloc[:0]),
}


@pytest.mark.parametrize("without", WITHOUT)
def test_less_input_never_gives_a_wrong_error(without):
    wrong = {}
    for path, row in LABELLED:
        kind, causes, must = expected(row)
        if kind == "unscored":
            continue
        findings = eg.diagnose(WITHOUT[without](case_of(path)))
        named = scores().named_in(causes, findings[findings["severity"] == "error"])
        if strange := set(named) - {*causes, *must}:
            wrong[path.name] = sorted(strange)
    assert wrong == {}
