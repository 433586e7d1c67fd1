"""The words of Envoy and Istio: complete, without duplicates, and in step with the frames."""

from __future__ import annotations

import json
import re

import pytest

from egresslab import envoy
from egresslab.errors import FrameError
from egresslab.frames import schema

OPTIONAL = {
    "known_clusters": {"until", "egress_class"},
    "log_formats": {"until"},
    "operators": {"argument", "unit", "until", "example_value"},
    "response_code_details": {"until"},
    "response_flags": {"usual_code", "tcp_meaning"},
    "transport_failures": {"code"},
}
KEYS = {
    "known_clusters": ("pattern",),
    "log_formats": ("name",),
    "operators": ("operator", "argument"),
    "response_code_details": ("family",),
    "response_flags": ("flag",),
    "transport_failures": ("family",),
}
CHOICES = {
    ("known_clusters", "egress_class"): {"PassthroughCluster", "BlackHoleCluster", "external", "egress_gateway", "in_mesh", "inbound", ""},
    ("log_formats", "kind"): {"text", "json"},
    ("operators", "arguments"): {"none", "optional", "required"},
    ("operators", "length"): {"yes", "no"},
    ("operators", "type"): {"text", "label", "count", "time", "yes_no"},
    ("operators", "unit"): {"ms", "us", "B", ""},
    ("operators", "values"): {"digits", "token", "free"},
    ("response_code_details", "match"): {"exact", "prefix"},
    ("response_code_details", "ended_by"): {"client", "proxy", "upstream"},
    ("response_flags", "http"): {"yes", "no"},
    ("response_flags", "tcp"): {"yes", "no"},
    ("response_flags", "failure"): {"yes", "no"},
    ("response_flags", "ended_by"): {"client", "proxy", "upstream", "nobody"},
}
# Envoy's own grammar of a command.
COMMAND = re.compile(r"%([A-Z0-9_]+)(?:\((.*?)\))?(?::([0-9]+))?%")
FLAGS = "LH UH UT LR UR UF UC UO NR DI FI RL UAEX RLSE DC URX SI IH DPE UMSDR RFCF NFCF DT UPE NC OM DF DO DR UDO"
LONG_FLAGS = (
    "FailedLocalHealthCheck NoHealthyUpstream UpstreamRequestTimeout LocalReset UpstreamRemoteReset UpstreamConnectionFailure "
    "UpstreamConnectionTermination UpstreamOverflow NoRouteFound DelayInjected FaultInjected RateLimited UnauthorizedExternalService "
    "RateLimitServiceError DownstreamConnectionTermination UpstreamRetryLimitExceeded StreamIdleTimeout InvalidEnvoyRequestHeaders "
    "DownstreamProtocolError UpstreamMaxStreamDurationReached ResponseFromCacheFilter NoFilterConfigFound DurationTimeout UpstreamProtocolError "
    "NoClusterFound OverloadManagerTerminated DnsResolutionFailed DropOverload DownstreamRemoteReset UnconditionalDropOverload"
)
OPERATORS_OF_FORMATS = {
    "istio": 24,
    "istio-1.9": 24,
    "istio-1.8": 22,
    "istio-1.3": 23,
    "istio-1.2": 22,
    "istio-1.1": 21,
    "istio-1.0": 20,
    "envoy": 15,
    "envoy-1.0": 15,
    "istio-json": 24,
    "istio-json-1.8": 22,
    "istio-json-1.3": 23,
    "istio-json-1.2": 22,
    "envoy-gateway-json": 24,
}


@pytest.mark.parametrize("table", envoy.TABLES)
def test_every_row_has_its_own_key_and_all_required_cells(table):
    rows = envoy.rows(table)
    keys = [tuple(row[k] for k in KEYS[table]) for row in rows]
    assert len(set(keys)) == len(keys) > 0
    for row in rows:
        assert None not in row, f"{row} has more cells than the table has columns"
        assert [c for c, v in row.items() if not v and c not in OPTIONAL[table]] == []
        assert [v for v in row.values() if v != v.strip()] == []
        assert re.fullmatch(r"(<=)?\d+\.\d+", row["since"])
        assert re.fullmatch(r"(\d+\.\d+)?", row.get("until", ""))


@pytest.mark.parametrize(("table", "column"), CHOICES)
def test_words_of_a_choice_are_known(table, column):
    assert {row[column] for row in envoy.rows(table)} <= CHOICES[table, column]


def test_an_unknown_table_names_the_near_one():
    with pytest.raises(FrameError, match="response_flags"):
        envoy.words("response_flag")


