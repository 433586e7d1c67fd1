from __future__ import annotations

import io

import pandas as pd
import pytest

from egresslab.errors import FrameError
from egresslab.frames import as_log, coerce, empty, fields, labels, require, schema, typed

FRAMES = fields()["frame"].unique().tolist()
MARKS = {"text": "str", "label": "category", "count": "Int64", "number": "Float64", "time": "datetime64[us, UTC]", "yes_no": "boolean"}


@pytest.mark.parametrize("frame", FRAMES)
def test_an_empty_frame_has_all_columns_with_their_types(frame):
    found = empty(frame)
    assert found.empty
    assert found.dtypes.astype("str").to_dict() == {name: MARKS[field.type] for name, field in schema(frame).items()}
    assert all(found[name].cat.categories.dtype == "str" for name, field in schema(frame).items() if field.type == "label")


@pytest.mark.parametrize("frame", FRAMES)
def test_the_dictionary_is_complete(frame):
    of = fields(frame)
    assert of["column"].is_unique
    assert of["type"].isin(MARKS).all()
    assert (of["meaning"].str.len() > 0).all()
    assert (of.loc[of["column"].str.endswith("_ms"), "unit"] == "ms").all()


def test_an_unknown_frame_names_the_near_ones():
    with pytest.raises(FrameError, match="near it: log"):
        fields("logs")


def test_columns_not_given_are_missing_in_every_row():
    frame = typed({"hop": ["paired", "ambiguous"]}, "hops")
    assert frame.shape == (2, len(schema("hops")))
    assert frame.drop(columns="hop").isna().all(axis=None)


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([200.0, None], "count", [200, None]),
        (["200", "-", "", None, "1e+05"], "count", [200, None, None, None, 100000]),
        (["9007199254740993", None], "count", [9007199254740993, None]),
        ([True, False], "count", [1, 0]),
        (["0.5", "-"], "number", [0.5, None]),
        (["true", "no", None, "0"], "yes_no", [True, False, None, False]),
        ([1.0, 0.0, None], "yes_no", [True, False, None]),
        ([5, None, "a"], "label", ["5", None, "a"]),
        ([b"x".decode(), None], "text", ["x", None]),
        (["2026-01-01T01:00:00+01:00", "2026-01-01", "-", None], "time", [pd.Timestamp("2026-01-01", tz="UTC")] * 2 + [None, None]),
        ([pd.Timestamp("2026-01-01 00:00:00.123456789"), None], "time", [pd.Timestamp("2026-01-01 00:00:00.123456", tz="UTC"), None]),
    ],
)
def test_values_come_back_to_their_type(values, kind, expected):
    for given in (pd.Series(values), pd.Series(values, dtype="object")):
        found = coerce(given, kind, "x")
        assert str(found.dtype) == MARKS[kind]
        assert [None if pd.isna(v) else v for v in found] == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [([1.5], "count"), ([float("inf")], "count"), (["99999999999999999999999"], "count"), (["NR"], "count"), (["1.5"], "count"),
     ([1e19], "count"), (["soon"], "time"), ([1.7e9], "time"), (["maybe"], "yes_no"), ([2], "yes_no"), ([0.5], "yes_no"), (["x"], "number")],
)  # fmt: skip
def test_what_a_type_cannot_hold_is_an_error_and_never_another_value(values, kind):
    with pytest.raises(FrameError, match=f"column 'x' cannot be read as {kind}: .*; mend or drop"):
        coerce(pd.Series(values), kind, "x")


def hands():
    log = as_log(pd.DataFrame({"response_code": [200, None], "authority": ["a", None], "failed": [None, None], "start_time": ["2026-01-01", None]}))
    file = io.BytesIO()
    log.to_parquet(file)
    text = io.StringIO(log.to_csv(index=False))
    return log, {
        "object": log.astype("object"),
        "parquet": pd.read_parquet(file),
        "csv": pd.read_csv(text),
        "concat": pd.concat([log.iloc[:1].assign(authority=pd.Categorical(["b"])), log.iloc[1:].astype("object")]).assign(authority=log["authority"]),
        "merge": log.merge(log[["line"]], on="line", how="outer"),
        "ordered": log.assign(authority=log["authority"].cat.as_ordered()),
    }


@pytest.mark.parametrize("hand", hands()[1])
def test_a_log_from_other_hands_is_brought_back(hand):
    log, given = hands()
    found = require(given[hand], "log")
    assert found.dtypes.astype("str").equals(log.dtypes.astype("str"))
    assert found.astype("object").equals(log.astype("object"))


def test_a_frame_of_the_contract_is_not_copied():
    log = as_log(pd.DataFrame({"response_code": [200]}))
    assert require(log, "log") is log


def test_other_columns_pass():
    log = as_log(pd.DataFrame({"response_code": [200]})).assign(mine=[[1]])
    assert require(log, "log")["mine"].tolist() == [[1]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pd.DataFrame({"a": [1]}), "no column 'start_time', 'method'.*it has a; eg.as_log"),
        (pd.Series([1]), "this is a Series; give a Case"),
        (pd.concat([empty("log"), empty("log")[["path"]]], axis=1), "two columns of this frame are called 'path'"),
    ],
)
def test_what_is_no_such_frame_is_refused(given, message):
    with pytest.raises(FrameError, match=message):
        require(given, "log")


def test_labels_are_mapped_by_their_categories():
    calls = []
    values = pd.Series(["b", "a", None, "b"] * 100, dtype="category", index=range(5, 405))

    def rename(word):
        calls.append(word)
        return {"a": "same", "b": None}[word]

    found = labels(values, rename)
    assert sorted(calls) == ["a", "b"]
    assert found.cat.categories.tolist() == ["same"]
    assert found.isna().sum() == 300
    assert found.index.equals(values.index)
