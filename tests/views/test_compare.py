from __future__ import annotations

import pandas as pd

from egresslab.frames import as_log, empty
from egresslab.views import compare


def logged(**hosts):
    """Make a log with so many entries for each host, half of the last one's failing."""
    names = [f"{name}.example" for name, count in hosts.items() for _ in range(count)]
    return as_log(pd.DataFrame({"authority": names, "response_flags": ["-"] * len(names)}))


def changes(before, after, kind="host"):
    out = compare(before, after)
    out = out[out["kind"] == kind]
    return dict(zip(out["value"], out["change"], strict=True))


def test_what_is_new_gone_more_less_and_same_in_that_order():
    before = logged(stays=500, rises=100, falls=300, goes=1)
    after = logged(stays=510, rises=300, falls=100, comes=1)
    assert changes(before, after) == {
        "comes.example": "new",
        "goes.example": "gone",
        "rises.example": "more",
        "falls.example": "less",
        "stays.example": "same",
    }
    assert list(changes(before, after)) == ["comes.example", "goes.example", "rises.example", "falls.example", "stays.example"]


def test_shares_count_and_not_numbers():
    assert set(changes(logged(a=10, b=10), logged(a=1000, b=1000)).values()) == {"same"}


def test_chance_is_no_change():
    assert changes(logged(a=100, b=2), logged(a=100, b=6))["b.example"] == "same"
    assert changes(logged(a=1000, b=20), logged(a=1000, b=60))["b.example"] == "more"


def test_a_factor_below_one_and_a_half_is_the_same_however_sure():
    assert changes(logged(a=10_000, b=10_000), logged(a=10_000, b=13_000))["b.example"] == "same"


def test_flags_count_one_by_one_and_none_is_no_flag():
    before = as_log(pd.DataFrame({"response_flags": ["-", "UF"]}))
    after = as_log(pd.DataFrame({"response_flags": ["URX,UF", "-"]}))
    assert changes(before, after, "response_flag") == {"URX": "new", "UF": "same"}


def test_calls_inside_the_mesh_are_clusters_but_no_hosts():
    log = as_log(pd.DataFrame({"authority": ["reviews"], "upstream_cluster": ["outbound|80||reviews.shop.svc.cluster.local"]}))
    assert compare(log, log)[["kind", "change"]].values.tolist() == [["upstream_cluster", "same"]]


def test_failures_decide_the_order_where_shares_do_not():
    before = as_log(pd.DataFrame({"authority": ["a", "a", "b", "b"], "response_code": 200}))
    after = as_log(pd.DataFrame({"authority": ["a", "a", "b", "b"], "response_code": [200, 200, 503, 503]}))
    out = compare(before, after)
    assert out[["value", "change", "before_failed", "after_failed"]].values.tolist() == [["b", "same", 0, 2], ["a", "same", 0, 0]]


def test_counts_and_shares_of_both_sides():
    out = compare(logged(a=1, b=3), logged(a=4)).set_index("value")
    assert out.loc["a.example", ["before", "after", "before_share", "after_share"]].tolist() == [1, 4, 0.25, 1.0]


def test_an_empty_side_has_no_shares():
    out = compare(empty("log"), logged(a=2))
    assert out[["change", "before", "after_share"]].values.tolist() == [["new", 0, 1.0]]
    assert out["before_share"].isna().all()
    assert set(compare(logged(a=2), empty("log"))["change"]) == {"gone"}
    both = compare(empty("log"), empty("log"))
    assert both.dtypes.astype("str").equals(empty("compare").dtypes.astype("str"))
