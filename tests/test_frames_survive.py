"""Frames survive what users do to them: every public function answers the same over frames that went through other hands."""

from __future__ import annotations

import inspect
import io
import json
from functools import cache

import pandas as pd
import pytest

import egresslab as eg

OURS = list(eg.fields("log")["column"])


@cache
def mixed():
    """A log with all kinds of entries: HTTP, TCP, TLS, refused, cut, answered by the proxy, and hops to a gateway."""
    parts = [eg.sample_path(f"formats/{name}.log") for name in ("istio", "istio-1.0")]
    cut = io.StringIO('[2026-11-23T23:16:18.768Z] "GET /ok HTTP/1.1" 503 UF,URX ...\n')
    return eg.concat([*map(eg.read_access_log, [*parts, cut]), eg.sample("errors").log, eg.sample("healthy").log.iloc[190:210]])


def explained(row):
    told = eg.explain(row)
    return told.summary, told.frame[told.frame.field.isin(OURS)].values.tolist()


# Every public function that takes a log or an entry, as a user calls it.
ASKED = {
    "Case": lambda log: eg.Case(log=log).log,
    "as_log": lambda log: eg.as_log(log),
    "chart_cluster_counts": lambda log: eg.chart_cluster_counts(log).to_dict(),
    "chart_hosts": lambda log: eg.chart_hosts(log).to_dict(),
    "chart_latency": lambda log: eg.chart_latency(log, by="host").to_dict(),
    "chart_timeline": lambda log: eg.chart_timeline(log, per="egress_class").to_dict(),
    "cluster_counts": lambda log: eg.cluster_counts(log),
    "compare": lambda log: eg.compare(log, log),
    "concat": lambda log: eg.concat([log, log]),
    "diagnose": lambda log: eg.diagnose(eg.Case(log=log)),
    "draft_service_entry": lambda log: eg.draft_service_entry(log),
    "egress_class": lambda log: eg.egress_class(log),
    "explain": lambda log: [explained(log.iloc[n]) for n in range(min(2, len(log)))],
    "explode_flags": lambda log: eg.explode_flags(log),
    "flag_counts": lambda log: eg.flag_counts(log),
    "hops": lambda log: eg.hops(log),
    "hosts": lambda log: eg.hosts(log),
    "latency": lambda log: eg.latency(log, by=["response_code", "response_flags"]),
    "lines": lambda log: eg.lines(log),
    "request_shapes": lambda log: eg.request_shapes(log),
    "split_cluster": lambda log: eg.split_cluster(log),
    "timeline": lambda log: eg.timeline(log, by="host", per="proxy", time="end"),
    "where": lambda log: eg.where(log, response_flags=["UF", "-"], response_code="..503", text="example", exclude={"failed": False}),
}
TAKE_NO_LOG = {"evidence", "fields", "sample", "sample_path", "scan_access_log", "words"}
ELSEWHERE = {"report": "tests/sharing/test_report.py"}  # it runs a notebook


def test_every_public_function_that_takes_a_log_is_asked():
    functions = {name for name in eg.__all__ if inspect.isfunction(getattr(eg, name)) and not name.startswith("read_")}
    of_configs = {name for name in functions if getattr(eg, name).__module__.startswith("egresslab.config_views")}
    assert {*ASKED} - {"Case"} == functions - of_configs - TAKE_NO_LOG - {*ELSEWHERE}


def through_parquet(log):
    file = io.BytesIO()
    log.to_parquet(file)
    return pd.read_parquet(file)


def through_csv(log):
    return pd.read_csv(io.StringIO(log.to_csv(index=False)))


def through_json(log):
    return pd.DataFrame(json.loads(log.to_json(orient="records", date_format="iso")))


def in_parts(log):
    """Filter in parts and put them together: their categories differ, so pandas gives up on them."""
    parts = [eg.where(log.iloc[:10]), log.iloc[10:20].astype("object"), eg.where(log.iloc[20:])]
    return pd.concat(parts, ignore_index=True)


def merged(log):
    return log.merge(pd.DataFrame({"proxy": ["sidecar", "istio"], "team": ["shop", "mesh"]}), on="proxy", how="left")


