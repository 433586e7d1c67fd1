from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from egresslab.errors import FrameError
from egresslab.frames import as_log, empty
from egresslab.views import where


def rows(log, **query):
    return where(log, **query).index.tolist()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"upstream_cluster": "outbound|80||*"}, [0, 1]),
        ({"upstream_cluster": "outbound|443||*.wild.example.com"}, [2]),
        ({"upstream_cluster": "OUTBOUND|80||*"}, []),
        ({"upstream_cluster": "outbound|80||never.example"}, []),
        ({"path": "/status*"}, [1]),
        ({"path": "/a*b"}, [5]),
        ({"path": ["/a*b", "/ok"]}, [0, 5]),
        ({"path": ["/s*"]}, []),
        ({"path": []}, []),
        ({"method": "*"}, [0, 1, 4, 5]),
        ({"method": "-"}, [2, 3, 6]),
        ({"method": ["POST", "-"]}, [2, 3, 5, 6]),
        ({"method": "POST", "response_code": 404}, [5]),
    ],
)
def test_texts_and_labels_take_patterns_lists_and_the_dash(log, query, found):
    assert rows(log, **query) == found


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ("UF", [1]),
        ("U*", [1, 3]),
        ("URX,UF", [1]),
        ("UF, URX", [1]),
        ("UF,UH", []),
        (["UF", "UH"], [1, 3]),
        (["URX,UF"], [1]),
        (["U*"], []),
        ("-", [0, 2, 4, 6]),
        (["-", "NR"], [0, 2, 4, 5, 6]),
        ("*", [1, 3, 5]),
        ("ZZ", []),
    ],
)
def test_flags_are_asked_as_a_set(log, flags, found):
    assert rows(log, response_flags=flags) == found


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("duration_ms", ">=1000", [1, 2]),
        ("duration_ms", "> 1040", [2]),
        ("duration_ms", "<=1", [3, 4, 5]),
        ("duration_ms", "<1", [3, 4]),
        ("duration_ms", "12..1040", [0, 1]),
        ("duration_ms", "..1", [3, 4, 5]),
        ("duration_ms", "1041..", [2]),
        ("duration_ms", "11.5..12.5", [0]),
        ("duration_ms", np.int64(12), [0]),
        ("duration_ms", 12.0, [0]),
        ("duration_ms", ">=99999999999999999999999", []),
        ("response_code", "200", [0]),
        ("response_code", [200, "404"], [0, 5]),
        ("response_code", ["-", 0], [2, 3, 6]),
        ("response_code", "-", [6]),
        ("failed", True, [1, 3, 4, 5]),
        ("failed", "false", [0, 2]),
        ("failed", [True, False], [0, 1, 2, 3, 4, 5]),
        ("failed", "-", [6]),
        ("egress_class", "external", [0, 1, 2]),
        ("egress_class", "*Cluster", [3, 4]),
        ("egress_class", ["answered_by_proxy", "-"], [5, 6]),
        ("proxy", "app*", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_numbers_and_yes_no_and_derived_columns(log, column, value, found):
    assert rows(log, **{column: value}) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REFUSED", [1]),
        ("api.example", [0, 1, 5]),
        ("connect*refused", [1]),
        ("refused*connect", []),
        ("(x11)", [1]),
        (["x11", "a*b"], [1, 5]),
        ([], []),
        ("frame", []),
    ],
)
def test_text_searches_all_texts_and_labels_without_case_but_not_the_source(log, text, found):
    assert rows(log, text=text) == found


def test_exclude_keeps_what_does_not_pass_and_what_is_missing(log):
    assert rows(log, exclude={"response_code": "200..299"}) == [1, 2, 3, 4, 5, 6]
    assert rows(log, exclude={"method": "GET", "response_flags": "-"}) == [3, 5]
    assert rows(log, exclude={"method": "-", "text": "api.example"}) == [4]


