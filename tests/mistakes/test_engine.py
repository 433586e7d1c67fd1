"""The engine: which finding comes first, which explains another, and that silence does not look like health."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pandas as pd
import pytest

import egresslab as eg
from egresslab.frames import empty, typed
from egresslab.mistakes.mistake import Finding, Mistake, places_of
from egresslab.mistakes.registry import mistakes, modules


def log_of(*entries):
    known = {"response_flags": "-", "response_code": 200, "proxy": "shop", "source": "shop.log"}
    return eg.as_log(pd.DataFrame([{**known, "line": n, **entry} for n, entry in enumerate(entries, 1)]))


CALLED = {"authority": "api.example.com", "downstream_local_address": "203.0.113.10:80", "method": "GET"}
FAILED = {**CALLED, "response_code": 503, "response_flags": "UF"}
LOG = log_of(CALLED, FAILED, FAILED)


def mistake(severity="error", explains=(), **ways):
    return SimpleNamespace(MISTAKE=Mistake(severity, "a title", "an explanation", "a mend", explains), **ways)


@pytest.fixture
def ask(monkeypatch):
    """Diagnose by hand-made mistakes alone."""

    def asked(case, **known):
        monkeypatch.setattr(import_module("egresslab.mistakes.diagnose"), "modules", lambda: known)
        return eg.diagnose(case)

    return asked


def told(*findings):
    def in_log(shapes):
        yield from findings

    return in_log


def test_the_findings_are_typed_and_numbered_even_when_there_are_none(ask):
    for found in (ask(eg.Case()), ask(eg.Case(log=LOG), one=mistake(in_log=told(Finding("a", "b"))))):
        assert found.dtypes.astype("str").to_dict() == empty("findings").dtypes.astype("str").to_dict()
        assert found["finding"].tolist() == list(range(1, len(found) + 1))


def test_errors_come_first_then_the_sure_then_the_larger_share(ask):
    findings = [
        Finding("info", "s", severity="info", count=9, of=9),
        Finding("unsure", "s", count=9, of=9, sure=False),
        Finding("tenth", "s", count=10, of=100),
        Finding("half", "s", count=1, of=2),
        Finding("warning", "s", severity="warning", count=9, of=9),
    ]
    found = ask(eg.Case(log=log_of(CALLED)), one=mistake(in_log=told(*findings)))
    assert found["subject"].tolist() == ["half", "tenth", "unsure", "warning", "info"]
    assert found["severity"].tolist() == ["error", "error", "error", "warning", "info"]


def test_what_another_explains_stands_below_it_and_names_it(ask):
    found = ask(
        eg.Case(log=log_of(CALLED)),
        symptom=mistake(in_log=told(Finding("api:80", "no cluster"), Finding("other:80", "no cluster"))),
        cause=mistake(severity="warning", explains=("symptom",), in_log=told(Finding("api:80", "hidden"))),
    )
    assert found["mistake"].tolist() == ["symptom", "cause", "symptom"]
    assert found["subject"].tolist() == ["other:80", "api:80", "api:80"]
    assert found["caused_by"].tolist() == [pd.NA, pd.NA, 2]


def test_the_same_entries_are_about_the_same_whatever_they_are_called(ask):
    def of_all(subject):
        return lambda shapes: iter([Finding.of_shapes(shapes, subject, "s")])

    found = ask(eg.Case(log=LOG), cause=mistake(explains=("symptom",), in_log=of_all("sidecar")), symptom=mistake(in_log=of_all("api:80")))
    assert found[["mistake", "caused_by"]].values.tolist() == [["cause", pd.NA], ["symptom", 1]]


def test_one_mistake_about_one_subject_is_one_finding_with_all_evidence(ask):
    in_yaml = Finding("api:80", "could be", places=("istio.yaml#/0",), sure=False, rivals=("not x",), mend="add it")
    found = ask(
        eg.Case(log=LOG, config=eg.Config(listeners=typed({"name": ["a"]}, "listeners"))),
        one=mistake(
            in_config=lambda config: iter([in_yaml]),
            in_log=lambda shapes: iter([Finding.of_shapes(shapes[shapes["failed"]], "api:80", "it is", of=3)]),
        ),
    )
    assert len(found) == 1
    assert found.loc[0, ["summary", "count", "of", "rivals", "mend"]].tolist() == ["it is", 2, 3, "not x", "add it"]
    assert found.loc[0, "evidence"].split() == ["shop.log:2", "shop.log:3", "istio.yaml#/0"]


@pytest.mark.parametrize("reverse", [False, True])
def test_joining_keeps_the_surer_wording_in_either_order(reverse):
    early, late = pd.Timestamp("2026-11-23T10:00Z"), pd.Timestamp("2026-11-23T11:00Z")
    sure = Finding("a", "sure", count=1, first_seen=late, last_seen=late, places=("a:1",), shapes=frozenset({1}))
    unsure = Finding("a", "unsure", count=4, of=9, first_seen=early, places=("a:1", "a:2"), mend="m", sure=False, shapes=frozenset({2}))
    joined = unsure.joined(sure) if reverse else sure.joined(unsure)
    assert (joined.summary, joined.sure, joined.count, joined.of, joined.mend) == ("sure", True, 4, 9, "m")
    assert (joined.first_seen, joined.last_seen, joined.places, joined.shapes) == (early, late, ("a:1", "a:2"), {1, 2})


def test_each_missing_input_is_one_row_that_names_who_waits(ask):
    found = ask(
        eg.Case(log=log_of(CALLED)),
        of_config=mistake(in_config=lambda config: iter([])),
        of_both=mistake(in_log=lambda shapes, config: iter([])),
        of_log=mistake(in_log=lambda shapes, resources=None: iter([])),
        of_status=mistake(in_config=lambda proxy_status: iter([])),
    )
    assert found["severity"].tolist() == ["unchecked", "unchecked"]
    assert found["mistake"].isna().all()
    assert found["summary"].str.extract(r"no ([\w -]+),.* for: (.*)").values.tolist() == [
        ["config dump", "of_config, of_both"],
        ["proxy-status", "of_status"],
    ]


def test_a_mistake_that_can_be_looked_for_in_one_way_is_not_unchecked(ask):
    found = ask(eg.Case(log=log_of(CALLED)), one=mistake(in_log=told(), in_config=lambda config: iter([])))
    assert found.empty


def test_failed_traffic_that_nothing_explains_is_told(ask):
    found = ask(eg.Case(log=LOG), one=mistake(in_log=told()))
    assert found[["severity", "count", "of", "evidence"]].values.tolist() == [["info", 2, 3, "shop.log:2 shop.log:3"]]
    assert "none of the 1 mistakes explains" in found.loc[0, "summary"]


@pytest.mark.parametrize(("severity", "left"), [("error", 0), ("warning", 0), ("info", 1)])
def test_only_errors_and_warnings_explain_failed_traffic(ask, severity, left):
    found = ask(eg.Case(log=LOG), one=mistake(in_log=lambda shapes: iter([Finding.of_shapes(shapes, "api:80", "s", severity=severity)])))
    assert found["mistake"].isna().sum() == left


def test_inputs_are_asked_for_by_name_and_what_is_not_there_is_none(ask):
    given = {}

    def in_log(shapes, config=None, resources=None, messages=None, stats=None, analysis=None):
        given.update(shapes=shapes, config=config, resources=resources, messages=messages, stats=stats, analysis=analysis)
        yield from ()

    ask(eg.sample("incident"), one=mistake(in_log=in_log))
    assert [name for name, part in given.items() if part is None] == []
    ask(eg.Case(log=LOG), one=mistake(in_log=in_log))
    assert [name for name, part in given.items() if part is not None] == ["shapes"]


def test_evidence_opens_every_place(ask):
    findings = [Finding("a", "s", places=("my%20logs/a.log:7", "dump.json#/configs/1")), Finding("b", "s")]
    opened = eg.evidence(ask(eg.Case(log=log_of(CALLED)), one=mistake(in_log=told(*findings))))
    assert opened.astype("object").where(opened.notna(), None).values.tolist() == [
        [1, "my logs/a.log", 7, None],
        [1, "dump.json", None, "/configs/1"],
    ]


def test_evidence_of_what_is_no_findings_is_refused():
    with pytest.raises(eg.FrameError, match="finding"):
        eg.evidence(LOG)


def test_places_are_of_rows_with_a_pointer_or_a_line():
    rows = pd.DataFrame({"source": ["a.yaml", "b.log", "c"], "pointer": ["/0", None, None], "line": [1, 7, None]})
    assert places_of(rows, most=3) == ("a.yaml#/0", "b.log:7")
    assert places_of(rows, most=1) == ("a.yaml#/0",)


def test_every_file_that_holds_a_mistake_is_found_and_whole():
    assert set(mistakes()) == set(modules())
    for stem, one in mistakes().items():
        assert one.severity in ("error", "warning", "info"), stem
        assert one.title, stem
        assert one.explanation.endswith("."), stem
        assert one.mend.endswith("."), stem
        assert set(one.explains) - {stem} == set(one.explains), stem


def test_the_same_traffic_twice_has_the_same_findings_with_twice_the_count():
    log = eg.sample("busy").log
    small, large = (eg.diagnose(eg.Case(log=part)) for part in (log, eg.concat([log] * 2)))
    assert large["mistake"].tolist() == small["mistake"].tolist()
    assert (large["count"].dropna() == 2 * small["count"].dropna()).all()
