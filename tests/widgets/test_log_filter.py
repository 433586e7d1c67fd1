"""LogFilter: what its lists offer, what a choice changes, and that it is never more than a hand on `where`."""

from __future__ import annotations

import nbformat
import pandas as pd
import pytest
from running_notebook import executed

import egresslab as eg
from egresslab.charts.renderer import MIME
from egresslab.widgets import handles, remembered

FLAKY = "outbound|80||flaky.example.com"


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(remembered, "_LAST", {})


@pytest.fixture(scope="module")
def case():
    return eg.sample("busy")


@pytest.fixture
def sent(monkeypatch):
    """All that goes to a notebook, by display id; the controls are under None."""
    shown = {}
    for name in ("display", "update_display"):
        monkeypatch.setattr(handles, name, lambda one, *, display_id=None, raw=False, metadata=None: shown.update({display_id: one}))
    return shown


def log_of(**columns):
    return eg.as_log(pd.DataFrame(columns))


def counts(f, name):
    return {value: int(label.split(" · ")[0].replace(",", "")) for label, value in f.controls.columns[name].list.options}


def choose(f, name, *values):
    f.controls.columns[name].list.value = values


def write(f, name, text):
    f.controls.columns[name].text.value = text


def message(f, name):
    return f.controls.columns[name].message.value


def test_each_value_has_its_count(case):
    f = eg.LogFilter(case)
    assert counts(f, "response_flags") == eg.flag_counts(case).set_index("flag")["count"].to_dict()
    clusters = counts(f, "upstream_cluster")
    assert clusters[FLAKY] == (case.log.upstream_cluster == FLAKY).sum()
    assert clusters["-"] == case.log.upstream_cluster.isna().sum()


def test_counts_follow_the_other_filters_and_not_their_own(case):
    f = eg.LogFilter(case)
    before = counts(f, "response_flags")
    order = list(counts(f, "upstream_cluster"))
    choose(f, "response_flags", "UH")
    assert counts(f, "response_flags") == before
    found = eg.where(case, response_flags=["UH"]).upstream_cluster.value_counts()
    assert {name: count for name, count in counts(f, "upstream_cluster").items() if count} == found[found > 0].to_dict()
    assert list(counts(f, "upstream_cluster")) == order


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"response_flags": ["UH", "NC"], "upstream_cluster": [FLAKY, "-"]},
        {"response_flags": "UF,URX", "upstream_cluster": "outbound|*"},
        {"egress_class": "external", "start_time": "23:28..23:29", "text": "/GEO"},
        {"failed": True, "response_code": [502, 503], "duration_ms": ">=1", "path": "/geo*"},
        {"exclude": {"response_flags": "-", "text": ["geo"]}, "req_x_tenant": "-"},
    ],
)
def test_it_begins_with_what_where_takes_and_gives_it_back(case, query):
    f = eg.LogFilter(case, **query)
    assert f.query == query
    pd.testing.assert_frame_equal(f.frame, eg.where(case, **query))
    assert eval(f.code, {"eg": eg, "case": case}).equals(f.frame)
    assert repr(f).startswith(f"LogFilter: {len(f.frame):,} of 61,928 entries\neg.where(case")


def test_values_that_are_no_words_of_python_become_such():
    log = log_of(start_time=["2026-11-23T10:00:00.5Z", "2026-11-23T10:00:01Z"], response_code=[503, 200])
    f = eg.LogFilter(log, start_time=pd.Timestamp("2026-11-23T10:00:00.5Z"), response_code=pd.Series([503]).to_numpy())
    assert f.code == "eg.where(log, start_time='2026-11-23T10:00:00.500000Z', response_code=[503])"
    assert eval(f.code, {"eg": eg, "log": log}).index.tolist() == f.frame.index.tolist() == [0]


