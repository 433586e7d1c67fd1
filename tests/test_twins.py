"""Every captured text log reads as the JSON log of the same requests does, and no row is lost."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

import egresslab as eg
from egresslab.frames import PLACES

SHARED = Path(__file__).resolve().parents[2] / "shared"
TWINS = sorted((SHARED / "twins").glob("*/*.json.log*"))


def written(path):
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()
    return sum(1 for line in lines if line.startswith(b"{") and json.loads(line))


def rows(log):
    """Rows as a multiset: two loggers wrote these files, and in z01_bulk six pairs of neighbouring lines stand in another order."""
    values = log.drop(columns=list(PLACES)).astype("object")
    return Counter(values.where(values.notna(), None).itertuples(index=False, name=None))


@pytest.mark.skipif(not TWINS, reason="NOT TESTED: the captured twins are not in ../shared/twins")
def test_text_and_json_of_the_same_requests_read_alike():
    total = 0
    for twin in TWINS:
        text = SHARED / "cases" / twin.parent.name / twin.name.replace(".json.log", ".log")
        from_json, from_text = eg.read_access_log(twin), eg.read_access_log(text)
        assert len(from_json) == len(from_text) == written(twin), twin
        assert rows(from_json) == rows(from_text), twin
        total += len(from_text)
    assert total > 60_000
