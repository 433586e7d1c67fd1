from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egresslab.errors import FrameError
from egresslab.frames import place, split_places

PLACES = st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 10**12)), max_size=4)


@given(PLACES)
def test_joined_places_open_again(places):
    assert split_places(" ".join(place(source, line) for source, line in places)) == places


def test_a_place_holds_neither_blanks_nor_controls():
    assert place("my logs/a:b\n\x1b.log", 3) == "my%20logs/a%3Ab%0A%1B.log:3"


@pytest.mark.parametrize("text", ["sidecar.log", "sidecar.log:", "sidecar.log:x", "a:1 b", "a:-1", "a:1.5", "a:\uff11"])
def test_text_that_is_no_place_is_refused(text):
    with pytest.raises(FrameError, match="is no place"):
        split_places(text)
