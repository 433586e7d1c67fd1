from __future__ import annotations

import pandas as pd
import pytest

from egresslab.errors import FrameError
from egresslab.frames import as_log, empty, schema
from egresslab.views import lines


def test_the_newest_is_last_and_lines_without_a_time_stay_where_they_stood():
    log = as_log(
        pd.DataFrame(
            {
                "source": ["a.log"] * 4 + ["b.log"] * 4,
                "start_time": ["10:00:05", "10:00:01", None, "10:00:09", None, "10:00:03", None, "10:00:07"],
            }
        ).assign(start_time=lambda f: "2026-11-23T" + f.start_time + "Z")
    )
    assert lines(log).line.tolist() == [2, 3, 5, 6, 7, 1, 8, 4]


def test_a_file_without_any_time_comes_first_in_its_own_order():
    log = as_log(pd.DataFrame({"source": ["a", "b", "b"], "start_time": ["2026-11-23T10:00:00Z", None, None]}))
    assert lines(log).line.tolist() == [2, 3, 1]


def test_host_and_reason_take_the_first_that_says_something():
    log = as_log(
        pd.DataFrame(
            {
                "authority": ["a.example:80", None, None],
                "requested_server_name": ["sni.example", "sni.example", None],
                "response_code_details": ["via_upstream", None, None],
                "upstream_transport_failure_reason": ["refused", "refused", None],
                "connection_termination_details": ["rbac", "rbac", "rbac"],
            }
        )
    )
    out = lines(log)
    assert out.host.tolist()[:2] == ["a.example:80", "sni.example"]
    assert out.host.isna().tolist() == [False, False, True]
    assert out.reason.tolist() == ["via_upstream", "refused", "rbac"]


def test_twelve_columns_with_the_index_of_the_log(log):
    out = lines(log.set_axis(range(10, 17)))
    assert list(out.columns) == list(schema("lines"))
    assert sorted(out.index) == list(range(10, 17))


def test_no_lines_have_all_columns_and_types():
    assert lines(empty("log")).dtypes.astype("str").equals(empty("lines").dtypes.astype("str"))


def test_what_is_no_log_says_so():
    with pytest.raises(FrameError, match="no column"):
        lines(pd.DataFrame({"a": [1]}))
