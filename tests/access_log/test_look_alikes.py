"""Lines that look like Envoy's and are not: kept as unread with a reason, counted in one warning, never read as entries."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import egresslab as eg
from egresslab.access_log.format import named
from egresslab.access_log.plan import plan_of
from egresslab.access_log.text import read_text
from egresslab.errors import LogFormatError

GOOD = eg.sample_path("formats/istio.log").read_text().splitlines()[0]
OTHERS = {
    "apache common": '203.0.113.9 - - [23/Nov/2026:23:16:18 +0000] "GET /ok HTTP/1.1" 200 19',
    "apache combined": '203.0.113.9 - - [23/Nov/2026:23:16:18 +0000] "GET /ok HTTP/1.1" 200 19 "-" "curl/7.88.1"',
    "nginx": '203.0.113.9 - - [23/Nov/2026:23:16:18 +0000] "GET /ok HTTP/1.1" 502 157 "-" "curl/7.88.1" "10.0.0.1"',
    "flask": '127.0.0.1 - - [23/Nov/2026 23:16:18] "GET /ok HTTP/1.1" 200 -',
    "uvicorn": 'INFO:     10.244.1.10:54686 - "GET /ok HTTP/1.1" 200 OK',
    "gunicorn in json": '{"remote_ip":"10.0.0.1","request":"GET /ok","status":200,"user_agent":"curl","duration":3}',
    "squid": "1795475778.768    112 10.244.1.10 TCP_TUNNEL/200 4321 CONNECT api.example.com:443 - HIER_DIRECT/203.0.113.10 -",
    "squid in common form": '10.244.1.10 - - [23/Nov/2026:23:16:18 +0000] "CONNECT api.example.com:443 HTTP/1.1" 200 4321 TCP_TUNNEL:HIER_DIRECT',
    "mixer": (
        '{"level":"info","time":"2019-01-24T12:17:11.640Z","instance":"accesslog.logentry.istio-system","apiClaims":"","destinationApp":"httpbin",'
        '"method":"GET","responseCode":200,"responseSize":599,"url":"/headers","userAgent":"curl/7.60.0"}'
    ),
    "haproxy": (
        "Nov 23 23:16:18 lb haproxy[14]: 10.0.0.1:33317 [23/Nov/2026:23:16:18.768] fe be/srv 0/0/0/1/1 200 19 - - ---- 1/1/1/1/0 0/0 "
        '"GET /ok HTTP/1.1"'
    ),
    "traefik": '10.0.0.1 - - [23/Nov/2026:23:16:18 +0000] "GET /ok HTTP/1.1" 200 19 "-" "-" 7 "web@docker" "http://10.0.0.2:80" 1ms',
    "aws elb": (
        "https 2026-11-23T23:16:18.768000Z app/lb/50dc6c495c0c9188 10.0.0.1:2817 10.0.0.2:80 0.086 0.048 0.037 200 200 0 57 "
        '"GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2'
    ),
    "envoy's metrics": "cluster.outbound|80||api.example.com.upstream_rq_503: 7",
    "istioctl": "203.0.113.10:443     HEALTHY     OK     outbound|443||api.example.com",
    "apisix": '10.0.0.1 - - [23/Nov/2026:23:16:18 +0000] api.x "GET / HTTP/1.1" 200 12 0.001 "-" "curl/8" 10.0.0.2:80 200 0.001 "http://api.x"',
    "linkerd": "[  1234.567890s]  INFO ThreadId(01) outbound:accept{client.addr=10.0.0.1:3333}: linkerd_app_core::serve: Connection closed",
    "gloo in json": '{"method":"GET","path":"/x","protocol":"HTTP/1.1","responseCode":200,"responseFlags":"-","upstreamCluster":"a"}',
    "an application that tells of flags": '{"timestamp":1700000000000,"text":"upstream connect error","status":503,"response_flags":"UH"}',
    "an arrow under a line": "#                            ^^ mTLS mismatch, not a routing problem",
    "headers of a debug log": "3236750-':authority', 'apigw-back-stag.example.com'",
    "clusters of the admin": "outbound|443||*.example.org::203.0.113.228:443::cx_active::0",
    "a setting": "meshConfig.accessLogFormat: '[%START_TIME%] \"%REQ(:METHOD)% %PROTOCOL%\" %RESPONSE_CODE%'",
    "a query": 'kubectl logs -n runtime-ns client -c istio-proxy -f | grep -E "443|reset|UF|UC|URX"',
    "curl": "curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to api.example.com:443",
    "a quoted answer": '> upstream connect error or disconnect/reset before headers. reset reason: "connection failure"',
    "prose": "I get 503 UF,URX for outbound|443||api.example.com, see below",
    "python": "Traceback (most recent call last):",
    "yaml": "apiVersion: networking.istio.io/v1",
    "html": "<html><head><title>503</title></head>",
    "an object": '{"a":1}',
    "cut json": '{"response_code":2',
    "envoy's admin": '{"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump"}]}',
}


@pytest.mark.parametrize("many", [1, 150])
def test_a_look_alike_is_unread_with_a_reason(many, read):
    """However many there are, so that no way of reading takes them."""
    lines = [line for line in OTHERS.values() for _ in range(many)]
    parts = read("\n".join([GOOD, *lines, GOOD]) + "\n")
    assert parts.log.line.tolist() == [1, len(lines) + 2]
    assert len(parts.messages) == 0
    assert parts.unread.text.tolist() == lines
    assert parts.unread.line.tolist() == list(range(2, len(lines) + 2))
    assert parts.unread.reason.str.len().min() > 20


def test_the_reasons(read):
    reasons = read("\n".join([GOOD, *OTHERS.values()])).unread.reason
    told = dict(zip(OTHERS, reasons, strict=True))
    assert "'status'" in told["gunicorn in json"]
    assert "cut or damaged" in told["cut json"]


def test_one_warning_counts_all(tmp_path):
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    first.write_text("\n".join([GOOD, *OTHERS.values()]))
    second.write_text(f"{OTHERS['flask']}\n{GOOD}\n")
    with pytest.warns(UserWarning, match="were not recognised") as caught:
        log = eg.read_access_log(first, second)
    [warning] = caught
    total = len(OTHERS) + 1
    assert str(warning.message).startswith(f"{total} of {total + 2} lines were not recognised; the first is {first.as_posix()}:2 (")
    assert "case.unread" in str(warning.message)
    assert warning.filename == __file__
    assert len(log) == 2


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_which_nothing_is_recognised_raises(name, read):
    with pytest.raises(LogFormatError) as caught:
        read(f"\n{OTHERS[name]}\n" * 3)
    message = str(caught.value)
    assert re.search(r"sidecar\.log: none of its 6 lines is an access entry", message)
    assert "Line 2: " in message
    assert "format=" in message


def test_the_nearest_format_and_where_the_line_departs_from_it(read):
    with pytest.raises(LogFormatError) as caught:
        read(GOOD.replace(' 200 - via_upstream - "-" 0 19', " OK | via_upstream | 19"))
    assert re.search(
        r"nearest format is istio: the line departs from it at column 47, where %RESPONSE_CODE% is expected and 'OK \| via", str(caught.value)
    )
    with pytest.raises(LogFormatError, match=r"nearest format is custom: .* at column 1, where %DURATION% is expected and 'x ms' stands"):
        read("x ms\n", format="%DURATION% ms")
    with pytest.raises(LogFormatError, match="this line begins no JSON object"):
        read(GOOD, format="istio-json")
    with pytest.raises(LogFormatError, match="'a', 'b'"):
        read('{"a":1,"b":2}')


def test_what_is_shown_of_a_line_is_harmless(read):
    with pytest.raises(LogFormatError) as caught:
        read("\x1b[2J\u202egnp\u200b\x07" * 10)
    assert str(caught.value).isprintable()
    with pytest.raises(LogFormatError) as caught:
        read('{"\\u001b[2J\\u202e\\u0007":1}')
    assert str(caught.value).isprintable()


def test_an_empty_run_is_no_run_of_several_fields():
    line = '[2026-11-23T23:16:18.768Z] "GET /a HTTP/1.1""-" 0 19 1 0 "-" "c" "d249aef3-97c2" "api.example.com" "203.0.113.10:80"\n'
    plan = plan_of(named()["istio-1.1"])
    assert len(read_text(line.encode(), 1, plan)[0]) == 0


def test_a_blank_line_is_no_entry_of_one_field(read):
    assert read("12\n\n-\n", format="%DURATION%").log["duration_ms"].tolist() == [12, pd.NA]
