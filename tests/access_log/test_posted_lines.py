"""Lines as people posted them when they asked for help: elided, without their start, in other hands before. Every field read by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

POSTS = {
    "t201: no time, addresses elided": (
        '"- - -" 0 UF,URX - - "delayed_connect_error:_Connection_refused" 0 0 3 - "-" "-" "-" "-" "10.22.0.6:443" '
        "outbound|443|api-example-com|egress.mesh-egress.svc.cluster.local ... api.example.com -",
        {
            "response_code": 0,
            "response_flags": "UF,URX",
            "upstream_transport_failure_reason": "delayed_connect_error:_Connection_refused",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 3,
            "upstream_host": "10.22.0.6:443",
            "upstream_cluster": "outbound|443|api-example-com|egress.mesh-egress.svc.cluster.local",
            "requested_server_name": "api.example.com",
            "failed": True,
        },
    ),
    "t206: time elided, end elided": (
        '[...] "- - -" 0 UH - - "-" 0 0 0 - "-" "-" "-" "-" "-" BlackHoleCluster - 198.51.100.159:80 ...',
        {
            "response_code": 0,
            "response_flags": "UH",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 0,
            "upstream_cluster": "BlackHoleCluster",
            "downstream_local_address": "198.51.100.159:80",
            "failed": True,
        },
    ),
    "t214: request id elided, end elided": (
        '"GET /get HTTP/2" 400 - via_upstream - "-" 0 220 238 237 "10.22.0.7" "probe/8.11.1" ... "api.example.com" "198.51.100.171:443" '
        "outbound|443||api.example.com ...",
        {
            "method": "GET",
            "path": "/get",
            "protocol": "HTTP/2",
            "response_code": 400,
            "response_flags": "-",
            "response_code_details": "via_upstream",
            "bytes_received": 0,
            "bytes_sent": 220,
            "duration_ms": 238,
            "upstream_service_time_ms": 237,
            "x_forwarded_for": "10.22.0.7",
            "user_agent": "probe/8.11.1",
            "authority": "api.example.com",
            "upstream_host": "198.51.100.171:443",
            "upstream_cluster": "outbound|443||api.example.com",
            "failed": False,
        },
    ),
    "t216: from the details to the authority elided": (
        '"GET /get HTTP/1.1" 503 URX,UF upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:'
        'OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end} ... "api.example.com" "10.22.0.6:80" '
        "outbound|80|api-example-com|egress.mesh-egress.svc.cluster.local ...",
        {
            "method": "GET",
            "path": "/get",
            "protocol": "HTTP/1.1",
            "response_code": 503,
            "response_flags": "UF,URX",
            "response_code_details": "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:"
            "OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}",
            "authority": "api.example.com",
            "upstream_host": "10.22.0.6:80",
            "upstream_cluster": "outbound|80|api-example-com|egress.mesh-egress.svc.cluster.local",
            "failed": True,
        },
    ),
    "t239: two gaps": (
        '[...] "GET / HTTP/1.1" 502 - direct_response ... "www.example.net" "-" - - 203.0.113.119:80 ... block_all',
        {
            "method": "GET",
            "path": "/",
            "protocol": "HTTP/1.1",
            "response_code": 502,
            "response_flags": "-",
            "response_code_details": "direct_response",
            "authority": "www.example.net",
            "downstream_local_address": "203.0.113.119:80",
            "route_name": "block_all",
            "failed": True,
        },
    ),
    "t240: nearly all elided": (
        '[...] "GET /delay/1 HTTP/1.1" 503 UO upstream_reset_before_response_started{overflow} ... outbound|80||api.example.com ...',
        {
            "method": "GET",
            "path": "/delay/1",
            "protocol": "HTTP/1.1",
            "response_code": 503,
            "response_flags": "UO",
            "response_code_details": "upstream_reset_before_response_started{overflow}",
            "upstream_cluster": "outbound|80||api.example.com",
            "failed": True,
        },
    ),
    "t243: a value elided inside its quotes": (
        '"GET /get HTTP/1.1" 200 - via_upstream - "-" 0 1134 8 2 "-" "probe/8.11.1" "..." "carrier.example.net:8080" "10.22.0.8:8080" '
        "outbound|8080||carrier.example.net ...",
        {
            "method": "GET",
            "path": "/get",
            "protocol": "HTTP/1.1",
            "response_code": 200,
            "response_flags": "-",
            "response_code_details": "via_upstream",
            "bytes_received": 0,
            "bytes_sent": 1134,
            "duration_ms": 8,
            "upstream_service_time_ms": 2,
            "user_agent": "probe/8.11.1",
            "authority": "carrier.example.net:8080",
            "upstream_host": "10.22.0.8:8080",
            "upstream_cluster": "outbound|8080||carrier.example.net",
            "failed": False,
        },
    ),
    "istio docs: parts of values elided in a line that is whole": (
        '[2019-01-24T12:17:11.640Z] "GET /headers HTTP/1.1" 200 - 0 599 214 214 "-" "curl/7.60.0" "17fde8f7-…" "httpb….org" "35.173.6.94:80" '
        "outbound|80||httpbin.org - 35.173.6.94:80 172.30.109.82:... -",
        {
            "start_time": dt.datetime(2019, 1, 24, 12, 17, 11, 640000, dt.UTC),
            "method": "GET",
            "path": "/headers",
            "protocol": "HTTP/1.1",
            "response_code": 200,
            "response_flags": "-",
            "bytes_received": 0,
            "bytes_sent": 599,
            "duration_ms": 214,
            "upstream_service_time_ms": 214,
            "user_agent": "curl/7.60.0",
            "upstream_host": "35.173.6.94:80",
            "upstream_cluster": "outbound|80||httpbin.org",
            "downstream_local_address": "35.173.6.94:80",
            "failed": False,
        },
    ),
    "only code, flags and details": (
        "503 URX,UF upstream_reset_before_response_started{connection_timeout} ...",
        {
            "response_code": 503,
            "response_flags": "UF,URX",
            "response_code_details": "upstream_reset_before_response_started{connection_timeout}",
            "failed": True,
        },
    ),
    "no opening quote, no brackets around the time": (
        '2020-09-23T05:15:11.920Z "GET /a HTTP/1.1" 404 NR - - "-" 0 0 0 - "-" "curl/7.64.0"',
        {
            "start_time": dt.datetime(2020, 9, 23, 5, 15, 11, 920000, dt.UTC),
            "method": "GET",
            "path": "/a",
            "protocol": "HTTP/1.1",
            "response_code": 404,
            "response_flags": "NR",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 0,
            "failed": True,
        },
    ),
    "dots that a client wrote": (
        '[2026-11-23T23:16:18.768Z] "GET /compare/main...dev HTTP/1.1" 200 - via_upstream - "-" 0 19 1 0 "-" "Loading... 1.0" '
        '"d249aef3-97c2-44b9-96c8-ab3481be80f5" "api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.1.10:54686 '
        "203.0.113.10:80 10.244.1.10:54678 - default",
        {
            "start_time": dt.datetime(2026, 11, 23, 23, 16, 18, 768000, dt.UTC),
            "method": "GET",
            "path": "/compare/main...dev",
            "protocol": "HTTP/1.1",
            "response_code": 200,
            "response_flags": "-",
            "response_code_details": "via_upstream",
            "bytes_received": 0,
            "bytes_sent": 19,
            "duration_ms": 1,
            "upstream_service_time_ms": 0,
            "user_agent": "Loading... 1.0",
            "request_id": "d249aef3-97c2-44b9-96c8-ab3481be80f5",
            "authority": "api.example.com",
            "upstream_host": "203.0.113.10:80",
            "upstream_cluster": "outbound|80||api.example.com",
            "upstream_local_address": "10.244.1.10:54686",
            "downstream_local_address": "203.0.113.10:80",
            "downstream_remote_address": "10.244.1.10:54678",
            "route_name": "default",
            "failed": False,
        },
    ),
}


@pytest.mark.parametrize("name", POSTS)
def test_what_is_certain_in_a_posted_line(name, row):
    line, expected = POSTS[name]
    assert row(line) == expected


def test_posted_lines_together_keep_their_order(read):
    parts = read("\n".join(line for line, _ in POSTS.values()))
    assert parts.log.line.tolist() == list(range(1, len(POSTS) + 1))
    assert parts.log.response_code.tolist() == [expected["response_code"] for _, expected in POSTS.values()]
    assert parts.files[0].formats == {"cut": len(POSTS) - 1, "istio": 1}
    assert len(parts.unread) == len(parts.messages) == 0


@pytest.mark.parametrize(
    "line",
    [
        "... ... ... ...",
        '[...] "GET / HTTP/1.1" ...',
        "[2026-11-23T23:16:18.768Z] ...",
        "outbound|443||api.example.com has no endpoints",
        "the flags are 503 UF,URX and the cluster outbound|443||api.example.com",
        "PassthroughCluster",
        '"GET / HTTP/1.1" went to outbound|80||api.example.com',
        "10.244.1.10:54686 203.0.113.10:80 10.244.1.10:54678 - default",
        "ENDPOINT STATUS OUTLIER CHECK CLUSTER",
        "203.0.113.10:443 HEALTHY OK outbound|443||api.example.com",
    ],
)
def test_what_people_write_around_their_lines_is_no_entry(line, read):
    whole = POSTS["t240: nearly all elided"][0]
    parts = read(f"{whole}\n{line}\n")
    assert parts.log.line.tolist() == [1]
    assert parts.unread.line.tolist() == [2]
    assert parts.unread.text.tolist() == [line]
    assert pd.notna(parts.unread.reason).all()