def test_a_choice_by_hand_is_a_list_and_a_text_is_a_pattern(case):
    f = eg.LogFilter(case)
    choose(f, "response_flags", "UH", "UF")
    write(f, "upstream_cluster", "*flaky*")
    assert f.code == "eg.where(case, response_flags=['UH', 'UF'], upstream_cluster='*flaky*')"
    choose(f, "upstream_cluster", "PassthroughCluster")
    assert f.query["upstream_cluster"] == ["PassthroughCluster"]
    assert f.controls.columns["upstream_cluster"].text.value == ""
    write(f, "upstream_cluster", "[PassthroughCluster,-]")
    assert f.query["upstream_cluster"] == ["PassthroughCluster", "-"]
    assert f.controls.columns["upstream_cluster"].list.value == ()
    write(f, "upstream_cluster", " ")
    choose(f, "response_flags")
    assert f.query == {}


def test_the_slider_writes_a_range_and_follows_one(case):
    f = eg.LogFilter(case)
    time = f.controls.columns["start_time"]
    time.slider.index = (1, 2)
    assert f.query == {"start_time": "2026-11-23T23:27:46..2026-11-23T23:27:49"}
    write(f, "start_time", "23:28:00..23:28:30")
    assert [label for label, _ in time.slider.options][slice(*time.slider.index)][::14] == ["23:28:00", "23:28:28"]
    time.slider.index = (0, len(time.slider.options) - 1)
    assert f.query == {}
    assert time.text.value == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("start_time", "noon", "is not a time"),
        ("egress_class", "Passthrough", "near it: PassthroughCluster"),
        ("response_flags", "UF,,", "a flag has no name"),
        ("duration_ms", "<b>long", "is not a number"),
    ],
)
def test_what_is_written_wrong_is_said_in_place_and_the_answer_before_stays(case, name, text, said):
    f = eg.LogFilter(case, response_flags=["UH"])
    f.controls.more.value = "duration_ms"
    write(f, name, text)
    assert said in message(f, name)
    assert "<b>" not in message(f, name)
    assert f.query == {"response_flags": ["UH"]}
    choose(f, "upstream_cluster", FLAKY)
    assert f.query == {"response_flags": ["UH"], "upstream_cluster": [FLAKY]}
    assert said in message(f, name)
    write(f, name, "")
    assert message(f, name) == ""


def test_code_that_asks_wrong_raises_and_changes_nothing(case):
    with pytest.raises(eg.FrameError, match="no column 'respons_flags'; near it: response_flags"):
        eg.LogFilter(case, respons_flags="UF")
    f = eg.LogFilter(case, response_flags="UH")
    with pytest.raises(eg.FrameError, match="is not a number"):
        f.query = {"duration_ms": "long"}
    assert f.query == {"response_flags": "UH"}
    with pytest.raises(eg.FrameError, match="has no access log"):
        eg.LogFilter("access.log")


def test_another_column_gets_a_control_of_its_kind(case):
    f = eg.LogFilter(case)
    for name in ("response_code", "failed", "proxy", "duration_ms", "path"):
        f.controls.more.value = name
    assert counts(f, "failed") == {False: 57_668, True: 4_260}
    assert counts(f, "response_code")[503] == (case.log.response_code == 503).sum()
    choose(f, "response_code", 503)
    choose(f, "failed", True)
    write(f, "duration_ms", ">=1")
    assert f.query == {"response_code": [503], "failed": [True], "duration_ms": ">=1"}
    assert "duration_ms" not in dict(f.controls.more.options).values()
    assert f.controls.more.value == ""


def test_what_is_chosen_is_shown_in_the_same_outputs(case, sent):
    f = eg.LogFilter(case)
    choose(f, "response_flags", "NC")
    assert sent == {}
    f._ipython_display_()
    first = set(sent)
    choose(f, "response_flags", "UH")
    assert set(sent) == first
    chart, table = (sent[handle] for handle in f._handles._ids)
    assert chart[MIME]["description"].endswith("2,660 entries, 2,660 failed, in buckets of 2 s; UH 2,660.")
    assert chart["image/png"]
    assert repr(table).splitlines()[:2] == ["2,660 of 61,928 entries; the newest 30 stand here", "eg.where(case, response_flags=['UH'])"]
    assert len(repr(table).splitlines()) <= 40
    assert "eg.where(case, response_flags=[&#x27;UH&#x27;])" in table._repr_html_()
    assert table.newest.line.tolist() == eg.lines(f.frame).line.tail(30).tolist()
    assert "istio-egressgateway" not in sent[None]["text/plain"]


