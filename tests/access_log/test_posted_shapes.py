"""Lines in the shapes in which public threads, blogs and workshops show them (hosts and addresses are others): every certain field, no other."""

from __future__ import annotations

import datetime as dt
import json

import pytest

AT = dt.datetime(2022, 10, 18, 20, 16, 39, 453000, dt.UTC)
ID = "4828cac7-ae2d-91e7-9699-a6c2e9a82321"
RESET = "upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}"
TLS_REASON = (
    "TLS_error:|268435588:SSL_routines:OPENSSL_internal:CLIENTHELLO_TLSEXT|268435646:SSL_routines:OPENSSL_internal:PARSE_TLSEXT:TLS_error_end"
)

HTTP = {
    "start_time": AT,
    "method": "GET",
    "path": "/get",
    "protocol": "HTTP/1.1",
    "response_code": 503,
    "response_flags": "UF",
    "response_code_details": RESET,
    "upstream_transport_failure_reason": "delayed_connect_error:_111",
    "bytes_received": 0,
    "bytes_sent": 152,
    "duration_ms": 3,
    "user_agent": "curl/8.7.1",
    "request_id": ID,
    "authority": "api.example.com:8001",
    "upstream_host": "203.0.113.14:8001",
    "upstream_cluster": "outbound|8001||api.example.com",
    "downstream_local_address": "203.0.113.14:8001",
    "downstream_remote_address": "10.42.7.10:45890",
    "route_name": "default",
    "failed": True,
}
TCP = {
    "start_time": AT,
    "response_code": 0,
    "response_flags": "UF,URX",
    "bytes_received": 0,
    "bytes_sent": 0,
    "duration_ms": 10000,
    "upstream_host": "198.51.100.65:9092",
    "upstream_cluster": "PassthroughCluster",
    "downstream_local_address": "198.51.100.65:9092",
    "downstream_remote_address": "10.128.2.32:59026",
    "failed": True,
}
BLOCKED = {k: v for k, v in TCP.items() if k != "upstream_host"} | {"response_flags": "UH", "upstream_cluster": "BlackHoleCluster"}
T = "[2022-10-18T20:16:39.453Z]"
H1 = f'{T} "GET /get HTTP/1.1" 503 UF {RESET} - "delayed_connect_error:_111" 0 152 3 -'
HOSTS = '"api.example.com:8001" "203.0.113.14:8001"'
H2 = f'"-" "curl/8.7.1" "{ID}" {HOSTS} outbound|8001||api.example.com - 203.0.113.14:8001 10.42.7.10:45890 - default'
H = f"{H1} {H2}"
C1 = f'{T} "- - -" 0 UF,URX - - "-" 0 0 10000 - "-" "-" "-" "-" "198.51.100.65:9092"'
C = f"{C1} PassthroughCluster - 198.51.100.65:9092 10.128.2.32:59026 - -"
OLD = C.replace("UF,URX - - ", 'UF,URX "-" ')  # of Istio 1.3 to 1.7
B = C.replace("UF,URX", "UH").replace('"198.51.100.65:9092"', '"-"').replace("Passthrough", "BlackHole")
TLS = C.replace('"-" 0 0', f'"{TLS_REASON}" 0 0')
JSON = json.dumps(
    {"start_time": "2022-10-18T20:16:39.453Z", "response_code": 0, "response_flags": "UH", "upstream_cluster": None, "duration": 8, "authority": None}
)
OBJECT = {"start_time": AT, "response_code": 0, "response_flags": "UH", "duration_ms": 8, "failed": True}
BEHIND = ("bytes_received", "bytes_sent", "duration_ms", "user_agent", "request_id", "authority", "upstream_host", "upstream_cluster")
ADDRESSES = ("downstream_local_address", "downstream_remote_address")


def without(entry, *names):
    return {column: value for column, value in entry.items() if column not in names}


