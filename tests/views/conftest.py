"""One small log that has all kinds of entries, for the tests of views."""

from __future__ import annotations

import pandas as pd
import pytest

from egresslab.frames import as_log

START = "2026-11-23T10:00:00Z"
ENTRIES = [
    {"method": "GET", "path": "/ok", "response_code": 200, "response_flags": "-", "authority": "API.example.com:80", "duration_ms": 12,
     "upstream_cluster": "outbound|80||api.example.com", "upstream_host": "203.0.113.10:80", "downstream_local_address": "203.0.113.10:80",
     "response_code_details": "via_upstream", "user_agent": "curl/7.88.1", "bytes_sent": 19, "bytes_received": 0},
    {"method": "GET", "path": "/status/503", "response_code": 503, "response_flags": "URX,UF", "authority": "api.example.com", "duration_ms": 1040,
     "upstream_cluster": "outbound|80||api.example.com", "upstream_host": "203.0.113.10:80", "downstream_local_address": "203.0.113.10:80",
     "upstream_transport_failure_reason": "delayed_connect_error:_Connection_refused", "user_agent": "Mozilla/5.0 (X11)"},
    {"response_code": 0, "response_flags": "-", "duration_ms": 5100, "upstream_cluster": "outbound|443||*.wild.example.com",
     "upstream_host": "203.0.113.140:443", "downstream_local_address": "203.0.113.140:443", "requested_server_name": "b.wild.example.com"},
    {"response_code": 0, "response_flags": "UH", "duration_ms": 0, "upstream_cluster": "BlackHoleCluster",
     "downstream_local_address": "198.51.100.7:5432"},
    {"method": "GET", "path": "/", "response_code": 502, "response_flags": "-", "authority": "unknown.example", "duration_ms": 0,
     "response_code_details": "direct_response", "route_name": "block_all", "downstream_local_address": "198.51.100.8:80"},
    {"method": "POST", "path": "/a*b", "response_code": 404, "response_flags": "NR", "authority": "api.example.com.", "duration_ms": 1,
     "response_code_details": "route_not_found", "downstream_local_address": "203.0.113.10:80"},
    {"response_flags": None, "upstream_cluster": None},
]  # fmt: skip


@pytest.fixture
def log():
    frame = pd.DataFrame(ENTRIES)
    frame["start_time"] = pd.date_range(START, periods=len(frame), freq="30s")
    frame.loc[len(frame) - 1, "start_time"] = pd.NaT
    return as_log(frame.assign(proxy="app.shop"))