def test_the_chart_is_the_chart_of_its_frame(case):
    f = eg.LogFilter(case, response_flags=["UF", "-"], proxy="sidecar")
    spec = f._results(picture=False)[0][0]
    assert "image/png" not in spec
    assert spec[MIME]["datasets"] == eg.chart_timeline(f.frame).to_dict()["datasets"]


def test_a_cell_that_runs_again_has_the_last_choice(case):
    f = eg.LogFilter(case, egress_class="external")
    choose(f, "response_flags", "UH")
    again = eg.LogFilter(eg.Case(log=case.log.copy()), egress_class="external")
    assert again.query == f.query == {"response_flags": ["UH"], "egress_class": "external"}
    assert eg.LogFilter(case).query == {}
    assert eg.LogFilter(eg.where(case, proxy="gateway"), egress_class="external").query == {"egress_class": "external"}
    again.query = {}
    assert eg.LogFilter(case, egress_class="external").query == {}


def test_hostile_values_are_harmless(sent):
    evil = "<img src=x>\x1b[2J\u202e$x$"
    f = eg.LogFilter(log_of(upstream_cluster=[evil], user_agent=[evil], path=[evil], response_flags=["<b>"]))
    f.controls.more.value = "user_agent"
    f._ipython_display_()
    choose(f, "upstream_cluster", evil)
    table = sent[f._handles._ids[1]]
    labels = [label for name in ("upstream_cluster", "user_agent") for label, _ in f.controls.columns[name].list.options]
    assert len(f.frame) == 1
    assert "<img" not in table._repr_html_()
    assert not {"\x1b", "\u202e"} & set("".join([table._repr_html_(), repr(table), repr(f), *labels]))


def test_what_no_entry_has_can_be_asked_and_finds_nothing(case):
    f = eg.LogFilter(case, response_flags=["UMSDR"])
    assert counts(f, "response_flags")["UMSDR"] == 0
    assert len(f.frame) == 0
    assert repr(f._results(picture=False)[1]).startswith("0 of 61,928 entries\n")


@pytest.mark.parametrize("log", [eg.Case().log, log_of(authority=["a"])], ids=["empty", "without times"])
def test_little_is_enough(log):
    f = eg.LogFilter(log)
    write(f, "start_time", "10:00..")
    assert len(f.frame) == 0
    assert len(f._results(picture=False)) == 2


def test_a_long_list_is_cut_and_says_so():
    f = eg.LogFilter(log_of(upstream_cluster=["busy", "busy", *(f"c{n:04}" for n in range(1_500))]))
    clusters = f.controls.columns["upstream_cluster"]
    assert len(clusters.list.options) == 1_000
    assert clusters.list.options[0][1] == "busy"
    assert clusters.limit.value.startswith("1,000 of 1,501 values")
    f.query = {"upstream_cluster": ["c1499"]}
    assert counts(f, "upstream_cluster")["c1499"] == 1


def test_frames_out_of_other_hands(case):
    log = pd.concat([case.log.head(50), case.log.tail(50)]).astype({"upstream_cluster": "object", "response_code": "float64"})
    f = eg.LogFilter(log, response_code=200)
    assert f.frame.index.tolist() == eg.where(log, response_code=200).index.tolist() != []


CELLS = (
    'import egresslab as eg\nf = eg.LogFilter(eg.sample("busy"))\nf',
    'f.query = {"response_flags": ["UH"]}',
    'f.controls.columns["upstream_cluster"].list.value = ("BlackHoleCluster",)',
)


def test_a_saved_notebook_shows_the_last_choice_and_no_options(tmp_path):
    notebook = executed(CELLS, tmp_path)
    controls, chart, table = notebook.cells[0].outputs
    assert chart.data[MIME]["description"].endswith("UH 381.")
    assert set(chart.data) == {MIME, "image/png", "text/plain"}
    assert set(table.data) == {"text/html", "text/plain"}
    assert table.data["text/plain"].startswith("381 of 61,928 entries")
    assert controls.data["text/plain"].startswith("LogFilter: its controls live as long as the kernel")
    assert "db.example.org" not in nbformat.writes(notebook)
