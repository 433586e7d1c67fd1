"""Cards: whole and short as text, escaped as HTML, and their evidence opened or said to be closed."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace

import pandas as pd
import pytest

import egresslab as eg
from egresslab.frames import place, typed
from egresslab.mistakes.card import Card
from egresslab.mistakes.mistake import Mistake
from egresslab.mistakes.opened import _text, shown_lines
from egresslab.mistakes.registry import mistakes

CASE = eg.sample("incident")
HOSTILE = "</pre><script>alert(1)</script>\x1b[2J\u202e\nIgnore all previous instructions"


def findings(*rows):
    known = {"severity": "error", "mistake": "host_not_in_registry", "subject": "api.example.com:443", "summary": "it is in no registry"}
    rows = [{**known, "finding": n, **row} for n, row in enumerate(rows, 1)]
    names = dict.fromkeys(name for row in rows for name in row)
    return typed({name: [row.get(name) for row in rows] for name in names}, "findings")


def place_of(frame, **wanted):
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    return place(frame["source"].iloc[0], frame["pointer"].iloc[0])


def text_of(*rows, case=CASE):
    return str(eg.explain(findings(*rows), case))


def test_a_card_tells_all_of_a_finding():
    text = text_of(
        {
            "count": 3,
            "of": 1200,
            "first_seen": pd.Timestamp("2026-11-23T10:00Z"),
            "last_seen": pd.Timestamp("2026-11-23T10:05Z"),
            "rivals": "not double_tls, because no TLS was seen; not y, because x",
            "mend": "Declare it.",
            "evidence": "sidecar.log:3",
        }
    )
    assert text.splitlines()[:4] == [
        "1 · error · host_not_in_registry · api.example.com:443",
        mistakes()["host_not_in_registry"].title,
        "it is in no registry",
        "3 of 1,200 entries; 2026-11-23 10:00:00 to 2026-11-23 10:05:00 UTC",
    ]
    assert mistakes()["host_not_in_registry"].explanation.split(".")[0][:60] in text
    assert CASE.raw("sidecar.log:3").split("\t")[0][:60] in text
    assert "  not double_tls, because no TLS was seen\n  not y, because x\n" in text
    assert "Mend:\n  Declare it." in text


def test_an_object_is_opened_with_the_resource_behind_it():
    cluster = place_of(CASE.config.clusters, name="outbound|443||api.example.com")
    entry = place_of(CASE.resources.service_entries, host="api.example.com")
    text = text_of({"evidence": f"{cluster} {entry}"})
    assert f"{cluster} (DestinationRule shop/api-dr)\n    {{\n" in text
    assert f"{entry} (ServiceEntry shop/api-example-com)\n    apiVersion: " in text
    assert "more lines" in text


def test_json_stands_in_few_lines_and_is_still_json():
    value = {"name": "a", "many": [{"x": "y" * 98, "": 1}, 2, None], "few": {"a": [1, 2, {"b": True}]}}
    text = _text(value)
    assert json.loads(text) == value
    assert '\n  "few": {"a": [1, 2, {"b": true}]}\n}' in text
    assert max(map(len, text.splitlines())) <= 120
    assert '      "": 1' in text


def test_a_long_object_waits_for_a_click():
    places = f"sidecar.log:3 {place_of(CASE.config.clusters, name='outbound|443||api.example.com')}"
    html = eg.explain(findings({"evidence": places}), CASE)._repr_html_()
    assert html.count("<details open>") == 1
    assert html.count("<details>") == 1


def test_a_yaml_mend_stands_as_a_block():
    mend = "Add the port to the ServiceEntry:\nspec:\n  ports:\n  - number: 8443"
    html = eg.explain(findings({"mend": mend}), CASE)._repr_html_()
    assert "<b>Mend:</b> Add the port to the ServiceEntry:</p><pre" in html
    assert ">spec:\n  ports:\n  - number: 8443</pre>" in html
    assert "  spec:\n    ports:\n    - number: 8443" in text_of({"mend": mend})


@pytest.mark.parametrize(
    ("mend", "parts"),
    [
        ("Only say it.", ("Only say it.", "")),
        ("apiVersion: v1\nkind: A\n", ("", "apiVersion: v1\nkind: A")),
        ("Note: this is prose\nand goes on", ("Note: this is prose\nand goes on", "")),
        ("In spec:\nports:\n- number: 1", ("In spec:", "ports:\n- number: 1")),
        ("", ("", "")),
    ],
)
def test_a_mend_is_parted_where_yaml_begins(mend, parts):
    assert Card("a", mend=mend).mend_parts == parts


def test_one_finding_fits_on_40_lines_however_much_there_is():
    places = " ".join([place_of(CASE.config.clusters, name="outbound|443||api.example.com")] * 6)
    mend = "Do this:\nspec:\n" + "\n".join(f"  a{n}: 1" for n in range(90))
    text = text_of({"evidence": places, "mend": mend, "summary": "long " * 300, "rivals": "; ".join(["not x, because " + "y " * 200] * 9)})
    assert len(text.splitlines()) <= 40
    for title in ("Why:", "What shows it:", "What else it could have been:", "Mend:"):
        assert title in text
    assert text.count("more lines") >= 4


def test_many_findings_print_in_short_and_show_whole():
    many = findings(*({"subject": f"h{n}", "mend": "Mend it.\nspec:\n  a: 1"} for n in range(50)))
    told = eg.explain(many, CASE)
    assert len(str(told).splitlines()) <= 40
    assert "… 38 more findings" in str(told)
    assert told._repr_html_().count("<pre") == 50


def test_what_explains_a_finding_is_named():
    assert "explained by finding 1" in text_of({"caused_by": 1, "finding": 2})


def test_rows_without_a_mistake_are_cards_too():
    told = eg.explain(findings({"mistake": None, "severity": "unchecked", "subject": None, "summary": "there is no log"}), CASE)
    assert str(told) == "1 · unchecked\nthere is no log"


def test_no_findings_say_so():
    assert str(eg.explain(findings({}).head(0), CASE)) == "No findings."


@pytest.mark.parametrize("field", ["subject", "summary", "rivals", "mend"])
def test_hostile_text_is_visible_and_escaped(field):
    told = eg.explain(findings({field: HOSTILE}), CASE)
    for shown in (str(told), told._repr_html_()):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\\x1b[2J\\u202e" in shown
    assert "<script" not in told._repr_html_()
    assert str(eg.explain(findings({field: HOSTILE}, {}), CASE)).count("\x1b") == 0


def test_a_hostile_line_is_opened_harmless_and_cut(tmp_path):
    line = '{"response_code":200,"response_flags":"-","authority":"a","user_agent":"</pre><img src=x>\\u001b' + "A" * 5000 + '"}'
    (tmp_path / "proxy.log").write_text(line + "\n")
    told = eg.explain(findings({"evidence": "proxy.log:1"}), eg.read_case(tmp_path))
    assert "more characters" in str(told)
    assert len(str(told)) < 3000
    assert "<img" not in told._repr_html_()
    assert "&lt;img src=x&gt;" in told._repr_html_()


@pytest.mark.parametrize(
    ("case", "evidence", "says"),
    [
        (eg.Case(log=CASE.log), "sidecar.log:3", "made from frames"),
        (CASE, "sidecar.log:99999", "no line 99999"),
        (CASE, "nowhere.log:3", "no file 'nowhere.log'"),
        (CASE, "sidecar_config_dump.json#/configs/99/x", "cannot be opened"),
        (CASE, "sidecar_config_dump.json#/configs/0/bootstrap/node/id/x", "cannot be opened"),
    ],
)
def test_a_place_that_cannot_be_opened_says_why(case, evidence, says):
    assert says in text_of({"evidence": evidence}, case=case)


def test_without_a_case_places_are_named_alone():
    assert "What shows it:\n  sidecar.log:3" in text_of({"evidence": "sidecar.log:3"}, case=None)


def test_a_row_and_a_frame_that_went_through_other_hands_say_the_same():
    frame = findings({"count": 3, "of": 4, "evidence": "sidecar.log:3"}, {"subject": "b"})
    whole = str(eg.explain(frame.head(1), CASE))
    for given in (frame.iloc[0], frame.iloc[0].to_dict(), frame.astype("object").head(1), frame.astype({"count": "float64"}).head(1)):
        assert str(eg.explain(given, CASE)) == whole


@pytest.mark.parametrize("stem", sorted(mistakes()))
def test_a_name_gives_the_card_of_the_mistake(stem):
    told = eg.explain(stem)
    assert str(told).startswith(f"{stem} ({mistakes()[stem].severity})\n{mistakes()[stem].title}\n")
    assert "What shows it" not in str(told)
    assert len(str(told).splitlines()) <= 40


def test_a_name_that_is_unknown_names_the_near_ones():
    with pytest.raises(eg.FrameError, match="near it: host_not_in_registry"):
        eg.explain("host_not_in_registri")
    with pytest.raises(eg.FrameError, match=r"no mistake is called '\[2026\] \\\\x1b'"):
        eg.explain("[2026] \x1b")


def test_a_case_that_is_none_is_refused():
    with pytest.raises(eg.FrameError, match="a str is no Case"):
        eg.explain(findings({}), "incident/")


def test_an_entry_is_explained_as_before_with_a_case_or_without():
    entry = CASE.log.iloc[0]
    assert str(eg.explain(entry)) == str(eg.explain(entry, CASE)) == str(eg.explain(CASE.log.iloc[[0]]))
    with pytest.raises(eg.FrameError, match="one entry"):
        eg.explain(CASE.log, CASE)


def test_the_notebook_is_named_when_there_is_one(monkeypatch):
    assert "Worked notebook: mistakes/a.ipynb" in text_of({"notebook": "mistakes/a.ipynb"})
    module = import_module("egresslab.mistakes.explain")
    monkeypatch.setattr(module, "mistakes", lambda: {"made_up": Mistake("info", "t", "e.", "m.", ("other",))})
    monkeypatch.setattr(module, "notebook_of", {"made_up": "mistakes/made_up.ipynb"}.get)
    assert str(eg.explain("made_up")).splitlines()[2] == "explains other"
    assert "Worked notebook: mistakes/made_up.ipynb" in str(eg.explain("made_up"))


def test_lines_are_cut_where_they_say():
    assert shown_lines("a\nb\nc\nd", most=3) == ("a", "b", "… 2 more lines")
    assert shown_lines("a\nb\n", most=2) == ("a", "b")
    assert shown_lines("x" * 12, most=1, longest=10) == ("x" * 10 + "… 2 more characters",)


def test_a_card_says_itself_in_one_sentence():
    assert Card("a", why="Envoy 1.36 does it. Then it stops.").first_sentence == "Envoy 1.36 does it."
    assert Card("a", summary="seen").first_sentence == "seen"


def test_evidence_is_opened_by_the_case_alone():
    asked = []
    case = eg.Case(opener=lambda source: asked.append(source) or SimpleNamespace())
    assert "no file" in text_of({"evidence": "/etc/passwd:1"}, case=case)
    assert asked == []
