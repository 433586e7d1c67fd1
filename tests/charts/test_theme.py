from __future__ import annotations

import re

import altair as alt
import pytest

from egresslab import envoy
from egresslab.charts.theme import HUES, OTHER, colours
from egresslab.views import EGRESS_CLASSES

FLAGS = [row["flag"] for row in envoy.rows("response_flags") if row["flag"] != "-"]


@pytest.mark.parametrize("word", [*FLAGS, *EGRESS_CLASSES, "-", OTHER])
def test_a_word_has_the_same_colour_in_every_chart(word):
    assert colours([word]) == {word: colours(["-", OTHER, word])[word]}


def test_no_two_flags_share_a_colour():
    assert len(set(colours(FLAGS).values())) == len(FLAGS)
    assert colours(["-", OTHER]) == {"-": "#999999", OTHER: "#000000"}


def test_a_set_of_flags_is_coloured_by_its_cause():
    assert colours(["UF,URX"])["UF,URX"] == colours(["UF"])["UF"]
    assert colours(["503 · UH"])["503 · UH"] == colours(["UH"])["UH"]
    assert colours(["400 · -"])["400 · -"] == colours(["400"])["400"]


def test_a_flag_keeps_its_colour_beside_a_set_that_has_it():
    both = colours(["UF,URX", "UF"])
    assert both["UF"] == colours(["UF"])["UF"] != both["UF,URX"]


def test_unknown_words_take_hues_that_no_known_word_has():
    given = colours(["a.example.com", "b.example.com", "UF"])
    assert len(set(given.values())) == 3
    assert {given["a.example.com"], given["b.example.com"]} < set(HUES)


def test_more_words_than_hues_are_still_told_apart():
    many = colours([f"host-{i}.example.com" for i in range(20)])
    assert len(set(many.values())) == 20
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in many.values())


def test_charts_look_like_the_house_when_it_is_imported():
    assert alt.theme.active == "egresslab"
    assert alt.renderers.active == "egresslab"