def test_all_operators_of_envoy_are_there():
    beyond = {"REQ_WITHOUT_QUERY", "FILE_CONTENT", "SECRET", "FAILURE_REASON", "DOWNSTREAM_ADDRESS"}
    names = {row["operator"] for row in envoy.rows("operators")}
    assert beyond < names
    assert len(names - beyond) == 163
    assert {row["operator"] for row in envoy.rows("operators") if not row["argument"]} == names


def test_operators_agree_with_the_columns_of_a_log():
    log = schema("log")
    filled = set()
    for row in envoy.rows("operators"):
        if field := log.get(row["column"]):
            filled.add(row["column"])
            assert (row["type"], row["unit"]) == (field.type, field.unit), row["operator"]
    assert filled == set(log) - {"failed", "proxy", "pod", "container", "source", "line"}


def test_columns_of_operators_are_names_and_carry_their_unit():
    for row in envoy.rows("operators"):
        assert re.fullmatch(r"[a-z][a-z0-9_]*(\{argument\})?", row["column"]), row["column"]
        assert row["unit"] in {"", "B"} or row["column"].endswith("_" + row["unit"])
        assert row["argument"] == row["argument"].upper()
        assert ("{argument}" in row["column"]) <= (row["arguments"] == "required")
        assert row["unit"] == "" or row["type"] == "count"
        assert set(row["applies"].split()) <= {"HTTP", "TCP", "UDP", "QUIC", "listener"}
        assert (row["type"] == "count") <= (row["values"] == "digits")


def test_one_column_has_one_type_and_unit():
    kinds: dict[str, set[tuple[str, str]]] = {}
    for row in envoy.rows("operators"):
        kinds.setdefault(row["column"], set()).add((row["type"], row["unit"]))
    assert {column: found for column, found in kinds.items() if len(found) > 1} == {}


def test_examples_of_operators_use_the_operator_as_its_row_says():
    for row in envoy.rows("operators"):
        found = COMMAND.fullmatch(row["example_format"])
        assert found is not None, row
        assert found[1] == row["operator"]
        assert found[2] if row["arguments"] == "required" else True
        assert row["argument"] in ("", (found[2] or "").upper())
        assert found[3] is None or row["length"] == "yes"
        assert row["type"] != "count" or re.fullmatch(r"-?\d+", row["example_value"])
        assert row["type"] != "time" or row["example_value"].endswith("+00:00")
        assert row["values"] == "free" or " " not in row["example_text"]


def test_exactly_eighteen_operators_take_a_length():
    now = {row["operator"] for row in envoy.rows("operators") if row["length"] == "yes"}
    assert len(now - {"REQ_WITHOUT_QUERY"}) == 18


def test_log_formats_use_only_known_operators():
    known = {row["operator"]: row for row in envoy.rows("operators") if not row["argument"]}
    for row in envoy.rows("log_formats"):
        text = row["format"]
        assert "%" not in COMMAND.sub("", text)
        assert "\n" not in text
        for name, argument, _ in COMMAND.findall(text):
            assert bool(argument) == (known[name]["arguments"] == "required"), name


def test_named_formats_have_their_operators():
    formats = envoy.rows("log_formats")
    assert {row["name"]: len(COMMAND.findall(row["format"])) for row in formats} == OPERATORS_OF_FORMATS
    for row in formats:
        assert (row["kind"] == "json") == ("json" in row["name"])
        if row["kind"] == "json":
            assert len(json.loads(row["format"])) == OPERATORS_OF_FORMATS[row["name"]]


def test_all_flags_stand_in_both_forms_in_the_order_of_envoy():
    assert " ".join(row["flag"] for row in envoy.rows("response_flags")) == FLAGS
    assert " ".join(row["long"] for row in envoy.rows("response_flags")) == LONG_FLAGS


def test_only_notes_are_no_failure():
    assert {row["flag"] for row in envoy.rows("response_flags") if row["failure"] == "no"} == {"DI", "RFCF", "DT"}
    assert {row["flag"] for row in envoy.rows("response_flags") if row["ended_by"] == "nobody"} == {"DI", "RFCF"}


def test_a_flag_has_a_meaning_on_tcp_exactly_where_tcp_has_it():
    for row in envoy.rows("response_flags"):
        assert bool(row["tcp_meaning"]) == (row["tcp"] == "yes"), row["flag"]
    assert {"UF", "URX", "UH", "UR", "NR", "NC", "DT"} <= {row["flag"] for row in envoy.rows("response_flags") if row["tcp"] == "yes"}
