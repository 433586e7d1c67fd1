"""Reading some columns alone: the same values, and every line verified as if all were read."""

from __future__ import annotations

import pytest

import egresslab as eg
from egresslab.access_log import compiled
from egresslab.errors import FrameError

PLACES = ["proxy", "source", "line"]
FIVE = ["start_time", "response_code", "response_flags", "upstream_cluster", "duration_ms"]
LINE = (
    '[2026-11-23T19:43:13.254Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 5 9 8 "-" "curl" "id" "a" "1.2.3.4:80" c 10.0.0.1:1 1.2.3.4:2 - - default'
)


@pytest.fixture(params=["kernel", "Arrow"], autouse=True)
def _way(request, monkeypatch):
    monkeypatch.setattr(compiled, "_PAYS", 0 if request.param == "kernel" else 1 << 60)


@pytest.mark.parametrize("sample", ["busy/gateway.log.gz", "formats/istio-json.log", "formats/istio-1.0.log", "ambient/ztunnel.log"])
@pytest.mark.parametrize("columns", [FIVE, ["failed"], "response_*", ["line"], ["req_x_tenant", "path"], ["pod", "container"]])
def test_some_columns_are_those_of_the_whole_log(sample, columns):
    if not eg.sample_path(sample).exists():
        pytest.skip("no such sample")
    whole, some = eg.read_access_log(eg.sample_path(sample)), eg.read_access_log(eg.sample_path(sample), columns=columns)
    assert len(some) == len(whole) > 0
    assert list(some.columns[-3:]) == PLACES or set(PLACES) <= set(some.columns)
    for name in set(some.columns) & set(whole.columns):
        assert some[name].dtype == whole[name].dtype or name not in eg.fields("log")["column"].tolist()
        assert some[name].equals(whole[name]), name


def test_what_was_asked_for_is_there_even_when_nothing_was_logged():
    log = eg.read_access_log(eg.sample_path("formats/istio.log"), columns=["grpc_status_number", "req_x_tenant", "user_agent"])
    assert list(log.columns) == ["user_agent", "grpc_status_number", "req_x_tenant", *PLACES]
    assert log["grpc_status_number"].dtype == "Int64"
    assert log["req_x_tenant"].isna().all()


def test_the_order_is_that_of_a_log():
    log = eg.read_access_log(eg.sample_path("formats/istio.log"), columns=["failed", "path", "start_time"])
    assert list(log.columns) == ["start_time", "path", "failed", *PLACES]


@pytest.mark.parametrize(("old", "new"), [("HTTP/1.1", "x HTTP/1.1 x"), (" 0 5 ", " 0 x "), ('"curl"', '"cu"rl"'), ("default", "default more")])
def test_a_line_is_verified_as_if_all_were_read(old, new, tmp_path):
    path = tmp_path / "a.log"
    path.write_text("".join(f"{LINE}\n{LINE.replace(old, new)}\n" for _ in range(150)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        whole, some = eg.read_access_log(path), eg.read_access_log(path, columns=["response_code"])
    assert some["line"].tolist() == whole["line"].tolist()
    assert some["response_code"].equals(whole["response_code"])


def test_batches_have_the_same_columns_each(tmp_path):
    scan = eg.scan_access_log(eg.sample_path("busy/gateway.log.gz"), columns=FIVE)
    assert {tuple(batch.columns) for batch in scan.batches()} == {
        ("start_time", "response_code", "response_flags", "duration_ms", "upstream_cluster", *PLACES)
    }


def test_a_log_without_entries_has_the_columns(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("2026-11-23T23:16:11.640321Z\tinfo\tEnvoy proxy is ready\n")
    assert list(eg.read_access_log(path, columns=["path"]).columns) == ["path", *PLACES]


def test_a_row_opens_where_it_stands():
    case = eg.read_case(eg.sample_path("formats/istio.log"))
    row = eg.read_access_log(eg.sample_path("formats/istio.log"), columns=["path"]).iloc[2]
    assert case.raw({"source": "istio.log", "line": row["line"]}) == eg.sample_path("formats/istio.log").read_text().split("\n")[row["line"] - 1]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (["duration"], "'duration' is no column of a log, and no pattern of some; near it: duration_ms"),
        ("respons_code", "near it: response_code"),
        (["zz*"], "'zz\\*' is no column"),
        ([], "columns= is empty; give names"),
        (5, "5 is no column"),
    ],
)
def test_an_unknown_column_is_an_error_that_names_the_near_ones(columns, says):
    with pytest.raises(FrameError, match=says):
        eg.read_access_log(eg.sample_path("formats/istio.log"), columns=columns)