POSTS = {
    # the end
    "a workshop: two dashes more": (f"{C} - -", TCP),
    "two dashes more, Istio 1.7": (f"{OLD} - -", TCP),
    "the reset of an ambient preview": (f"{C} capture outbound (to server waypoint proxy)", TCP),
    "a field in quotes more": (f'{H} "Internal"', HTTP),
    "two numbers more": (f"{C} 12 3", TCP),
    "a blank behind the addresses": (f"{B[:-4]} ", without(BLOCKED)),
    "dots behind the cluster": (f"{C1} PassthroughCluster ...", without(TCP, *ADDRESSES)),
    "snipped": (f"{C1} PassthroughCluster <snip>", without(TCP, *ADDRESSES)),
    "truncated": (f"{C1} PassthroughCluster [truncated]", without(TCP, *ADDRESSES)),
    "the address elided, then the route": (H.replace("203.0.113.14:8001 10.42.7.10:45890 -", "..."), without(HTTP, *ADDRESSES, "route_name")),
    "only flags and details": (f"{H1[: H1.index(' - ')]} ", without(HTTP, *BEHIND, *ADDRESSES, "upstream_transport_failure_reason", "route_name")),
    "addresses taken out, no mark left": (
        H.replace(" - 203.0.113.14:8001 10.42.7.10:45890 -", ""),
        without(HTTP, *ADDRESSES, "route_name", "upstream_host") | {"upstream_host": "203.0.113.14:8001"},
    ),
    "semicolon behind the cluster": (H.replace("|api.example.com -", "|api.example.com; -"), HTTP),
    # the start
    "no bracket": (C[1:], TCP),
    "no time": (C[27:], without(TCP, "start_time")),
    "dots for the time": (f"[...]{C[26:]}", without(TCP, "start_time")),
    "an ellipsis for the time": (f"[…]{C[26:]}", without(TCP, "start_time")),
    "no opening quote, no time": (H[28:], without(HTTP, "start_time")),
    "no opening quote": (H.replace('] "', "] "), HTTP),
    "the last of the request line": (H[H.index("/get") + 2 :], without(HTTP, "start_time", "method", "path")),
    "from the details on": (
        H[H.index("upstream_reset") :],
        without(HTTP, "start_time", "method", "path", "protocol", "response_code", "response_flags", "response_code_details", "failed"),
    ),
    "dots, then the upstream": (
        f"[...] {C[C.index('198') - 1 :]}",
        without(TCP, "start_time", "response_code", "response_flags", "bytes_received", "bytes_sent", "duration_ms", "failed"),
    ),
    # in front
    "commented out": (f"# {C}", TCP),
    "commented out, no time": (f"# {C[27:]}", without(TCP, "start_time")),
    "a prompt and the command before it": (f"$ kubectl logs client -c istio-proxy --tail=1 {C}", TCP),
    "a shell that did not end its line": (f"root@client:/# {C}", TCP),
    "ACCESS of Ambassador": (f"ACCESS {C}", TCP),
    "grep with a line number": (f"3236745-{C}", TCP),
    "grep with a file": (f"istio-proxy.log:1123:{C}", TCP),
    "docker compose without a format's name": (f"envoy-1         | {C}", TCP | {"container": "envoy-1"}),
    "a list": (f"  * {C}", TCP),
    "a numbered list": (f"  1. {C}", TCP),
    "a list of code": (f"- `{C}`", TCP),
    "a quotation in a quotation": (f"> > {C}", TCP),
    "code in HTML": (f'<pre class="codeblock"><code>{C}</code></pre>', TCP),
    "a cell of a table": (f"| {C} |", TCP),
    "bold": (f"**{C}**", TCP),
    "a word bold": (H.replace("503 UF", "**503 UF**"), HTTP),
    "a name bold within": (H.replace("outbound|8001||api.example.com", "**outbound|8001||api.example.com**"), HTTP),
    # inside
    "quotes of a word processor, some of them": (H.replace('"curl/8.7.1"', "“curl/8.7.1”").replace('"203', "“203"), HTTP),
    "two blanks behind the request": (H.replace('1.1" 503', '1.1"  503'), HTTP),
    "dashes of a word processor": (C.replace(" - ", " – "), TCP),  # noqa: RUF001
    "struck through by Jira": (C.replace('"-"', '"~~"'), TCP),
    "hard blanks of a web page": (C.replace(" ", "\u00a0"), TCP),
    "blanks without width": (C.replace("PassthroughCluster", "Passthrough\u200bCluster"), TCP),
    "entities": (C.replace('"', "&#34;"), TCP),
    "a log store's backslashes": (C.replace('"', '\\"'), TCP),
    "a string": (json.dumps(C), TCP),
    "a name in angles for a value": (
        C.replace("198.51.100.65:9092", "<Your MongoDB IP>:<your MongoDB port>"),
        without(TCP, "upstream_host", "downstream_local_address"),
    ),
    "one word in angles": (
        C.replace("198.51.100.65", "<redacted>"),
        TCP | {"upstream_host": "<redacted>:9092", "downstream_local_address": "<redacted>:9092"},
    ),
    "letters for an address": (
        C.replace("198.51.100.65", "x.x.x.x"),
        TCP | {"upstream_host": "x.x.x.x:9092", "downstream_local_address": "x.x.x.x:9092"},
    ),
    "part of an address": (
        C.replace("198.51.100.65", "88.255.X.X"),
        TCP | {"upstream_host": "88.255.X.X:9092", "downstream_local_address": "88.255.X.X:9092"},
    ),
    "IPv6": (
        C.replace("198.51.100.65", "[2001:db8::14]"),
        TCP | {"upstream_host": "[2001:db8::14]:9092", "downstream_local_address": "[2001:db8::14]:9092"},
    ),
    "port 0": (C.replace(":59026", ":0"), TCP | {"downstream_remote_address": "10.128.2.32:0"}),
    "an internal listener": (
        C.replace('"198.51.100.65:9092"', '"envoy://sni_listener/"').replace("Passthrough", "sni_"),
        TCP | {"upstream_host": "envoy://sni_listener/", "upstream_cluster": "sni_Cluster"},
    ),
    "an id elided in a whole line": (H.replace(ID, "4828cac7-..."), without(HTTP, "request_id")),
    "a refused request": (
        f'{T} "- - HTTP/1.1" 400 DPE http1.codec_error - "-" 0 11 0 - "-" "-" "-" "-" "-" - - 10.0.0.1:8080 10.0.0.2:36512 - -',
        {
            "start_time": AT,
            "protocol": "HTTP/1.1",
            "response_code": 400,
            "response_flags": "DPE",
            "response_code_details": "http1.codec_error",
            "bytes_received": 0,
            "bytes_sent": 11,
            "duration_ms": 0,
            "downstream_local_address": "10.0.0.1:8080",
            "downstream_remote_address": "10.0.0.2:36512",
            "failed": True,
        },
    ),
    "a format of one's own behind the details": (
        f'{T} "GET /get HTTP/1.1" 503 UF {RESET} 0 152 3 - "-" "curl/8.7.1" "{ID}" "api.example.com:8001" "203.0.113.14:8001"',
        without(HTTP, *BEHIND, *ADDRESSES, "upstream_transport_failure_reason", "route_name"),
    ),
    # wrapped
    "a reason broken at its bars, in five lines": (
        TLS.replace("error:|", "error:|\n").replace("TLSEXT|", "TLSEXT|\n", 1).replace('092" P', '092"\nP'),
        TCP | {"upstream_transport_failure_reason": TLS_REASON},
    ),
    "a pane": (C.replace("198.51.100.65:9092 10", "198.51.10 │\n│ 0.65:9092 10"), TCP),
    "set in by hand": (H.replace(" 3 - ", " 3 -\n  ").replace('" outbound', '"\n  outbound'), HTTP),
    "set in by hand, with an id elided": (f"[...]{H1[26:]}\n  {H2}".replace(ID, "4828cac7-..."), without(HTTP, "start_time", "request_id")),
    "wrapped, with an id elided": (f"{H1}\n{H2}".replace(ID, "4828cac7-..."), without(HTTP, "request_id")),
    "an answered mail": ("> " + C.replace(' "-" "-"', '\n> "-" "-"', 1), TCP),
    # objects
    "a name in front of an object": (f"[ubuntu istio-proxy] {JSON}", OBJECT),
    "an object in code": (f"`{JSON}`", OBJECT),
    "an object, printed": (json.dumps(json.loads(JSON), indent=2), OBJECT),
    "an object, printed, with a remark": (json.dumps(json.loads(JSON), indent=2).replace('"UH",', '"UH",   # blocked'), OBJECT),
    "an object, printed, with lines left out": (json.dumps(json.loads(JSON), indent=2).replace('  "authority"', '  ...\n  "authority"'), OBJECT),
    "a key in bold": (JSON.replace("response_flags", "**response_flags**"), OBJECT),
    "an object broken in a key": (JSON.replace("response_flags", "respon\nse_flags"), OBJECT),
    "an object broken in null": (JSON.replace("null, ", "nu\nll, "), OBJECT),
    "an object with backslashes": (JSON.replace('"', '\\"'), OBJECT),
    "an object in quotes of a word processor": (JSON.replace('"', "“"), OBJECT),
}


