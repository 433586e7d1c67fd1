from __future__ import annotations

import unicodedata

import pandas as pd
import pytest

from egresslab.frames import as_log, spreadsheet_frame, visible, visible_frame

BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, ünïcode 日本 😀", "plain text, ünïcode 日本 😀"),
        ("\x1b[2J\x07\r\n\t\x00\x7f\x9b", "\\x1b[2J\\x07\\r\\n\\t\\x00\\x7f\\x9b"),
        ("\u202egnp.exe\u2066\u2069\u200f\u061c", "\\u202egnp.exe\\u2066\\u2069\\u200f\\u061c"),
        ("a\u200bb\ufeffc\u00add\u2028e\u3164f\u115fg", "a\\u200bb\\ufeffc\\xadd\\u2028e\\u3164f\\u115fg"),
        ("tag\U000e0041\ufe0f", "tag\\U000e0041\\ufe0f"),
        ("lone \udc80 surrogate", "lone \\udc80 surrogate"),
    ],
)
def test_what_cannot_be_seen_is_written_as_an_escape(text, shown):
    assert visible(text) == shown


def test_no_control_format_or_surrogate_character_gets_through():
    hidden = [chr(n) for n in range(0x20000) if unicodedata.category(chr(n)) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(chr(n)) in BIDI]
    assert len(hidden) > 2000
    assert [c for c in hidden if c in visible(c)] == []


def test_visible_text_is_stable():
    assert visible(visible("\x1b\u202e")) == visible("\x1b\u202e")


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", " =1", "=\n1", "\uff1d1"])
def test_a_spreadsheet_opens_no_formula(text):
    shown = spreadsheet_frame(pd.DataFrame({"a": [text, None], "b": pd.Categorical([text, None])}))
    assert shown["a"][0].startswith("'")
    assert shown["b"][0] == shown["a"][0]
    assert shown.isna().iloc[1].all()


def test_harmless_text_stays_as_it_is():
    texts = ["-", "=", "a=b", "GET", "10.0.0.1:80", ""]
    assert spreadsheet_frame(pd.DataFrame({"a": texts}))["a"].tolist() == texts


def test_all_text_of_a_frame_is_made_visible_its_names_too():
    frame = pd.DataFrame({"t\x1b": ["\x1b"], "l": pd.Categorical(["\u202e"]), "n": [1], 7: ["\x00"]}, index=[5])
    shown = visible_frame(frame)
    assert shown.to_dict("list") == {"t\\x1b": ["\\x1b"], "l": ["\\u202e"], "n": [1], 7: ["\\x00"]}
    assert shown.index.tolist() == [5]
    assert frame["t\x1b"].tolist() == ["\x1b"]


def test_labels_that_look_alike_afterwards_stay_in_their_rows():
    shown = visible_frame(pd.DataFrame({"l": pd.Categorical(["\x1b", "\\x1b", None, "b"])}))
    assert shown["l"].tolist()[:2] == ["\\x1b", "\\x1b"]
    assert shown["l"].isna().tolist() == [False, False, True, False]


def test_a_log_keeps_its_types_but_for_what_is_shown():
    log = as_log(pd.DataFrame({"authority": ["a"], "response_code": [200]}))
    assert visible_frame(log).dtypes.equals(log.dtypes)
