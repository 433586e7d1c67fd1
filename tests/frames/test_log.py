from __future__ import annotations

import pandas as pd
import pytest

from egresslab.errors import FrameError
from egresslab.frames import as_log, concat, empty, failed, flag_set, in_order, join, log_of, request_shapes, schema


def test_a_log_has_all_default_columns_in_order_and_keeps_others_before_failed():
    log = as_log(pd.DataFrame({"mine": [1], "response_code": [503], "pod": ["p"]}))
    columns = list(log.columns)
    assert [c for c in columns if c != "mine"] == list(schema("log"))
    assert columns[columns.index("mine") + 1] == "failed"


def test_the_keys_of_istios_json_log_need_no_mention():
    log = as_log(pd.DataFrame({"duration": [7], "upstream_service_time": ["5"], "response_code": [0]}))
    assert log[["duration_ms", "upstream_service_time_ms"]].to_numpy().tolist() == [[7, 5]]
    both = as_log(pd.DataFrame({"duration": [7], "duration_ms": [8]}))
    assert both[["duration", "duration_ms"]].to_numpy().tolist() == [[7, 8]]


def test_dashes_and_blanks_are_missing_but_no_flag_is_a_dash():
    log = as_log(pd.DataFrame({"authority": ["-", "", None, "nan"], "response_flags": ["-", "", None, "URX, UF,UF"]}))
    assert log["authority"].isna().tolist() == [True, True, True, False]
    assert [None if pd.isna(flags) else flags for flags in log["response_flags"]] == ["-", "-", None, "UF,URX"]


def test_a_trailing_semicolon_does_not_belong_to_the_cluster():
    assert as_log(pd.DataFrame({"upstream_cluster": ["outbound|80||a;", "-", None]}))["upstream_cluster"].tolist()[0] == "outbound|80||a"


def test_rows_without_a_place_get_one():
    log = as_log(pd.DataFrame({"response_code": [1, 2, 3], "line": [None, 9, None], "source": [None, "a.log", None]}, index=[4, 4, 4]))
    assert log["line"].tolist() == [1, 9, 3]
    assert log["source"].tolist() == ["frame", "a.log", "frame"]
    assert log.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("code", "flags", "expected"),
    [(200, "-", False), (499, "-", False), (500, "-", True), (0, "-", False), (0, "UF,URX", True), (200, "DC", True), (200, "DI", False),
     (None, "-", False), (503, None, True), (200, None, False), (None, None, None), (200, "NEW", False)],
)  # fmt: skip
def test_what_failed(code, flags, expected):
    found = failed(pd.Series([code]), pd.Series([flags]))
    assert str(found.dtype) == "boolean"
    assert (None if pd.isna(found[0]) else found[0]) == expected


def test_failures_are_not_lost_to_a_first_look():
    log = as_log(pd.DataFrame({"response_code": [200, 0, 0], "response_flags": ["-", "UF,URX", "-"]}))
    assert len(log[log.response_code != 200]) == 2
    assert log.response_flags.value_counts().sum() == 3
    assert log.groupby("response_flags", observed=True).size().sum() == 3


@pytest.mark.parametrize("given", [pd.DataFrame(), empty("log"), pd.DataFrame({"mine": []})])
def test_an_empty_frame_is_an_empty_log(given):
    log = as_log(given)
    assert log.empty
    assert log[list(schema("log"))].dtypes.astype("str").equals(empty("log").dtypes.astype("str"))


def test_the_frame_given_stays_as_it_is():
    mine = pd.DataFrame({"status": ["200"], "flags": ["URX,UF"]})
    as_log(mine, columns={"status": "response_code", "flags": "response_flags"})
    assert mine.to_dict("list") == {"status": ["200"], "flags": ["URX,UF"]}


def test_two_names_may_be_swapped():
    log = as_log(pd.DataFrame({"path": ["a"], "authority": ["/"]}), columns={"path": "authority", "authority": "path"})
    assert log[["authority", "path"]].to_numpy().tolist() == [["a", "/"]]


@pytest.mark.parametrize(
    ("given", "columns", "message"),
    [
        ([1], None, "a list is no DataFrame"),
        (pd.DataFrame({"statuss": [1]}), {"status": "response_code"}, "no column 'status'.*near it: statuss"),
        (pd.DataFrame({"s": [1]}), {"s": "status_code"}, "'status_code' is not a column of a log; near it:"),
        (pd.DataFrame({"s": [1], "path": ["/"]}), {"s": "path"}, "a column 'path' beside the one"),
        (pd.DataFrame({"a": [1], "b": [1]}), {"a": "path", "b": "path"}, "two columns of this frame are called 'path'"),
        (pd.DataFrame([["/", "/"]], columns=["path", "path"]), None, "two columns of this frame are called 'path'"),
        (pd.DataFrame({"response_code": ["NR"]}), None, "column 'response_code' cannot be read as count"),
    ],
)
def test_what_cannot_be_a_log_is_refused_with_a_way_out(given, columns, message):
    with pytest.raises(FrameError, match=message):
        as_log(given, columns=columns)


def test_logs_are_joined_with_their_categories():
    a = as_log(pd.DataFrame({"authority": ["a", None], "resp_x": pd.Categorical(["x", None])}))
    b = as_log(pd.DataFrame({"authority": ["b"], "response_code": [200]}))
    log = concat([a, b, empty("log")])
    assert log["authority"].cat.categories.tolist() == ["a", "b"]
    assert log["resp_x"].isna().tolist() == [False, True, True]
    assert isinstance(log["resp_x"].dtype, pd.CategoricalDtype)
    assert list(log.columns) == in_order(log.columns)
    assert log[list(schema("log"))].dtypes.astype("str").equals(a[list(schema("log"))].dtypes.astype("str"))


@pytest.mark.parametrize("other", [pd.Categorical(pd.Series(["y"], dtype="object")), pd.Categorical([1]), pd.Categorical(["y"], ordered=True)])
def test_extra_labels_of_any_kind_unite(other):
    log = as_log(pd.DataFrame({"response_code": [200], "resp_x": pd.Categorical(["x"])}))
    joined = concat([log, log.assign(resp_x=other)])
    assert joined["resp_x"].astype("str").tolist() == ["x", str(other[0])]
    assert isinstance(joined["resp_x"].dtype, pd.CategoricalDtype)


def test_frames_of_another_kind_keep_the_order_of_their_columns():
    shapes = request_shapes(as_log(pd.DataFrame({"response_code": [200]})))
    assert list(join([shapes, shapes]).columns) == list(schema("request_shapes"))


def test_concat_of_one_log_is_that_log():
    log = as_log(pd.DataFrame({"response_code": [200, 503]}))
    assert concat([log]).equals(log)


@pytest.mark.parametrize(
    ("given", "message"), [([], "no log was given"), ([None], "a NoneType has no access log"), ([pd.DataFrame({"a": [1]})], "no column 'start_time'")]
)
def test_what_cannot_be_joined_is_refused(given, message):
    with pytest.raises(FrameError, match=message):
        concat(given)


def test_the_log_of_what_has_one():
    class Holder:
        log = as_log(pd.DataFrame({"response_code": [200]}))

    assert log_of(Holder()) is Holder.log


def test_flags_are_a_set():
    assert flag_set("URX,UF") == flag_set("UF, URX,UF") == "UF,URX"
    assert flag_set("") == flag_set("-") == flag_set("-,-") == "-"
