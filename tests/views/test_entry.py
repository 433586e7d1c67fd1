# ruff: noqa: E501 -- log lines as they were captured
from __future__ import annotations

import csv
from importlib.resources import files

import pandas as pd
import pytest

import egresslab as eg
from egresslab.errors import FrameError
from egresslab.frames import as_log, empty, schema
from egresslab.views.entry import explain

# Each line was captured; each sentence was checked by hand against NOTES of its case.
CAPTURED = {
    "http answered": (
        """[2026-11-23T23:16:27.498Z] "GET /ok HTTP/2" 200 - via_upstream - "-" 0 19 3 1 "10.244.1.10" "curl/7.88.1" "01688e98-dc32-4f07-9a61-9c5298e6529f" "api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.2.20:50878 10.244.2.20:8080 10.244.1.10:58876 - -""",
        "HTTP request to api.example.com, sent to a declared external host. The upstream answered 200.",
    ),
    "TLS that could not connect": (
        """[2026-11-23T23:21:05.257Z] "- - -" 0 UF,URX - - "delayed_connect_error:_Connection_refused" 0 0 0 - "-" "-" "-" "-" "203.0.113.60:443" outbound|443||refused.example.com - 203.0.113.60:443 10.244.1.10:52920 refused.example.com -""",
        "TCP or TLS connection to refused.example.com, sent to a declared external host; code 0 is normal, no HTTP is seen here. It failed: Envoy could not connect to 203.0.113.60:443 (Connection refused: nobody listens at the address and port).",
    ),
    "blocked without a name": (
        """[2026-11-23T23:16:55.537Z] "- - -" 0 UH - - "-" 0 0 0 - "-" "-" "-" "-" "-" BlackHoleCluster - 203.0.113.30:443 10.244.1.10:57418 - -""",
        "TCP or TLS connection to 203.0.113.30:443, sent nowhere; code 0 is normal, no HTTP is seen here. It failed: the proxy blocked it, for REGISTRY_ONLY is set and nothing is declared for 203.0.113.30:443; the host's name is unknown because no SNI was read on this port.",
    ),
    "passed through": (
        """[2026-11-23T23:16:44.748Z] "- - -" 0 - - - "-" 89 126 1 - "-" "-" "-" "-" "203.0.113.30:8080" PassthroughCluster 10.244.1.10:43840 203.0.113.30:8080 10.244.1.10:43832 - -""",
        "TCP or TLS connection to 203.0.113.30:8080, passed through by ALLOW_ANY because no ServiceEntry covers it as it came; code 0 is normal, no HTTP is seen here. Nothing failed at this proxy; whether the application inside succeeded is not visible.",
    ),
    "the client went away": (
        """[2026-11-23T23:22:02.477Z] "GET /delay/5 HTTP/1.1" 0 DC downstream_remote_disconnect - "-" 0 0 999 - "-" "curl/7.88.1" "8b523891-2cf8-4296-aa11-a3997c73e1eb" "api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.1.10:39078 203.0.113.10:80 10.244.1.10:39062 - default""",
        "HTTP request to api.example.com, sent to a declared external host. It failed: the client went away after 999 ms, before the answer was complete, often by a timeout of its own.",
    ),
    "the upstream closed": (
        """[2026-11-23T23:21:24.028Z] "GET /close HTTP/1.1" 503 UC upstream_reset_before_response_started{connection_termination} - "-" 0 95 1 - "-" "curl/7.88.1" "095fe2af-1fbb-45c6-8582-a8d088645278" "api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.1.10:33920 203.0.113.10:80 10.244.1.10:33908 - default""",
        "HTTP request to api.example.com, sent to a declared external host. It failed: the upstream ended it and the client got 503 (the upstream closed the connection without an answer: a crash, an idle connection closed just then, or a client certificate that it wanted and did not get).",
    ),
    "HTTP without a method": (
        """[2026-11-23T23:22:20.046Z] "- - HTTP/1.1" 400 DPE http1.codec_error - "-" 0 11 0 - "-" "-" "-" "-" "-" - - 203.0.113.10:80 10.244.1.10:41294 - -""",
        "HTTP request to 203.0.113.10:80, sent nowhere. It failed: the proxy ended it and the client got 400 (the client does not speak HTTP here: TLS bytes on a plain text port, or a malformed request).",
    ),
    "no cluster": (
        """[2026-11-23T23:18:14.093Z] "- - -" 0 NC - - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 203.0.113.10:443 10.244.1.10:53120 api.example.com -""",
        "TCP or TLS connection to api.example.com, sent nowhere; code 0 is normal, no HTTP is seen here. It failed: the proxy ended it, for its route leads to a cluster that does not exist; this line cannot say which one, the routes in the config dump can.",
    ),
    "the gateway answered": (
        """[2026-11-23T23:22:41.912Z] "GET /ok HTTP/1.1" 403 - via_upstream - "-" 0 19 1 1 "-" "curl/7.88.1" "c537f9fb-8444-961a-a4e5-5ff8085b9ba2" "api.example.com" "10.244.2.20:8080" outbound|80||istio-egressgateway.istio-system.svc.cluster.local 10.244.1.10:44740 203.0.113.10:80 10.244.1.10:59388 - -""",
        "HTTP request to api.example.com, sent to an egress gateway. The egress gateway answered 403; whether it or the host behind it is the cause, only the gateway's own log says.",
    ),
    "a policy answered": (
        """[2026-11-23T23:22:41.913Z] "GET /ok HTTP/2" 403 - rbac_access_denied_matched_policy[ns[istio-system]-policy[deny-api]-rule[0]] - "-" 0 19 0 - "10.244.1.10" "curl/7.88.1" "20b759fb-89a4-4108-95b0-e13ae72a0471" "api.example.com" "-" outbound|80||api.example.com - 10.244.2.20:8080 10.244.1.10:44740 - -""",
        "HTTP request to api.example.com, sent to a declared external host. The proxy answered 403 (an AuthorizationPolicy denied the request; the brackets name the policy and its rule, none when no ALLOW policy matched).",
    ),
    "a wrong certificate": (
        """[2026-11-23T23:20:42.614Z] "GET / HTTP/1.1" 503 URX,UF upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_verify_SAN_list,_expected_SANs:_[wronghost.example.com],_certificate_SANs:_[other.example.com]:TLS_error_end} - "TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_verify_SAN_list,_expected_SANs:_[wronghost.example.com],_certificate_SANs:_[other.example.com]:TLS_error_end" 0 121 64 - "-" "curl/7.88.1" "e1c1f480-71ba-4163-a801-5770dca0703e" "wronghost.example.com" "203.0.113.160:443" outbound|80||wronghost.example.com - 203.0.113.160:80 10.244.1.10:44292 - default""",
        "HTTP request to wronghost.example.com, sent to a declared external host. It failed: Envoy could not connect to 203.0.113.160:443 (verify SAN list: the upstream's certificate is for other names than expected).",
    ),
    "the gateway is down": (
        """[2026-11-23T23:22:53.045Z] "GET /ok HTTP/1.1" 503 URX,UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} - "delayed_connect_error:_Connection_refused" 0 121 37 - "-" "curl/7.88.1" "a54ebe3b-2f52-4306-bfb3-01cc41dc8e29" "api.example.com" "10.244.2.20:8080" outbound|80||istio-egressgateway.istio-system.svc.cluster.local - 203.0.113.10:80 10.244.1.10:49178 - -""",
        "HTTP request to api.example.com, sent to an egress gateway. It failed: Envoy could not connect to the gateway at 10.244.2.20:8080 (Connection refused: nobody listens at the address and port), so the gateway itself may have logged nothing.",
    ),
}


