from __future__ import annotations

import pandas as pd

from egresslab.views.by_category import numbers_of, used_only
from egresslab.views.first_known import first_known


def label(*values):
    return pd.Series(values, dtype="str").astype("category")


def test_the_first_column_that_says_something_wins_and_only_used_words_stay():
    found = first_known([label("a", None, None, None), label("x", "b", None, None), label("y", "y", "a", None)])
    assert found.tolist()[:3] == ["a", "b", "a"]
    assert found.isna().tolist() == [False, False, False, True]
    assert found.cat.categories.tolist() == ["a", "b"]


def test_numbers_are_read_once_for_each_category():
    asked = []
    found = numbers_of(label("1", "2", None, "1"), lambda text: asked.append(text) or int(text))
    assert found.tolist()[:2] == [1, 2]
    assert found.isna().tolist() == [False, False, True, False]
    assert asked == ["1", "2"]


def test_unused_categories_go_and_values_stay():
    column = label("a", "b", None, "c")[1:3]
    assert used_only(column).cat.categories.tolist() == ["b"]
    assert used_only(column).tolist()[0] == "b"
    assert used_only(column).index.tolist() == [1, 2]
