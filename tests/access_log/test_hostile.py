"""What a client can write into a log, and what disks and editors can make of it: read or unread, never lost, never slow, never a crash."""

from __future__ import annotations

import contextlib
import json
import time

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import egresslab as eg
from egresslab.access_log.format import named
from egresslab.errors import EgresslabError

LINE = (
    '[2026-11-23T23:16:18.768Z] "GET PATH HTTP/1.1" 200 - via_upstream - "-" 0 19 1 0 "-" "AGENT" "d249aef3-97c2-44b9-96c8-ab3481be80f5" '
    '"api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.1.10:54686 203.0.113.10:80 10.244.1.10:54678 - default'
)
GOOD = LINE.replace("PATH", "/ok").replace("AGENT", "curl/7.88.1")
HEAD, TAIL = LINE.split("AGENT")
FREE = [
    "a b  c",
    " leading and trailing ",
    'say "hi" there',
    '" "',
    '"',
    'a" "b',
    "tab\there",
    "back\\slash \\",
    "a,b;c|d",
    "{}",
    '{"a":"b"}',
    "[2026-11-23T23:16:18.768Z]",
    "=HYPERLINK(1)",
    "</script>",
    "\x1b[31mred",
    "\u202egnp.exe",
    "emoji \U0001f600 é",
    "line\u2028separator\u0085next",
    "nul \x00 inside",
    "vertical\x0btab form\x0cfeed",
    "0 503 UF",
    "a" * 100_000,
]


@pytest.mark.parametrize("field", ["AGENT", "PATH"])
@pytest.mark.parametrize("many", [1, 5])
def test_a_user_agent_or_path_of_any_text(field, many, read):
    """A few lines are read by the pattern, of many those that fit by the fast way: their neighbours are not touched."""
    values = ["/" * (field == "PATH") + value for value in FREE for _ in range(many)]
    lines = [LINE.replace(field, value).replace("PATH", "/ok").replace("AGENT", "curl/7.88.1") for value in values]
    log = read("\n".join(line for pair in zip(lines, [GOOD] * len(lines), strict=True) for line in pair) + "\n").log
    assert log["path" if field == "PATH" else "user_agent"].tolist()[::2] == values
    assert len(log) == 2 * len(values)
    assert log.requested_server_name.isna().all()
    for column, expected in {"response_code": 200, "bytes_sent": 19, "authority": "api.example.com", "route_name": "default"}.items():
        assert set(log[column]) == {expected}, column


def test_a_fields_own_text_cannot_forge_its_neighbours(read):
    """A user agent that ends its quotes and goes on as the rest of a line: its own line stays one entry, with its true end."""
    forged = 'x" "id-of-my-own" "evil.example.com" "6.6.6.6:80" outbound|80||evil.example.com 1.1.1.1:1 2.2.2.2:2 3.3.3.3:3 - default'
    log = read(LINE.replace("PATH", "/ok").replace("AGENT", forged) + "\n").log
    assert log.user_agent.tolist() == [forged]
    assert log.upstream_host.tolist() == ["203.0.113.10:80"]
    path = '/ HTTP/1.1" 200 - via_upstream - "-" 0 0 0 0 "-" "x" "id-of-my-own" "evil.example.com" "6.6.6.6:80" - - - - - - "GET /'
    log = read(LINE.replace("PATH", path).replace("AGENT", "curl") + "\n").log
    assert log.upstream_host.tolist() == ["203.0.113.10:80"]
    assert log.response_code.tolist() == [200]


def test_bytes_that_are_not_utf8_are_read_as_envoys_json_writes_them(read):
    line = LINE.replace("PATH", "/caf\xe9").replace("AGENT", "caf\xe9 \xff").encode("latin-1")
    good = LINE.replace("PATH", "/café").replace("AGENT", "café €").encode()
    log = read(b"\n".join([line, good] * 100)).log
    assert log.user_agent.tolist() == ["café \xff", "café €"] * 100
    assert log.path.tolist() == ["/café"] * 200
    from_json = read(json.dumps({"user_agent": "caf\xe9 \xff", "response_code": 200, "response_flags": "-", "path": "/"})).log
    assert from_json.user_agent.tolist() == ["café \xff"]


NUMBERS = {
    "0": 0,
    "-1": -1,
    "-": None,
    "999999999999999999": 10**18 - 1,
    "9223372036854775808": None,
    "1" * 5000: None,
}