@pytest.fixture(params=CAPTURED)
def captured(request, tmp_path):
    line, sentence = CAPTURED[request.param]
    (tmp_path / "proxy.log").write_text(f"{line}\n")
    return eg.read_access_log(tmp_path / "proxy.log").iloc[0], sentence


def meaning(explained, field):
    return explained.frame.set_index("field")["meaning"][field]


def test_a_captured_entry_in_short(captured):
    entry, sentence = captured
    explained = explain(entry)
    assert explained.summary == sentence
    assert str(explained).splitlines()[-1] == f"In short: {sentence}"
    assert len(str(explained).splitlines()) <= 40


def test_each_field_has_its_value_and_meaning(captured):
    entry, _ = captured
    frame = explain(entry).frame
    assert frame.dtypes.astype("str").equals(empty("explanation").dtypes.astype("str"))
    assert frame["field"].tolist() == [name for name in schema("log") if name not in ("pod", "container")]
    assert frame.set_index("field")["value"]["downstream_local_address"] == entry["downstream_local_address"]


def test_a_code_of_0_means_something_else_on_tcp_than_on_http():
    assert meaning(explain({"response_code": 0}), "response_code") == "Normal: no HTTP is seen on a TCP or TLS connection"
    assert meaning(explain({"response_code": 0, "protocol": "HTTP/1.1"}), "response_code") == "No response was sent to the client"


def test_a_chained_tls_error_names_each_of_its_families():
    reason = "TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER|268436504:SSL_routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA:TLS_error_end"
    told = meaning(
        explain({"response_code": 0, "response_flags": "UF", "upstream_transport_failure_reason": reason}), "upstream_transport_failure_reason"
    )
    assert "something that is not TLS" in told
    assert "does not know the CA of the client certificate" in told


def test_a_reason_with_blanks_is_the_same_as_one_with_underscores():
    blanks, lines = (
        explain({"response_flags": "UF", "upstream_transport_failure_reason": reason}).summary
        for reason in ("TLS error: Secret is not supplied by SDS", "TLS_error:_Secret_is_not_supplied_by_SDS")
    )
    assert "Secret is not supplied by SDS" in lines
    assert blanks == lines