NOT_OURS = ["istio_policy_status", "team"]  # of one format alone, and of the user
HANDS = {
    "concat of parts": in_parts,
    "merge": merged,
    "Parquet": through_parquet,
    "CSV": through_csv,
    "JSON": through_json,
    "objects": lambda log: log.astype("object"),
    "Arrow": lambda log: log.astype({"path": "string[pyarrow]"}).convert_dtypes(dtype_backend="pyarrow"),
    "index repeated": lambda log: log.set_axis([7] * len(log)),
    "index by time": lambda log: log.set_index("start_time", drop=False),
    "unused categories": lambda log: pd.concat([log, log.assign(proxy="nobody")]).astype({"proxy": "category"}).iloc[: len(log)],
}


@cache
def answer_of(function):
    return ASKED[function](mixed())


@pytest.fixture
def log():
    return mixed()


def plain(answer):
    """What an answer says in the columns of the contract and those it adds, without index and order of categories."""
    if not isinstance(answer, pd.DataFrame):
        return answer
    frame = answer.drop(columns=NOT_OURS, errors="ignore")
    values = {name: frame[name].astype("object").where(frame[name].notna(), None).tolist() for name in sorted(frame)}
    return values, frame.dtypes.astype("str").sort_index().to_dict()


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("function", ASKED)
def test_the_answer_is_the_same(function, hand, log):
    given = HANDS[hand](log)
    before = given.copy()
    assert plain(ASKED[function](given)) == plain(answer_of(function))
    pd.testing.assert_frame_equal(given, before)


CHANGES = {
    "floats": lambda log: log.astype(dict.fromkeys(["response_code", "bytes_sent", "duration_ms", "line"], "float64")),
    "another zone": lambda log: log.assign(start_time=log.start_time.dt.tz_convert("Asia/Tokyo")),
    "no zone": lambda log: log.assign(start_time=log.start_time.dt.tz_localize(None).astype("datetime64[ns]")),
    "columns moved": lambda log: log[log.columns[::-1]],
    "index of labels": lambda log: log.set_axis([f"row {n}" for n in range(len(log))]),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("function", ["Case", "request_shapes"])
def test_small_changes_change_no_answer(function, change, log):
    assert plain(ASKED[function](CHANGES[change](log))) == plain(answer_of(function))


FEW = {
    "one row": lambda log: log.iloc[[3]],
    "filtered to nothing": lambda log: log[log.response_code == 999],
    "nothing read": lambda log: eg.Case().log,
    "all missing": lambda log: eg.as_log(pd.DataFrame(index=range(3))),
}


@pytest.mark.parametrize("few", FEW)
@pytest.mark.parametrize("function", ASKED)
def test_few_entries_have_an_answer_of_the_same_columns(function, few, log):
    expected, found = answer_of(function), ASKED[function](FEW[few](log))
    assert type(found) is type(expected)
    if isinstance(expected, pd.DataFrame):
        assert plain(found)[1] == plain(expected)[1]


def test_what_is_no_log_says_what_to_give(log):
    for function in {*ASKED} - {"Case", "as_log", "concat", "explain"}:
        with pytest.raises(eg.FrameError, match="log"):
            ASKED[function]("sidecar.log")
        with pytest.raises(eg.FrameError, match="response_flags"):
            ASKED[function](log.drop(columns="response_flags"))


@pytest.fixture(scope="module", params=["busy", "errors", "mixed"])
def failures(request):
    log = mixed() if request.param == "mixed" else eg.sample(request.param).log
    return log, int(log.failed.sum())


def test_a_comparison_loses_no_failure(failures):
    log, failed = failures
    assert log[log.response_code != 200].failed.sum() == failed - (log.failed & (log.response_code == 200)).sum()
    assert log[(log.response_code != 200) | (log.response_flags != "-")].failed.sum() == failed
    assert len(log[log.failed]) == failed


def test_counting_flags_loses_no_entry(failures):
    log, _ = failures
    assert log.response_flags.value_counts().sum() == len(log)
    assert log.response_code.value_counts().sum() == len(log)


@pytest.mark.parametrize("by", ["response_flags", "response_code", "proxy", "source", ["proxy", "response_code", "response_flags"]])
def test_grouping_loses_no_failure(failures, by):
    log, failed = failures
    assert log.groupby(by, observed=True).failed.sum().sum() == failed
    assert log.groupby(by, observed=True).size().sum() == len(log)