@pytest.mark.parametrize("text", NUMBERS, ids=lambda v: v[:20])
@pytest.mark.parametrize("many", [1, 200])
def test_numbers_as_long_as_you_like(text, many, read):
    """One that no column can hold is missing, or its line unread; never another number."""
    lines = [GOOD] * many + [GOOD.replace(" 19 1 0 ", f" {text} 1 0 ")]
    parts = read("\n".join(lines))
    if len(parts.unread) == 0:
        found = parts.log.bytes_sent.iloc[-1]
        assert (None if found is pd.NA else found) == NUMBERS[text]
    else:
        assert NUMBERS[text] is None
        assert parts.unread.line.tolist() == [many + 1]
    assert (parts.log.bytes_sent.iloc[:many] == 19).all()


@pytest.mark.parametrize(
    "value",
    ["12", '"12"', "12.0", "1.2e1", '"-"', "null", '""', "1e400", "9223372036854775808", "1e19", "true", "{}", "[1]", '"x"', "-0.0", "1" * 400],
)
@pytest.mark.parametrize("many", [0, 200])
def test_numbers_of_every_kind_in_json(value, many, read):
    good = '{"response_code":200,"response_flags":"-","upstream_cluster":"a","bytes_sent":19}'
    log = read("\n".join([*[good] * many, good.replace("19", value)])).log
    expected = {"12": 12, '"12"': 12, "12.0": 12, "1.2e1": 12, "true": 1, "-0.0": 0}.get(value)
    found = log.bytes_sent.iloc[-1]
    assert (None if found is pd.NA else found) == expected
    assert log.line.tolist() == list(range(1, many + 2))


SLOW = {
    "quotes": '"' * 10_000,
    "quotes and blanks": '" ' * 10_000,
    "quoted blanks": '" " ' * 10_000,
    "dots": "... " * 10_000,
    "quotes in a user agent": HEAD + '"' * 10_000 + TAIL,
    "quoted blanks in a user agent": HEAD + '" "' * 10_000 + TAIL,
    "quoted blanks in a line without end": HEAD + '" "' * 10_000,
    "twelve quoted blanks in a line without end": HEAD + '" "' * 12,
    "dots in a line without end": HEAD + '" ' + "... " * 10_000,
    "a request line again and again": '[2026-11-23T23:16:18.768Z] "' + 'GET / HTTP/1.1" 200 - ' * 10_000,
    "a line again and again": GOOD * 1000,
    "the middle again and again": '[2026-11-23T23:16:18.768Z] "GET ' + ' HTTP/1.1" 200 - - - "-" 0 0 0 - "-" "' * 2000,
    "blanks": GOOD + " " * 100_000,
    "blanks in the end": GOOD.replace(" - default", " " * 10_000),
    "flags": GOOD.replace(" - via", " " + "UF," * 30_000 + " via"),
    "braces": GOOD.replace("via_upstream", "{" * 30_000),
    "json that nests": '{"a":' * 100_000,
    "json lists that nest": '{"response_code":200,"response_flags":"-","upstream_cluster":' + "[" * 100_000,
    "json keys": "{" + '"a":1,' * 30_000 + "}",
    "brackets": "[" * 100_000,
    "bars": "outbound|80||" * 10_000,
    "digits": GOOD.replace(" 19 ", " " + "9" * 100_000 + " "),
    "own line": "2026-11-23T23:16:18.768Z\tinfo" + "\t" * 50_000,
    "addresses": GOOD.replace('"-" "curl', '"' + "1.1.1.1, " * 10_000 + '" "curl'),
    "backslashes in torn json": '"response_code":200,"response_flags":"' + "\\" * 50_000,
}


@pytest.mark.parametrize("name", SLOW)
def test_no_line_takes_long(name, read):
    started = time.process_time()
    try:
        parts = read(f"{GOOD}\n{SLOW[name]}\n{GOOD}\n")
        assert {1, 3} <= set(parts.log.line)
    finally:
        assert time.process_time() - started < 5  # a tenth of it where nothing else runs
    with pytest.raises(EgresslabError):
        read("nothing to read here\n" + SLOW["quotes"])


PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([GOOD, "\n", "\r\n", "\r", "\n\n", " ", '"', "...", "-", "[", "{", "}", "\t", "\x00", "\ufeff", "outbound|80||x", "0 UF"]).map(
        str.encode
    ),
    st.sampled_from([GOOD[:90], GOOD[90:], '{"response_code":200,"response_flags":"-","upstream_cluster":null}', '{"level":"info","msg":"x"}']).map(
        str.encode
    ),
    st.sampled_from([eg.sample_path(f"formats/{name}.log").read_text().splitlines()[0].encode() for name in named()]),
)


@given(st.lists(PIECES, max_size=12).map(b"".join), st.sampled_from([None, None, "istio", "istio-json", "%DURATION% ms", "%REQ(A)% %REQ(B)%"]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_log_or_refused(read, data, log_format):
    """The fixture checks that each line is an entry, in a message, unread or blank, and that the frames keep their contract."""
    with contextlib.suppress(EgresslabError):
        read(data, format=log_format)