def test_all_keys_have_to_hold(log):
    assert rows(log, response_flags="UF", duration_ms=">=1000", text="curl") == []
    assert rows(log, response_flags="UF", duration_ms=">=1000", text="mozilla") == [1]


def test_rows_keep_their_index_and_unused_categories_go(log):
    shifted = log.set_axis([10, 20, 30, 40, 50, 60, 70])
    found = where(shifted, upstream_cluster="outbound|80||*")
    assert found.index.tolist() == [10, 20]
    assert found.upstream_cluster.cat.categories.tolist() == ["outbound|80||api.example.com"]
    assert found.upstream_cluster.tolist() == ["outbound|80||api.example.com"] * 2
    assert found.response_flags.value_counts().to_dict() == {"-": 1, "UF,URX": 1}


def test_a_case_is_as_good_as_its_log(log):
    assert rows(SimpleNamespace(log=log), response_flags="UH") == [3]


def test_an_empty_log_and_an_empty_answer_keep_columns_and_types(log):
    for found in (where(empty("log"), response_flags="UF", text="x"), where(log, response_code=999)):
        assert found.empty
        assert found.dtypes.astype("str").equals(empty("log").dtypes.astype("str"))


def test_columns_of_other_formats_are_asked_by_their_kind(log):
    more = log.assign(req_x_tenant=["a", None, "b", "a", "a", "a", "a"], grpc_status_number=[0, 14, None, 0, 0, 0, 0])
    assert rows(more, req_x_tenant="a", grpc_status_number=">=0") == [0, 3, 4, 5, 6]
    assert rows(more, grpc_status_number="-") == [2]
    assert rows(more.astype({"req_x_tenant": "category"}), req_x_tenant="b") == [2]


def test_a_column_that_this_format_does_not_write_is_missing_in_every_row(log):
    assert rows(log, req_x_tenant="a") == []
    assert rows(log, grpc_status_number=">=1") == []
    assert len(where(log, req_x_tenant="-")) == len(log)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"response_flag": "UF"}, r"no column 'response_flag'; near it: .*response_flags.*eg\.fields\('log'\)"),
        ({"egress_class": "extern"}, r"no egress class is called 'extern'; near it: external"),
        ({"egress_class": ["external", "x*"]}, r"no egress class is called 'x\*'"),
        ({"egress_class": 5}, r"no egress class is called 5"),
        ({"response_code": "5xx"}, r"'response_code' cannot be asked for '5xx': '5xx' is not a number; give a number.*'500\.\.599'"),
        ({"response_code": True}, r"True is not a number"),
        ({"response_code": None}, r"or '-' for missing"),
        ({"response_code": "599..500"}, r"ends before it begins"),
        ({"response_code": ".."}, r"at least one end"),
        ({"response_code": [200, ">=500"]}, r"is a comparison, which a list does not take"),
        ({"failed": "maybe"}, r"'maybe' is neither true nor false; give True or False"),
        ({"method": 5}, r"5 is not a text"),
        ({"method": {"a": 1}}, r"is not a text"),
        ({"response_flags": "UF,"}, r"a flag has no name"),
        ({"text": 5}, r"text cannot be searched for 5"),
        ({"exclude": "UF"}, r"exclude='UF' names no column"),
        ({"exclude": {"nothing": 1}}, r"no column 'nothing'"),
    ],
)
def test_an_unknown_word_names_the_near_ones_and_a_wrong_value_what_its_column_takes(log, query, says):
    with pytest.raises(FrameError, match=says):
        where(log, **query)


def test_frames_that_went_through_other_hands(log):
    merged = log.merge(pd.DataFrame({"method": ["GET", "POST"], "team": ["a", "b"]}), on="method", how="left")
    joined = pd.concat([log, as_log(pd.DataFrame({"response_flags": ["UF"]}))], ignore_index=True)
    assert rows(merged, team="a", response_flags="UF") == [1]
    assert rows(joined, response_flags="UF", failed="true") == [1, 7]
