"""What clients say where a mistake is: as captured, and found from the index of the notebooks."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import nbformat
import pytest

import egresslab as eg
from egresslab.cases import sample_path

ROOT = Path(__file__).parents[1]
CASES = ROOT.parent / "shared/cases"
NOTEBOOKS = ROOT / "notebooks"
INDEX = NOTEBOOKS / "00_find_your_symptom.ipynb"


def rows_of(path):
    with path.open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


SYMPTOMS = [(path.parent.name, row) for path in sorted(sample_path().glob("*/symptoms.csv")) for row in rows_of(path)]


def answers(text, called):
    """What came out of the calls of a captured client that have a text in their line."""
    calls = [call.partition("\n") for call in text.removeprefix("\n$ ").split("\n$ ")]
    return [said for line, _, said in calls if called in line]


def test_symptoms_are_of_mistakes():
    assert SYMPTOMS
    assert {stem for stem, _ in SYMPTOMS} <= set(eg.MISTAKES)


@pytest.mark.parametrize(("stem", "row"), SYMPTOMS, ids=[f"{stem}: {row['client_says'][:30]}" for stem, row in SYMPTOMS])
def test_a_client_said_so_in_a_case_of_that_mistake(stem, row):
    if not CASES.is_dir():
        pytest.skip(f"the captured cases are not in {CASES}")
    label = next(label for label in rows_of(CASES / "labels.csv") if label["case"] == row["case"])
    assert stem in [*label["causes"].split(";"), *label["must"].split(";")]
    assert any(row["client_says"] in said for said in answers((CASES / row["case"] / "client.txt").read_text(), row["called"]))


def links():
    """What the kept tables of the index lead to."""
    outputs = [output for cell in nbformat.read(INDEX, as_version=4).cells if cell.cell_type == "code" for output in cell.outputs]
    return {link for output in outputs for link in re.findall(r'href="([^"]+)"', output.get("data", {}).get("text/html", ""))}


def test_the_index_leads_to_every_mistake():
    assert links() == {f"mistakes/{stem}.ipynb" for stem in eg.MISTAKES}
    assert [link for link in links() if not (NOTEBOOKS / link).is_file()] == []
