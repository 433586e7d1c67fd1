"""The holder of resources: short as text, mended after other hands, and clear about what it has not."""

import pandas as pd
import pytest

from egresslab.errors import EgresslabError, FrameError
from egresslab.frames import Resources, empty, resources_of, typed


def objects(**columns):
    return typed(columns, "objects")


def test_it_holds_nothing_but_typed_frames_when_nothing_is_given():
    assert {name: list(getattr(Resources(), name).columns) for name in Resources.names()} == {name: list(empty(name)) for name in Resources.names()}
    assert repr(Resources()) == "Resources: 0 objects"


def test_frames_come_back_to_the_contract(tmp_path):
    rows = typed({"host": ["a", "b"], "port": [443, None], "resolution": ["DNS", None], "endpoints": [0, 2]}, "service_entries")
    rows.to_parquet(tmp_path / "e.parquet")
    for hands in (pd.concat([rows, rows]).astype("object"), pd.read_parquet(tmp_path / "e.parquet"), rows.merge(pd.DataFrame({"host": ["a", "b"]}))):
        assert Resources(service_entries=hands).service_entries.dtypes.equals(rows.dtypes)
    with pytest.raises(FrameError, match="no column 'port'"):
        Resources(service_entries=rows.drop(columns="port"))


def test_its_text_is_short_and_says_what_was_not_read():
    kinds = [f"Kind{n:02}" for n in range(40)]
    problems = typed({"source": ["a\x1b.yaml"] * 20, "line": [7] * 20, "reason": ["a tab"] * 20}, "problems")
    text = repr(Resources(objects=objects(kind=kinds, known=[True] * 39 + [False], namespace=["shop"] * 40), problems=problems))
    assert text.startswith("Resources: 40 objects in 1 namespace\n  Kind00: 1\n")
    assert "  and 15 kinds more\n" in text
    assert "  not read: a\\x1b.yaml, line 7: a tab\n" in text
    assert text.endswith("  and 12 more problems")
    assert text.count("\n") < 40


def test_raw_asks_whoever_read_them():
    row = objects(kind=["Sidecar"], source=["a.yaml"], pointer=["/0"]).iloc[0]
    assert Resources(opener=lambda source, pointer: f"{source}{pointer}").raw(row) == "a.yaml/0"
    with pytest.raises(EgresslabError, match=r"a\.yaml cannot be opened: these were made from frames"):
        Resources().raw(row)
    with pytest.raises(FrameError, match="names no place"):
        Resources().raw("a.yaml")


def test_resources_are_found_in_what_holds_them():
    class Case:
        resources = Resources()

    assert resources_of(Case()) is Case.resources
    assert resources_of(Case.resources) is Case.resources
    with pytest.raises(FrameError, match="a DataFrame has no resources; give a Case"):
        resources_of(pd.DataFrame())
