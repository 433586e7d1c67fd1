from __future__ import annotations

import pandas as pd
import pytest

from egresslab import views
from egresslab.charts.counted import counted, largest, listed, words
from egresslab.errors import FrameError
from egresslab.frames import as_log, typed

LOG = as_log(pd.DataFrame({"response_flags": ["UF"], "start_time": ["2026-11-23T10:00:00Z"]}))


def test_a_counted_frame_is_taken_as_it_is_even_with_its_types_lost():
    frame = views.timeline(LOG).astype("object")
    assert counted(frame, "timeline", pytest.fail)["count"].tolist() == [1]


def test_a_log_is_counted_as_asked():
    assert counted(LOG, "timeline", views.timeline, by="proxy", per=None)["by"].tolist() == ["proxy"]


def test_a_counted_frame_cannot_be_asked_again():
    with pytest.raises(FrameError, match=r"counted already, so by cannot be asked.*eg\.timeline"):
        counted(views.timeline(LOG), "timeline", views.timeline, by="host")


def test_words_are_visible_and_missing_has_one():
    column = typed({"value": ["a\u202eb", None, "c\x1b"]}, "latency")["value"]
    assert words(column).tolist() == ["a\\u202eb", "-", "c\\x1b"]
    assert words(column[:0]).tolist() == []
    assert words(column.iloc[[2, 1]]).index.tolist() == [2, 1]


def test_the_largest_stay_and_the_dash_with_them():
    values = pd.Series([*"abcdefghij", "-"])
    kept = largest(values, pd.Series(range(20, 9, -1)))
    assert kept.tolist() == [*"abcdefg", "other", "other", "other", "-"]


def test_one_value_too_many_is_no_other():
    values = pd.Series([*"abcdefgh", "-"])
    assert largest(values, pd.Series(range(9))).tolist() == values.tolist()


def test_a_description_lists_the_first_and_counts_the_rest():
    assert listed(pd.Series({"a": 1, "b": 3000}), most=1) == "b 3,000 and 1 more"
