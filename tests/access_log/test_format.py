"""A format string is a grammar: what it compiles to, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

import egresslab as eg
from egresslab import envoy
from egresslab.access_log.format import compile_format, named
from egresslab.errors import LogFormatError

OPERATORS = envoy.rows("operators")


def columns(given):
    return [o.column for o in compile_format(given).operators]


def value_of(operator):
    """What a reader of the example must find, None where Envoy had nothing to say."""
    value = operator["example_value"]
    if operator["type"] == "time":
        return dt.datetime.fromisoformat(value)
    return int(value) if value and operator["type"] == "count" else value or None


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda row: f"{row['operator']}({row['argument']})")
def test_every_operator_reads_its_example(operator, tmp_path):
    path = tmp_path / "example.log"
    path.write_text(operator["example_text"] + "\n")
    log = eg.read_access_log(path, format=operator["example_format"])
    [column] = columns(operator["example_format"])
    [value] = log[column].astype("object")
    assert (None if pd.isna(value) else value) == value_of(operator)


@pytest.mark.parametrize("part", range(0, len(OPERATORS), 25))
@pytest.mark.parametrize("quote", ['"', "'"], ids=["double", "single"])
def test_operators_read_their_examples_side_by_side(part, quote, row):
    """Behind a time and in quotes, as most formats have them, so that each must end where its neighbour begins."""
    operators = [o for o in OPERATORS[part : part + 25] if quote not in o["example_text"]]
    given = " ".join(["[%START_TIME%]", *(quote + o["example_format"] + quote for o in operators)])
    line = " ".join(["[2026-11-23T19:43:13.254Z]", *(quote + o["example_text"] + quote for o in operators)])
    found = row(line, format=given)
    assert [found.get(c) for c in columns(given)[1:]] == [value_of(o) for o in operators]


@pytest.mark.parametrize("name", named())
def test_every_named_format_compiles_under_its_name(name):
    assert compile_format(name) is named()[name]
    assert {"start_time", "response_code", "response_flags"} <= set(columns(name))
    assert len(columns(name)) == len(set(columns(name)))


def test_a_format_given_as_text_is_the_named_one():
    for row in envoy.rows("log_formats"):
        given = row["format"] + "\n" if row["kind"] == "text" else row["format"]
        assert columns(given) == columns(row["name"])
        assert compile_format(given).kind == row["kind"]


def test_two_percent_signs_are_one_literal(row):
    given = "100%% %RESPONSE_CODE%%% %%%DURATION%"
    assert row("100% 503% %7", format=given) == {"response_code": 503, "duration_ms": 7, "failed": True}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("%REQ(:METHOD)%", "method"),
        ("%REQ(:method)%", "method"),
        ("%REQUEST_HEADER(:METHOD)%", "method"),
        ("%REQUEST_HEADER(X-ENVOY-ORIGINAL-PATH?:PATH)%", "path"),
        ("%REQ(X-Tenant)%", "req_x_tenant"),
        ("%REQ(X-Tenant):12%", "req_x_tenant"),
        ("%REQ(X-A?X-B)%", "req_x_a_x_b"),
        ("%RESP(X-CACHE)%", "resp_x_cache"),
        ("%RESPONSE_HEADER(X-ENVOY-UPSTREAM-SERVICE-TIME)%", "upstream_service_time_ms"),
        ("%TRAILER(GRPC-STATUS)%", columns("%RESPONSE_TRAILER(GRPC-STATUS)%")[0]),
        ("%PROTOCOL()%", "protocol"),
        ("%UPSTREAM_CLUSTER_RAW%", "upstream_cluster"),
        ("%START_TIME(%s.%3f)%", "start_time"),
        ('%CEL(h["a"] == ")" )%', "cel_h_a"),
        ("%CEL(f(x) > 3)%", "cel_f_x_3"),
    ],
)
def test_the_column_of_an_operator(given, expected):
    assert columns(given) == [expected]


def test_repeated_operators_are_numbered():
    assert columns("%DURATION% %DURATION% %DURATION%") == ["duration_ms", "duration_ms_2", "duration_ms_3"]
    assert columns({"a": "%DURATION%", "b": "%DURATION%"}) == ["duration_ms", "duration_ms_2"]
    assert columns("%REQ(X-A)% %REQ(X_A)%") == ["req_x_a", "req_x_a_2"]


def test_a_length_changes_nothing_in_what_is_read(row):
    assert row("GET 7", format="%REQ(:METHOD):10% %DURATION%")["method"] == "GET"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("%RESPONSE_KODE%", ["RESPONSE_KODE", "position 0", "RESPONSE_CODE"]),
        ("a %BYTES_SEND%", ["position 2", "BYTES_SENT"]),
        ("%response_code%", ["position 0", "%response_code%", "%%"]),
        ("100% of %DURATION%", ["position 3", "%%"]),
        ("%DURATION", ["position 0"]),
        ("%REQ (a)%", ["position 0"]),
        ("%REQ(a):-1%", ["position 0"]),
        ("%REQ%", ["%REQ%", "needs an argument", "%REQ("]),
        ("%REQ()%", ["needs an argument"]),
        ("%PROTOCOL(a)%", ["takes no argument", "%PROTOCOL%"]),
        ("%DURATION:5%", ["takes no length", "%DURATION%"]),
        ("%DURATION%\n%PROTOCOL%", ["line end", "position 10"]),
        ("istoi", ["'istoi'", "istio"]),
        ("", ["''", "istio"]),
        ("{}", ["'{}'"]),
        ({}, ["no operator"]),
        ({"code": 200}, ["no operator", "%RESPONSE_CODE%"]),
        ({"more": {"x": "100%%"}}, ["no operator"]),
        ({"more": {"x": "%KODE%"}}, ["%KODE%"]),
        ({"code": "%KODE%"}, ["%KODE%"]),
    ],
)
def test_what_is_wrong_is_said_with_place_and_way_out(given, words):
    with pytest.raises(LogFormatError) as caught:
        compile_format(given)
    for word in words:
        assert word in str(caught.value)


def test_a_json_format_is_an_object_or_its_text(row):
    keys = {"when": "%START_TIME%", "line": "%REQ(:METHOD)% %PROTOCOL%", "code": "%RESPONSE_CODE%", "fixed": "x", "number": 7}
    entry = json.dumps({"when": "2026-11-23T19:43:13.254Z", "line": "GET HTTP/2", "code": 404, "fixed": "x", "number": 7, "else": "1"})
    for given in (keys, json.dumps(keys)):
        found = row(entry, format=given)
        assert found == {
            "start_time": dt.datetime(2026, 11, 23, 19, 43, 13, 254000, dt.UTC),
            "method": "GET",
            "protocol": "HTTP/2",
            "response_code": 404,
            "failed": False,
        }


def test_a_time_format_is_read_as_envoy_writes_it(row):
    for given, text in (
        ("%START_TIME(%s.%3f)%", "1795462993.254"),
        ("%START_TIME(%Y-%m-%dT%H:%M:%E3SZ)%", "2026-11-23T19:43:13.254Z"),
        ("%START_TIME(%d/%b/%Y:%H:%M:%S.%3f %z)%", "23/Nov/2026:19:43:13.254 +0000"),
        ("%START_TIME(%F %T.%6f)%", "2026-11-23 19:43:13.254000"),
        ("%START_TIME(%Y-%m-%dT%H:%M:%E6S%Ez)%", "2026-11-23T20:43:13.254000+01:00"),
        ("%START_TIME(%s%3f)%", "1795462993254"),
    ):
        found = row(f"{text} 200", format=f"{given} %RESPONSE_CODE%")
        assert found["start_time"] == dt.datetime(2026, 11, 23, 19, 43, 13, 254000, dt.UTC), given


def test_long_flags_fill_the_short_ones(row):
    found = row("UpstreamRetryLimitExceeded,UpstreamConnectionFailure 503", format="%RESPONSE_FLAGS_LONG% %RESPONSE_CODE%")
    assert found["response_flags"] == "UF,URX"
    assert found["failed"] is True
