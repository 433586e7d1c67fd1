"""Lines that were captured or posted, with every field read by hand: what is not named must be missing."""

from __future__ import annotations

import datetime as dt

import pytest

at = dt.datetime.fromisoformat

LINES = {
    "istio: http": (
        '[2024-01-09T15:35:47.283Z] "GET /politics HTTP/1.1" 301 - via_upstream - "-" 0 0 2 2 "172.30.239.55" "curl/7.87.0-DEV" '
        '"6c016c01-7b0b-9c4f-9a3e-111111111111" "edition.cnn.com" "151.101.195.5:80" outbound|80||edition.cnn.com 172.30.239.16:55636 '
        "172.30.239.16:80 172.30.239.55:59224 - default.forward-cnn-from-egress-gateway.0",
        {
            "start_time": at("2024-01-09T15:35:47.283Z"),
            "method": "GET",
            "path": "/politics",
            "protocol": "HTTP/1.1",
            "response_code": 301,
            "response_flags": "-",
            "response_code_details": "via_upstream",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 2,
            "upstream_service_time_ms": 2,
            "x_forwarded_for": "172.30.239.55",
            "user_agent": "curl/7.87.0-DEV",
            "request_id": "6c016c01-7b0b-9c4f-9a3e-111111111111",
            "authority": "edition.cnn.com",
            "upstream_host": "151.101.195.5:80",
            "upstream_cluster": "outbound|80||edition.cnn.com",
            "upstream_local_address": "172.30.239.16:55636",
            "downstream_local_address": "172.30.239.16:80",
            "downstream_remote_address": "172.30.239.55:59224",
            "route_name": "default.forward-cnn-from-egress-gateway.0",
            "failed": False,
        },
    ),
    "istio: tls through the egress gateway": (
        '[2024-01-11T21:09:42.835Z] "- - -" 0 - - - "-" 839 2504306 231 - "-" "-" "-" "-" "151.101.195.5:443" outbound|443||edition.cnn.com '
        "172.30.239.8:34470 172.30.239.8:443 172.30.239.15:43956 edition.cnn.com -",
        {
            "start_time": at("2024-01-11T21:09:42.835Z"),
            "response_code": 0,
            "response_flags": "-",
            "bytes_received": 839,
            "bytes_sent": 2504306,
            "duration_ms": 231,
            "upstream_host": "151.101.195.5:443",
            "upstream_cluster": "outbound|443||edition.cnn.com",
            "upstream_local_address": "172.30.239.8:34470",
            "downstream_local_address": "172.30.239.8:443",
            "downstream_remote_address": "172.30.239.15:43956",
            "requested_server_name": "edition.cnn.com",
            "failed": False,
        },
    ),
    "istio: tcp": (
        '[2026-11-23T23:22:36.542Z] "- - -" 0 DT - - "-" 1 6 1002 - "-" "-" "-" "-" "203.0.113.40:5432" outbound|5432||db.example.org '
        "10.244.1.10:36742 203.0.113.40:5432 10.244.1.10:36732 - -",
        {
            "start_time": at("2026-11-23T23:22:36.542Z"),
            "response_code": 0,
            "response_flags": "DT",
            "bytes_received": 1,
            "bytes_sent": 6,
            "duration_ms": 1002,
            "upstream_host": "203.0.113.40:5432",
            "upstream_cluster": "outbound|5432||db.example.org",
            "upstream_local_address": "10.244.1.10:36742",
            "downstream_local_address": "203.0.113.40:5432",
            "downstream_remote_address": "10.244.1.10:36732",
            "failed": False,
        },
    ),
    "istio: black hole": (
        '[2022-04-26T13:14:30.905Z] "- - -" 0 UH - - "-" 0 0 7 - "-" "-" "-" "-" "-" BlackHoleCluster - 180.97.34.94:443 10.122.158.52:54192 - -',
        {
            "start_time": at("2022-04-26T13:14:30.905Z"),
            "response_code": 0,
            "response_flags": "UH",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 7,
            "upstream_cluster": "BlackHoleCluster",
            "downstream_local_address": "180.97.34.94:443",
            "downstream_remote_address": "10.122.158.52:54192",
            "failed": True,
        },
    ),
    "istio: blocked http": (
        '[2022-10-26T22:22:30.254Z] "GET / HTTP/1.1" 502 - direct_response - "-" 0 0 0 - "-" "curl/7.85.0-DEV" '
        '"3cc763c2-3cc7-4f5e-8e0e-222222222222" "495a.example.ru" "-" - - 178.170.196.65:80 10.131.0.186:38118 - block_all',
        {
            "start_time": at("2022-10-26T22:22:30.254Z"),
            "method": "GET",
            "path": "/",
            "protocol": "HTTP/1.1",
            "response_code": 502,
            "response_flags": "-",
            "response_code_details": "direct_response",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 0,
            "user_agent": "curl/7.85.0-DEV",
            "request_id": "3cc763c2-3cc7-4f5e-8e0e-222222222222",
            "authority": "495a.example.ru",
            "downstream_local_address": "178.170.196.65:80",
            "downstream_remote_address": "10.131.0.186:38118",
            "route_name": "block_all",
            "failed": True,
        },
    ),
    "istio: no filter chain at the gateway": (
        '[2026-11-23T23:18:29.714Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.244.2.20:8443 10.244.1.10:39022 '
        "outbound_.443_._.istio-egressgateway.istio-system.svc.cluster.local -",
        {
            "start_time": at("2026-11-23T23:18:29.714Z"),
            "response_code": 0,
            "response_flags": "NR",
            "response_code_details": "filter_chain_not_found",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 0,
            "downstream_local_address": "10.244.2.20:8443",
            "downstream_remote_address": "10.244.1.10:39022",
            "requested_server_name": "outbound_.443_._.istio-egressgateway.istio-system.svc.cluster.local",
            "failed": True,
        },
    ),
    "istio: half a request line": (
        '[2026-11-23T23:22:20.046Z] "- - HTTP/1.1" 400 DPE http1.codec_error - "-" 0 11 0 - "-" "-" "-" "-" "-" - - 203.0.113.10:80 '
        "10.244.1.10:41294 - -",
        {
            "start_time": at("2026-11-23T23:22:20.046Z"),
            "protocol": "HTTP/1.1",
            "response_code": 400,
            "response_flags": "DPE",
            "response_code_details": "http1.codec_error",
            "bytes_received": 0,
            "bytes_sent": 11,
            "duration_ms": 0,
            "downstream_local_address": "203.0.113.10:80",
            "downstream_remote_address": "10.244.1.10:41294",
            "failed": True,
        },
    ),
    "istio: connect without a path": (
        '[2026-11-23T23:24:09.202Z] "CONNECT - HTTP/1.1" 404 NR route_not_found - "-" 0 0 0 - "-" "curl/7.88.1" '
        '"6384a28f-8250-4b03-837c-a4ce24315fa9" "api.example.com:443" "-" - - 203.0.113.120:3128 10.244.1.10:50100 - -',
        {
            "start_time": at("2026-11-23T23:24:09.202Z"),
            "method": "CONNECT",
            "protocol": "HTTP/1.1",
            "response_code": 404,
            "response_flags": "NR",
            "response_code_details": "route_not_found",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 0,
            "user_agent": "curl/7.88.1",
            "request_id": "6384a28f-8250-4b03-837c-a4ce24315fa9",
            "authority": "api.example.com:443",
            "downstream_local_address": "203.0.113.120:3128",
            "downstream_remote_address": "10.244.1.10:50100",
            "failed": True,
        },
    ),
    "istio: tls failure upstream": (
        '[2026-10-08T22:54:14.312Z] "GET /get HTTP/1.1" 503 URX,UF '
        "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:"
        'WRONG_VERSION_NUMBER:TLS_error_end} - "TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end" '
        '0 121 798 - "-" "probe/8.11.1" "c6fc39c4-1b99-5c6c-8129-6621f23821b5" "api.example.com" "203.0.113.12:80" '
        "outbound|80||api.example.com - 203.0.113.162:80 10.22.0.6:58150 - -",
        {
            "start_time": at("2026-10-08T22:54:14.312Z"),
            "method": "GET",
            "path": "/get",
            "protocol": "HTTP/1.1",
            "response_code": 503,
            "response_flags": "UF,URX",
            "response_code_details": "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:"
            "OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}",
            "upstream_transport_failure_reason": "TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end",
            "bytes_received": 0,
            "bytes_sent": 121,
            "duration_ms": 798,
            "user_agent": "probe/8.11.1",
            "request_id": "c6fc39c4-1b99-5c6c-8129-6621f23821b5",
            "authority": "api.example.com",
            "upstream_host": "203.0.113.12:80",
            "upstream_cluster": "outbound|80||api.example.com",
            "downstream_local_address": "203.0.113.162:80",
            "downstream_remote_address": "10.22.0.6:58150",
            "failed": True,
        },
    ),
    "istio: details with brackets, a user agent with blanks": (
        '[2026-11-23T23:22:41.913Z] "GET /ok HTTP/2" 403 - rbac_access_denied_matched_policy[ns[istio-system]-policy[deny-api]-rule[0]] - "-" '
        '0 19 0 - "10.244.1.10" "checkout/2.14 (python-httpx/0.27)" "20b759fb-89a4-4108-95b0-e13ae72a0471" "api.example.com" "-" '
        "outbound|80||api.example.com - 10.244.2.20:8080 10.244.1.10:44740 - -",
        {
            "start_time": at("2026-11-23T23:22:41.913Z"),
            "method": "GET",
            "path": "/ok",
            "protocol": "HTTP/2",
            "response_code": 403,
            "response_flags": "-",
            "response_code_details": "rbac_access_denied_matched_policy[ns[istio-system]-policy[deny-api]-rule[0]]",
            "bytes_received": 0,
            "bytes_sent": 19,
            "duration_ms": 0,
            "x_forwarded_for": "10.244.1.10",
            "user_agent": "checkout/2.14 (python-httpx/0.27)",
            "request_id": "20b759fb-89a4-4108-95b0-e13ae72a0471",
            "authority": "api.example.com",
            "upstream_cluster": "outbound|80||api.example.com",
            "downstream_local_address": "10.244.2.20:8080",
            "downstream_remote_address": "10.244.1.10:44740",
            "failed": False,
        },
    ),
    "istio: the client gave up": (
        '[2026-11-23T23:22:02.477Z] "GET /delay/5 HTTP/1.1" 0 DC downstream_remote_disconnect - "-" 0 0 999 - "-" "curl/7.88.1" '
        '"8b523891-2cf8-4296-aa11-a3997c73e1eb" "api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.1.10:39078 '
        "203.0.113.10:80 10.244.1.10:39062 - default",
        {
            "start_time": at("2026-11-23T23:22:02.477Z"),
            "method": "GET",
            "path": "/delay/5",
            "protocol": "HTTP/1.1",
            "response_code": 0,
            "response_flags": "DC",
            "response_code_details": "downstream_remote_disconnect",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 999,
            "user_agent": "curl/7.88.1",
            "request_id": "8b523891-2cf8-4296-aa11-a3997c73e1eb",
            "authority": "api.example.com",
            "upstream_host": "203.0.113.10:80",
            "upstream_cluster": "outbound|80||api.example.com",
            "upstream_local_address": "10.244.1.10:39078",
            "downstream_local_address": "203.0.113.10:80",
            "downstream_remote_address": "10.244.1.10:39062",
            "route_name": "default",
            "failed": True,
        },
    ),
    "istio 1.23: a semicolon behind the cluster": (
        '[2025-03-11T10:02:33.001Z] "POST /brew HTTP/1.1" 200 - via_upstream - "-" 12 34 5 4 "-" "Go-http-client/1.1" '
        '"0e4a6d8c-0000-4000-8000-333333333333" "barista.cafe:8000" "[2001:db8::7]:8000" inbound-vip|8000|http|barista.cafe.svc.cluster.local; '
        "[2001:db8::6]:40000 [2001:db8::7]:8000 [2001:db8::5]:50000 - default",
        {
            "start_time": at("2025-03-11T10:02:33.001Z"),
            "method": "POST",
            "path": "/brew",
            "protocol": "HTTP/1.1",
            "response_code": 200,
            "response_flags": "-",
            "response_code_details": "via_upstream",
            "bytes_received": 12,
            "bytes_sent": 34,
            "duration_ms": 5,
            "upstream_service_time_ms": 4,
            "user_agent": "Go-http-client/1.1",
            "request_id": "0e4a6d8c-0000-4000-8000-333333333333",
            "authority": "barista.cafe:8000",
            "upstream_host": "[2001:db8::7]:8000",
            "upstream_cluster": "inbound-vip|8000|http|barista.cafe.svc.cluster.local",
            "upstream_local_address": "[2001:db8::6]:40000",
            "downstream_local_address": "[2001:db8::7]:8000",
            "downstream_remote_address": "[2001:db8::5]:50000",
            "route_name": "default",
            "failed": False,
        },
    ),
    "istio-1.0 (T0): http": (
        '[2019-01-24T12:17:11.640Z] "GET /headers HTTP/1.1" 200 - 0 599 214 213 "-" "curl/7.60.0" "17fde8f7-fa62-9b39-8999-302324e6def2" '
        '"httpbin.org" "35.173.6.94:80" outbound|80||httpbin.org - 35.173.6.94:80 172.30.109.82:55314 -',
        {
            "start_time": at("2019-01-24T12:17:11.640Z"),
            "method": "GET",
            "path": "/headers",
            "protocol": "HTTP/1.1",
            "response_code": 200,
            "response_flags": "-",
            "bytes_received": 0,
            "bytes_sent": 599,
            "duration_ms": 214,
            "upstream_service_time_ms": 213,
            "user_agent": "curl/7.60.0",
            "request_id": "17fde8f7-fa62-9b39-8999-302324e6def2",
            "authority": "httpbin.org",
            "upstream_host": "35.173.6.94:80",
            "upstream_cluster": "outbound|80||httpbin.org",
            "downstream_local_address": "35.173.6.94:80",
            "downstream_remote_address": "172.30.109.82:55314",
            "failed": False,
        },
    ),
    "istio-1.0 (T0): tls": (
        '[2019-01-24T12:48:54.977Z] "- - -" 0 - 601 17766 1289 - "-" "-" "-" "-" "172.217.161.36:443" outbound|443||www.google.com '
        "172.30.109.82:59480 172.217.161.36:443 172.30.109.82:59478 www.google.com",
        {
            "start_time": at("2019-01-24T12:48:54.977Z"),
            "response_code": 0,
            "response_flags": "-",
            "bytes_received": 601,
            "bytes_sent": 17766,
            "duration_ms": 1289,
            "upstream_host": "172.217.161.36:443",
            "upstream_cluster": "outbound|443||www.google.com",
            "upstream_local_address": "172.30.109.82:59480",
            "downstream_local_address": "172.217.161.36:443",
            "downstream_remote_address": "172.30.109.82:59478",
            "requested_server_name": "www.google.com",
            "failed": False,
        },
    ),
    "istio-1.1 (T1): mixer status": (
        '[2019-05-02T08:00:00.000Z] "GET / HTTP/2" 404 NR "NOT_FOUND:istio-policy" 0 0 0 - "10.0.0.9" "curl/7.58.0" '
        '"aaaaaaaa-bbbb-4ccc-8ddd-444444444444" "shop.example.com" "-" - - 10.0.0.3:80 10.0.0.9:41000 -',
        {
            "start_time": at("2019-05-02T08:00:00.000Z"),
            "method": "GET",
            "path": "/",
            "protocol": "HTTP/2",
            "response_code": 404,
            "response_flags": "NR",
            "istio_policy_status": "NOT_FOUND:istio-policy",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 0,
            "x_forwarded_for": "10.0.0.9",
            "user_agent": "curl/7.58.0",
            "request_id": "aaaaaaaa-bbbb-4ccc-8ddd-444444444444",
            "authority": "shop.example.com",
            "downstream_local_address": "10.0.0.3:80",
            "downstream_remote_address": "10.0.0.9:41000",
            "failed": True,
        },
    ),
    "istio-1.2 (T2): no route name yet": (
        '[2019-08-01T09:10:11.012Z] "- - -" 0 UF,URX "-" "TLS error: Secret is not supplied by SDS" 0 0 3 - "-" "-" "-" "-" "10.0.0.8:443" '
        "outbound|443||api.example.com - 10.0.0.8:443 10.0.0.9:41002 api.example.com",
        {
            "start_time": at("2019-08-01T09:10:11.012Z"),
            "response_code": 0,
            "response_flags": "UF,URX",
            "upstream_transport_failure_reason": "TLS error: Secret is not supplied by SDS",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 3,
            "upstream_host": "10.0.0.8:443",
            "upstream_cluster": "outbound|443||api.example.com",
            "downstream_local_address": "10.0.0.8:443",
            "downstream_remote_address": "10.0.0.9:41002",
            "requested_server_name": "api.example.com",
            "failed": True,
        },
    ),
    "istio-1.3 (T3): tcp passthrough": (
        '[2020-05-19T19:53:38.151Z] "- - -" 0 - "-" "-" 2279 3059 63 - "-" "-" "-" "-" "1.2.3.4:443" PassthroughCluster 10.0.0.93:37018 '
        "1.2.3.4:443 10.0.0.93:39849 - -",
        {
            "start_time": at("2020-05-19T19:53:38.151Z"),
            "response_code": 0,
            "response_flags": "-",
            "bytes_received": 2279,
            "bytes_sent": 3059,
            "duration_ms": 63,
            "upstream_host": "1.2.3.4:443",
            "upstream_cluster": "PassthroughCluster",
            "upstream_local_address": "10.0.0.93:37018",
            "downstream_local_address": "1.2.3.4:443",
            "downstream_remote_address": "10.0.0.93:39849",
            "failed": False,
        },
    ),
    "istio-1.3 (T3): blocked tls without a cluster": (
        '[2020-04-15T00:02:27.874Z] "- - -" 0 UH "-" "-" 0 0 0 - "-" "-" "-" "-" "-" - - 35.170.216.115:443 10.28.1.90:59692 - -',
        {
            "start_time": at("2020-04-15T00:02:27.874Z"),
            "response_code": 0,
            "response_flags": "UH",
            "bytes_received": 0,
            "bytes_sent": 0,
            "duration_ms": 0,
            "downstream_local_address": "35.170.216.115:443",
            "downstream_remote_address": "10.28.1.90:59692",
            "failed": True,
        },
    ),
    "istio-1.8 (T4): inbound": (
        '[2020-10-29T21:51:57.945Z] "GET /status/418 HTTP/1.1" 418 - "-" 0 135 2 1 "-" "curl/7.69.1" "f65c68d3-f65c-4d3a-9b7e-555555555555" '
        '"httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:52328 10.244.0.14:80 10.244.0.13:43430 '
        "outbound_.8000_._.httpbin.default.svc.cluster.local default",
        {
            "start_time": at("2020-10-29T21:51:57.945Z"),
            "method": "GET",
            "path": "/status/418",
            "protocol": "HTTP/1.1",
            "response_code": 418,
            "response_flags": "-",
            "bytes_received": 0,
            "bytes_sent": 135,
            "duration_ms": 2,
            "upstream_service_time_ms": 1,
            "user_agent": "curl/7.69.1",
            "request_id": "f65c68d3-f65c-4d3a-9b7e-555555555555",
            "authority": "httpbin:8000",
            "upstream_host": "127.0.0.1:80",
            "upstream_cluster": "inbound|8000||",
            "upstream_local_address": "127.0.0.1:52328",
            "downstream_local_address": "10.244.0.14:80",
            "downstream_remote_address": "10.244.0.13:43430",
            "requested_server_name": "outbound_.8000_._.httpbin.default.svc.cluster.local",
            "route_name": "default",
            "failed": False,
        },
    ),
    "istio-1.8 (T4): allow any": (
        '[2021-03-05T14:07:45.474Z] "GET / HTTP/1.1" 400 - "-" 0 3526 1 1 "-" "curl/7.71.1" "706cd713-706c-4d13-8a3b-666666666666" '
        '"www.baidu.com" "21.100.174.62:80" PassthroughCluster 22.168.24.81:54598 21.100.174.62:80 22.168.24.81:54596 - allow_any',
        {
            "start_time": at("2021-03-05T14:07:45.474Z"),
            "method": "GET",
            "path": "/",
            "protocol": "HTTP/1.1",
            "response_code": 400,
            "response_flags": "-",
            "bytes_received": 0,
            "bytes_sent": 3526,
            "duration_ms": 1,
            "upstream_service_time_ms": 1,
            "user_agent": "curl/7.71.1",
            "request_id": "706cd713-706c-4d13-8a3b-666666666666",
            "authority": "www.baidu.com",
            "upstream_host": "21.100.174.62:80",
            "upstream_cluster": "PassthroughCluster",
            "upstream_local_address": "22.168.24.81:54598",
            "downstream_local_address": "21.100.174.62:80",
            "downstream_remote_address": "22.168.24.81:54596",
            "route_name": "allow_any",
            "failed": False,
        },
    ),
    "envoy: its default format": (
        '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" '
        '"cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"',
        {
            "start_time": at("2016-04-15T20:17:00.310Z"),
            "method": "POST",
            "path": "/api/v1/locations",
            "protocol": "HTTP/2",
            "response_code": 204,
            "response_flags": "-",
            "bytes_received": 154,
            "bytes_sent": 0,
            "duration_ms": 226,
            "upstream_service_time_ms": 100,
            "x_forwarded_for": "10.0.35.28",
            "user_agent": "nsq2http",
            "request_id": "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2",
            "authority": "locations",
            "upstream_host": "tcp://10.0.2.1:80",
            "failed": False,
        },
    ),
    "istio-json: typed": (
        '{"authority":null,"bytes_received":5,"bytes_sent":10,"connection_termination_details":null,"downstream_local_address":"203.0.113.40:5432",'
        '"downstream_remote_address":"10.244.1.10:50588","duration":4,"method":null,"path":null,"protocol":null,"request_id":null,'
        '"requested_server_name":null,"response_code":0,"response_code_details":null,"response_flags":"-","route_name":null,'
        '"start_time":"2026-11-23T23:16:23.189Z","upstream_cluster":"outbound|5432||db.example.org;","upstream_host":"203.0.113.40:5432",'
        '"upstream_local_address":"10.244.1.10:50602","upstream_service_time":null,"upstream_transport_failure_reason":null,"user_agent":null,'
        '"x_forwarded_for":null}',
        {
            "start_time": at("2026-11-23T23:16:23.189Z"),
            "response_code": 0,
            "response_flags": "-",
            "bytes_received": 5,
            "bytes_sent": 10,
            "duration_ms": 4,
            "upstream_host": "203.0.113.40:5432",
            "upstream_cluster": "outbound|5432||db.example.org",
            "upstream_local_address": "10.244.1.10:50602",
            "downstream_local_address": "203.0.113.40:5432",
            "downstream_remote_address": "10.244.1.10:50588",
            "failed": False,
        },
    ),
    "istio-json-1.3: all values are text": (
        '{"authority":"api.example.com","bytes_received":"0","bytes_sent":"19","downstream_local_address":"203.0.113.10:80",'
        '"downstream_remote_address":"10.244.1.10:54678","duration":"1","istio_policy_status":"-","method":"GET","path":"/ok",'
        '"protocol":"HTTP/1.1","request_id":"d249aef3-97c2-44b9-96c8-ab3481be80f5","requested_server_name":"-","response_code":"503",'
        '"response_flags":"URX,UF","route_name":"default","start_time":"2020-11-23T23:16:18.768Z","upstream_cluster":"outbound|80||api.example.com",'
        '"upstream_host":"203.0.113.10:80","upstream_local_address":"-","upstream_service_time":"-",'
        '"upstream_transport_failure_reason":"delayed_connect_error: 111","user_agent":"curl/7.88.1","x_forwarded_for":"-"}',
        {
            "start_time": at("2020-11-23T23:16:18.768Z"),
            "method": "GET",
            "path": "/ok",
            "protocol": "HTTP/1.1",
            "response_code": 503,
            "response_flags": "UF,URX",
            "upstream_transport_failure_reason": "delayed_connect_error: 111",
            "bytes_received": 0,
            "bytes_sent": 19,
            "duration_ms": 1,
            "user_agent": "curl/7.88.1",
            "request_id": "d249aef3-97c2-44b9-96c8-ab3481be80f5",
            "authority": "api.example.com",
            "upstream_host": "203.0.113.10:80",
            "upstream_cluster": "outbound|80||api.example.com",
            "downstream_local_address": "203.0.113.10:80",
            "downstream_remote_address": "10.244.1.10:54678",
            "route_name": "default",
            "failed": True,
        },
    ),
    "envoy-gateway-json: header names as keys, empty values left out": (
        '{":authority":"api.example.com","bytes_received":0,"bytes_sent":1e+05,"duration":1,"method":"GET","protocol":"HTTP/1.1",'
        '"response_code":200,"response_flags":"-","start_time":"2026-11-23T23:16:18.768Z","user-agent":"curl/7.88.1",'
        '"x-envoy-origin-path":"/ok","x-envoy-upstream-service-time":"7","x-forwarded-for":"10.0.0.1","x-request-id":"d249aef3"}',
        {
            "start_time": at("2026-11-23T23:16:18.768Z"),
            "method": "GET",
            "path": "/ok",
            "protocol": "HTTP/1.1",
            "response_code": 200,
            "response_flags": "-",
            "bytes_received": 0,
            "bytes_sent": 100000,
            "duration_ms": 1,
            "upstream_service_time_ms": 7,
            "x_forwarded_for": "10.0.0.1",
            "user_agent": "curl/7.88.1",
            "request_id": "d249aef3",
            "authority": "api.example.com",
            "failed": False,
        },
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_every_field_of_a_line(name, row):
    line, expected = LINES[name]
    assert row(line) == expected


CUSTOM = {
    "words with their names": (
        "ts=%START_TIME% code=%RESPONSE_CODE% flags=%RESPONSE_FLAGS% host=%REQ(:AUTHORITY)% took=%DURATION%ms",
        "ts=2026-11-23T19:43:13.254Z code=503 flags=URX,UF host=api.example.com took=17ms",
        {
            "start_time": at("2026-11-23T19:43:13.254Z"),
            "response_code": 503,
            "response_flags": "UF,URX",
            "authority": "api.example.com",
            "duration_ms": 17,
            "failed": True,
        },
    ),
    "bars, with blanks inside a field": (
        "%START_TIME(%s.%3f)%|%REQ(:METHOD)%|%REQ(USER-AGENT)%|%RESPONSE_CODE%|%UPSTREAM_HOST%",
        "1795462993.254|GET|Mozilla/5.0 (X11; Linux)|200|203.0.113.10:443",
        {
            "start_time": at("2026-11-23T19:43:13.254Z"),
            "method": "GET",
            "user_agent": "Mozilla/5.0 (X11; Linux)",
            "response_code": 200,
            "upstream_host": "203.0.113.10:443",
            "failed": False,
        },
    ),
    "tabs and headers": (
        "%START_TIME%\t%REQ(X-TENANT)%\t%RESP(X-CACHE)%\t%TRAILER(GRPC-STATUS)%\t%REQ(X-TENANT)%\t%UPSTREAM_CLUSTER%\t%BYTES_SENT%",
        "2026-11-23T19:43:13.254Z\tshop a\t-\t14\tshop b\toutbound|443||api.example.com;\t-",
        {
            "start_time": at("2026-11-23T19:43:13.254Z"),
            "req_x_tenant": "shop a",
            "req_x_tenant_2": "shop b",
            "trailer_grpc_status": "14",
            "upstream_cluster": "outbound|443||api.example.com",
        },
    ),
    "text that is itself json": (
        '{"code":%RESPONSE_CODE%,"flags":"%RESPONSE_FLAGS%","path":"%REQ(:PATH)%","agent":"%REQ(USER-AGENT)%"}',
        '{"code":404,"flags":"NR","path":"/a?b="c"","agent":"curl"}',
        {"response_code": 404, "response_flags": "NR", "path": '/a?b="c"', "user_agent": "curl", "failed": True},
    ),
}


@pytest.mark.parametrize("name", CUSTOM)
def test_every_field_of_a_line_in_a_custom_format(name, row):
    given, line, expected = CUSTOM[name]
    assert row(line, format=given) == expected
