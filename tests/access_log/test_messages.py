"""The proxies' own lines of ztunnel and about DNS, as people posted them."""

from __future__ import annotations

import pytest

import egresslab as eg

ENTRY = '2024-07-22T07:42:09.312508Z\twarn\taccess\tconnection failed\tsrc.addr=10.0.0.1:1 dst.addr=10.0.0.2:80 direction="outbound" error="x"'
# istio/istio#31250, the agent's answers, with the blank lines that DNS tools write
AGENT = """2021-03-04T20:52:28.698370Z        debug   dns     request ;; opcode: QUERY, status: NOERROR, id: 6097
;; flags: rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0

;; QUESTION SECTION:
;nettools.default.svc.cluster.local.       IN       A
\tprotocol=udp id=f5d01037-8e29-48fa-92cc-0d3c3e861146
2021-03-04T20:52:28.698683Z        debug   dns     response for hostname "nettools.default.svc.cluster.local." (found=true): ;; opcode: QUERY
;; flags: qr rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0

;; ANSWER SECTION:
nettools.default.svc.cluster.local.        30      IN      A       10.96.169.186
\tprotocol=udp id=f5d01037-8e29-48fa-92cc-0d3c3e861146
"""


@pytest.mark.parametrize(
    ("line", "component", "name"),
    [
        (  # istio/ztunnel#1512
            '2025-04-08T05:43:56.082658Z\tdebug\tdns\tsrc.workload="sleep-64d" query="AAAA" domain="baidu.com.cluster.local." '
            'result="forwarding failed" endpoints=0',
            "dns",
            "baidu.com.cluster.local",
        ),
        (
            '2025-04-08T05:43:56.082658Z debug dns src.workload="sleep-64d" query="A" domain="*.example.com." result="success" endpoints=1',
            "dns",
            "*.example.com",
        ),
        (
            '{"level":"debug","time":"2025-04-08T05:43:56.082658Z","scope":"dns","src.workload":"sleep","query":"A","domain":"baidu.com.",'
            '"result":"forwarded","endpoints":2}',
            "dns",
            "baidu.com",
        ),
        (  # ztunnel's span of a lookup
            "2026-08-19T22:32:57.938475Z\tdebug\tstate:lookup{src=10.244.0.7:41453 query=AAAA name=kubernetes.default.svc.}\twait for workload",
            "state:lookup{src=10.244.0.7:41453 query=AAAA name=kubernetes.default.svc.}",
            "kubernetes.default.svc",
        ),
        (  # istio/istio#43276
            '2023-02-10T15:33:52.999359Z\tdebug\tdns\tdns request for host "www.google.de." before lookup table is loaded\tprotocol=udp edns=false',
            "dns",
            "www.google.de",
        ),
        (
            '{"level":"debug","time":"2026-01-16T13:19:09Z","scope":"dns","msg":"response for hostname \\"api.example.com.\\" not found in dns '
            'proxy, querying upstream","protocol":"udp"}',
            "dns",
            "api.example.com",
        ),
        (
            "2022-12-14T03:18:04.205000Z\tdebug\tenvoy dns external/envoy/dns_impl.cc:354\tdns resolution for service1 started\tthread=15",
            "envoy dns external/envoy/dns_impl.cc:354",
            "service1",
        ),
        (
            "[2022-12-14 03:18:04.205][1][trace][upstream] [source/a.cc:107] starting async DNS resolution for api.example.com",
            "upstream",
            "api.example.com",
        ),
        ('{"level":"info","time":"2026-01-16T13:19:09.278852Z","scope":"dns","msg":"Starting local udp DNS server on 127.0.0.1:15053"}', "dns", None),
        ("2023-08-08T19:27:20.560892Z     info    dns     upstream failure: read udp 10.60.67.128:35784->10.100.0.10:53: i/o timeout", "dns", None),
        ('2026-01-01T00:00:00.000000Z\tinfo\tads\tno host "a.example.com" here', "ads", None),
    ],
)
def test_the_name_that_was_asked_for(line, component, name, read):
    said = read(f"{line}\n{ENTRY}\n").messages
    assert said.component.tolist() == [component]
    assert said.dns_name.dropna().tolist() == [name] * (name is not None)


def test_an_answer_of_dns_is_one_message_with_its_blank_lines(read):
    parts = read(f"{AGENT}{ENTRY}\n\nnettools.default. 30 IN A 10.0.0.1\n{ENTRY}\n")
    assert parts.messages.line.tolist() == [1, 7]
    assert parts.messages.dns_name.tolist() == ["nettools.default.svc.cluster.local"] * 2
    assert parts.messages.text[1].endswith("10.96.169.186\n\tprotocol=udp id=f5d01037-8e29-48fa-92cc-0d3c3e861146")
    assert parts.log.line.tolist() == [13, 16]
    assert parts.unread.line.tolist() == [15]


@pytest.mark.parametrize(
    ("line", "level", "component", "text"),
    [
        ("2024-10-25T19:47:50.381780Z\terror\tproxy::h2\tping error: broken pipe", "error", "proxy::h2", "ping error: broken pipe"),
        (
            "2026-08-03T15:34:57.746680Z info state:proxy{wl=default/a-5}:inbound{id=a05 peer=10.244.0.5:49084} dry-run: deny policy match",
            "info",
            "state:proxy{wl=default/a-5}:inbound{id=a05 peer=10.244.0.5:49084}",
            "dry-run: deny policy match",
        ),
        (
            '{"level":"warn","time":"2026-08-14T13:52:16Z","scope":"ztunnel::state","message":"no allow policies matched","proxy":{"wl":"a/b"}}',
            "warning",
            "ztunnel::state",
            "no allow policies matched proxy={'wl': 'a/b'}",
        ),
        (
            "2023-07-18T11:14:00.559256Z  WARN outbound{id=00-a:b}: ztunnel::proxy::outbound: failed dur=2ms err=unknown source",
            "warning",
            "ztunnel::proxy::outbound",
            "failed dur=2ms err=unknown source",
        ),
        ("2023-07-18T11:14:00.559256Z  INFO ztunnel: version: 1", "info", "ztunnel", "version: 1"),
    ],
)
def test_ztunnel_s_own_lines(line, level, component, text, read):
    said = read(f"{line}\n{ENTRY}\n").messages.iloc[0]
    assert (said["level"], said["component"], said["text"]) == (level, component, text)


def test_an_application_s_lines_are_none_of_ztunnel_s(read):
    others = [
        "2024-01-01T10:00:00.123Z  INFO 1 --- [           main] com.example.App  : Started App",
        "2024-01-01T10:00:00.123456Z  INFO my_app::server: listening",
        "2024-01-01T10:00:00.123456Z  INFO " + "a:" * 40_000,
        '{"level":"info","message":"request complete","service":"a"}',
    ]
    parts = read("\n".join([ENTRY, *others]) + "\n")
    assert parts.unread.line.tolist() == [2, 3, 4, 5]


def test_a_config_of_many_lines_is_one_message():
    case = eg.read_case(eg.sample_path("ambient/ztunnel.log"))
    running = case.messages[case.messages.text.str.startswith("running with config")].iloc[0]
    assert running["text"].endswith("outboundAddr: '[::]:15001'")
    assert case.unread.empty
    assert case.messages.dns_name.dropna().tolist() == ["api.example.com"]