@pytest.mark.parametrize("name", POSTS)
def test_what_is_certain_in_a_posted_shape(name, row):
    text, expected = POSTS[name]
    assert row(text) == expected


def test_all_of_them_in_one_post(read):
    """Each stays one entry, whatever stands before and behind it."""
    texts = [text for text, _ in POSTS.values()]
    log = read("\n\n".join(texts) + "\n").log
    assert log.response_flags.astype("object").fillna("lost").tolist() == [entry.get("response_flags", "lost") for _, entry in POSTS.values()]
    assert log.line.tolist() == [1 + sum(t.count("\n") + 2 for t in texts[:n]) for n in range(len(texts))]


POST = f"""### Bug description
Egress through the gateway fails. `kubectl logs -l app=sleep -c istio-proxy` gives:
```
{TLS}
{OLD}
```
and the gateway (note the 503 UF!):

    {H}

```yaml
apiVersion: networking.istio.io/v1
metadata:
  name: "egress"   # for api.example.com
  http:
  - match: [{{ "port": 80 }}]
```
$ curl -v https://api.example.com
* Connected to api.example.com (203.0.113.10) port 443 (#0)
> GET / HTTP/1.1
> User-Agent: "curl/7.88.1"
{{"status": "error", "code": 503}}
{{
  "name": "outbound|443||api.example.com",
  "thresholds": [
    {{"max_connections": 1024}}
  ],
  "response_code": "x"
}}
203.0.113.10:443     HEALTHY     OK     outbound|443||api.example.com
I see "UF,URX" in {T} "- - -" lines, see outbound|443||api.example.com above.
"""


def test_a_whole_post_holds_its_entries_and_no_others(read):
    parts = read(POST)
    assert parts.log.line.tolist() == [4, 5, 9]
    assert parts.log.response_code.tolist() == [0, 0, 503]
    assert len(parts.messages) == 0
    assert len(parts.unread) == sum(bool(line.strip()) for line in POST.splitlines()) - 3
