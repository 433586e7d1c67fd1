from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from egresslab.views.spans import Fits, Spans, decide, fits

INTERVALS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60), st.sampled_from([0, 1, 2, 3, 7, 8, 40])), max_size=25)


def spans(intervals):
    key, start, length = (np.array([i[n] for i in intervals], dtype="int64") for n in range(3))
    return Spans(key, start, start + length)


@given(INTERVALS, INTERVALS, st.integers(0, 5))
def test_fits_are_all_that_span_and_no_others(outer, inner, slack):
    found = fits(spans(outer), spans(inner), slack=slack)
    expected = {
        (i, o)
        for i, (key, start, length) in enumerate(inner)
        for o, (other, begin, longer) in enumerate(outer)
        if key == other and begin <= start + slack and begin + longer >= start + length - slack
    }
    pairs = list(zip(found.inner.tolist(), found.outer.tolist(), strict=True))
    assert set(pairs) == expected
    assert len(pairs) == len(expected)
    assert found.candidates.tolist() == [sum(i == n for i, _ in expected) for n in range(len(inner))]
    assert not found.crowd.any()


def test_a_crowd_is_counted_but_not_paired():
    found = fits(spans([(0, 0, 100)] * 65 + [(0, 900, 5)]), spans([(0, 10, 5), (0, 901, 2)]), slack=0)
    assert found.candidates.tolist() == [65, 1]
    assert found.outer.tolist() == [65]
    assert found.crowd.tolist() == [True] * 65 + [False]


def decided(pairs, inners, outers):
    inner, outer = (np.array([pair[n] for pair in pairs], dtype="int64") for n in (0, 1))
    return decide(Fits(inner, outer, np.bincount(inner, minlength=inners), np.zeros(outers, dtype="bool")), outers).tolist()


def test_certain_pairs_decide_others_in_turn():
    assert decided([(0, 0), (1, 0), (1, 1), (2, 1), (2, 2)], 3, 3) == [0, 1, 2]


def test_what_stays_open_is_not_chosen():
    assert decided([(0, 0), (0, 1), (1, 0), (1, 1)], 3, 2) == [-1, -1, -1]


def test_one_outer_may_hold_several():
    assert decided([(0, 0), (1, 0)], 2, 1) == [0, 0]