def test_unknown_words_are_shown_without_a_meaning_of_their_own():
    explained = explain(
        {"method": "GET", "response_code": 503, "response_flags": "XYZ", "response_code_details": "brand_new", "upstream_cluster": "odd"}
    )
    assert explained.frame.set_index("field")["value"][["response_flags", "response_code_details"]].tolist() == ["XYZ", "brand_new"]
    assert meaning(explained, "response_code_details") == "Not in our tables"
    assert explained.summary == "HTTP request to an unknown host. It failed: Envoy ended it and the client got 503 (brand_new)."


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({}, "Part of an entry that does not say whether it is HTTP, to an unknown host. The line lost its response flags, so it does not say how it ended."),
        ({"response_flags": "-"}, "Nothing failed at this proxy."),
        ({"response_flags": "ZZ", "response_code": 503, "response_code_details": " "}, "Envoy ended it and the client got 503 (a reason that is not in our tables)"),
        ({"response_flags": "-", "response_code": 0, "method": "GET"}, "No response was sent, and no flag says why."),
        ({"response_flags": "UF", "response_code": 0, "upstream_transport_failure_reason": " ", "upstream_host": "h:1"}, "could not connect to h:1."),
        ({"response_flags": "UH"}, "the cluster has no healthy endpoint"),
        ({"method": "GET", "response_code": 503, "response_flags": "URX", "response_code_details": "via_upstream"}, "answered 503 each time until the retries"),
        ({"method": "GET", "response_code": 200, "response_flags": "-"}, "The client got 200; this format does not say who answered"),
        ({"response_code": 0, "response_flags": "-", "bytes_sent": 0}, "nothing was sent back either"),
        ({"protocol": "HTTP/2", "response_code": 0, "response_flags": "DR", "response_code_details": "http2.header_list_size_too_large"}, "the proxy ended it"),
        ({"response_code": 0, "response_flags": "UF,URX", "duration_ms": 9998}, "after 9,998 ms and gives no reason, which mostly means a connect timeout"),
        ({"method": "GET", "response_code": 502, "route_name": "block_all", "response_flags": "-", "authority": "b"}, "REGISTRY_ONLY is set and no ServiceEntry covers b"),
        ({"response_code": 0, "response_flags": "DT"}, "The proxy ended it (the connection reached maxConnectionDuration, as configured)."),
        ({"method": "GET", "response_code": 200, "response_flags": "-", "upstream_cluster": "inbound|8080||"}, "for the workload of this sidecar"),
    ],
)  # fmt: skip
def test_questions_that_one_line_answers(entry, says):
    assert says in explain({"line": 1, **entry}).summary


def test_the_table_of_sentences_uses_known_words_and_columns():
    with files("egresslab.views").joinpath("entry_outcomes.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    words = dict.fromkeys(("after", "destination", "host", "code", "upstream", "reason", "who", "why"), "")
    assert all(row["says"].format_map(words) for row in rows)
    assert {row["layer"] for row in rows} == {"", "http", "tcp"}
    assert all(column in {*schema("log"), "egress_class", "layer", "says"} for column in rows[0])


def test_hostile_values_are_shown_harmless_and_short():
    hostile = "</script><img src=x onerror=alert(1)>\x1b[2J\u202e" + "A" * 5000
    explained = explain({"method": "GET", "user_agent": hostile, "authority": hostile, "path": "=cmd()", "response_code": 200, "x\x1b": "<b>"})
    for shown in (str(explained), explained._repr_html_(), explained.summary, repr(explained)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert max(map(len, shown.splitlines())) < 20_000
    assert "characters)" in str(explained)
    assert "<img" not in explained._repr_html_()
    assert "&lt;/script&gt;" in explained._repr_html_()
    assert "\\x1b[2J\\u202eA" in explained.frame.set_index("field")["value"]["user_agent"]


def test_many_more_fields_are_cut_with_a_word():
    text = str(explain({"response_code": 0} | {f"extra_{n}": n for n in range(100)}))
    assert len(text.splitlines()) <= 40
    assert "more fields in .frame" in text


def test_a_column_of_another_format_is_explained_by_its_operator():
    assert "TLS" in meaning(explain({"response_code": 0, "downstream_tls_version": "TLSv1.3"}), "downstream_tls_version")


def test_a_row_a_frame_of_one_row_and_a_mapping_say_the_same():
    log = as_log(pd.DataFrame({"method": ["GET"], "response_code": [200], "response_flags": ["-"], "duration": [7]}))
    shown = {str(explain(given)) for given in (log, log.iloc[0], dict(log.iloc[0]), log.astype("object"))}
    assert len(shown) == 1
    assert "duration_ms" in shown.pop()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("[2026] GET", "a str is no log entry"),
        (as_log(pd.DataFrame({"response_code": [1, 2]})), "this frame has 2"),
        (as_log(pd.DataFrame({"response_code": [1]})).head(0), "this frame has 0"),
        ({"colour": "red"}, "it has 'colour'"),
    ],
)
def test_what_is_not_one_entry_is_refused(given, message):
    with pytest.raises(FrameError, match=message):
        explain(given)
