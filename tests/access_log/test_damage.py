"""What happens to lines on their way into a question: the entry that is read is that of the line as Envoy wrote it."""

from __future__ import annotations

import itertools
import json
import re
import sys

import pytest

import egresslab as eg
from egresslab.access_log.block import Grammar, read_block
from egresslab.access_log.lines import held
from egresslab.access_log.mended import mended, uncoloured, utf8

TEXTS = {name: eg.sample_path(f"formats/{name}.log").read_text().splitlines() for name in ("istio", "istio-1.3", "istio-1.0", "envoy")}
OBJECTS = eg.sample_path("formats/istio-json.log").read_text().splitlines()
OLD = (
    '[2020-12-03T10:54:15.891Z] "- - -" 0 UF,URX "-" "-" 0 0 10009 - "-" "-" "-" "-" "203.0.113.25:443" '
    "outbound|443||api.example.com - 203.0.113.148:443 10.10.167.168:53850 - -"
)


def curly(line):
    """As a word processor sets quotes."""
    opened = iter("“”" * line.count('"'))
    return re.sub('"', lambda _: next(opened), line)


DAMAGES = {
    "curly quotes": curly,
    "one quote of a pair curly": lambda line: line.replace(' "', " “", 3),
    "low quotes": lambda line: line.replace(' "', " „").replace('"', "“"),
    "entities by number": lambda line: line.replace('"', "&#34;"),
    "entities by name": lambda line: line.replace("&", "&amp;").replace('"', "&quot;").replace(">", "&gt;").replace("<", "&lt;"),
    "backslashes": lambda line: line.replace('"', '\\"'),
    "a string of JSON": json.dumps,
    "a string of JSON with its line end": lambda line: json.dumps(line + "\n"),
    "bold": lambda line: f"**{line}**",
    "code": lambda line: f"`{line}`",
    "quoted": lambda line: f"> {line}",
    "quoted again": lambda line: f"> > {line}",
    "bullet": lambda line: f"- {line}",
    "star": lambda line: f"* {line}",
    "numbered": lambda line: f"12. {line}",
    "commented out": lambda line: f"# {line}",
    "prompt": lambda line: f"$ {line}",
    "table": lambda line: f"| {line} |",
    "set in": lambda line: f"\t    {line}",
    "blanks behind": lambda line: line + "  \t",
    "hard blanks": lambda line: line.replace(" ", "\u00a0"),
    "narrow blanks": lambda line: line.replace('" "', '"\u202f"'),
    "no width in front": lambda line: f"\u200b{line}\u200b",
    "a mark of the encoding in front": lambda line: f"\ufeff{line}",
    "zeros in front": lambda line: "\0" * 50 + line,
    "long dashes": lambda line: re.sub(r'(?<=[ "])-(?=[ "]|$)', "–", line),  # noqa: RUF001
    "longer dashes": lambda line: re.sub(r'(?<=[ "])-(?=[ "]|$)', "—", line),
    "struck through": lambda line: line.replace('"-"', '"~~"'),
    "no bracket before": lambda line: line[1:],
    "no bracket behind": lambda line: line.replace("] ", " ", 1),
    "no brackets": lambda line: line[1:].replace("] ", " ", 1),
    "wide": lambda line: re.sub(r'(?<=["\]]) (?=\d)', "   ", line),
    "tabs": lambda line: re.sub(r'(?<=["\]]) (?=\d)', "\t", line),
    "a command in front": lambda line: "kubectl logs client -c istio-proxy --tail=1" + line,
    "a path in front": lambda line: f"/tmp/sidecar.log:17:{line}",
    "coloured by grep": lambda line: line.replace("example.com", "\x1b[01;31m\x1b[Kexample.com\x1b[m\x1b[K"),
    "coloured whole": lambda line: f"\x1b[32m{line}\x1b[0m",
    "a carriage return": lambda line: line + "\r",
    "carriage returns": lambda line: line + "\r\r\r",
    "a line end of HTML": lambda line: line + "<br/>",
}


def values(log):
    """What is said, without where it stands."""
    return log.drop(columns=["proxy", "source", "line"]).astype("object").where(log.notna(), None).to_dict("records")


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("written", TEXTS)
def test_a_damaged_line_reads_as_the_line_that_it_was(name, written, read):
    lines = TEXTS[written]
    damaged = read("\n".join(map(DAMAGES[name], lines)) + "\n").log
    assert values(damaged) == values(read("\n".join(lines) + "\n").log)
    assert damaged.line.tolist() == list(range(1, len(lines) + 1))


@pytest.mark.parametrize("name", ["bold", "code", "quoted", "bullet", "star", "numbered", "prompt", "hard blanks", "backslashes", "zeros in front"])
def test_a_damaged_object_reads_as_the_object_that_it_was(name, read):
    assert values(read("\n".join(map(DAMAGES[name], OBJECTS))).log) == values(read("\n".join(OBJECTS)).log)


@pytest.mark.parametrize("line", [line for lines in TEXTS.values() for line in lines] + OBJECTS + [OLD])
def test_a_line_that_nothing_happened_to_comes_back_as_it_is(line):
    assert mended(line) == line


def test_mended_lines_are_counted_apart(read):
    lines = [OLD, f"> {OLD}", OLD[:90]]
    assert read("\n".join(lines)).files[0].formats == {"istio-1.3": 1, "mended": 1, "cut": 1}


def test_what_a_client_wrote_stays_as_it_is(read):
    """Quotes, dashes and entities are mended in a line that cannot be read without it, and in no other."""
    agent = "a “b” – c &quot;d&quot; **e** \u00a0f"  # noqa: RUF001
    line = TEXTS["istio"][0]
    line = line.replace(re.findall(r'"[^"]*"', line)[3], f'"{agent}"')
    assert read(line).log.user_agent.tolist() == [agent]
    assert read("\n".join([line] * 2000)).log.user_agent.unique().tolist() == [agent]


def test_a_dash_in_front_that_may_be_a_field_stays(row):
    cut = OLD[OLD.index('- "-" "-" "-" "-"') :]
    assert row(cut)["upstream_host"] == "203.0.113.25:443"
    assert mended(cut) == cut


@pytest.mark.parametrize("behind", ['"Internal"', "- -", "- - - -", "capture outbound (to server waypoint proxy)", "inbound hcm", '"x" 12'])
@pytest.mark.parametrize("route", ["-", "default", "allow_any"])
def test_fields_behind_the_end_stand_in_no_column(behind, route, row):
    expected = row(f"{OLD[:-1]}{route}") | ({} if route == "-" else {"route_name": route})
    assert row(f"{OLD[:-1]}{route} {behind}") == expected


def test_a_route_of_several_words(row):
    """Istio lets a route have any name; what may be more fields is no certain name."""
    assert row(f"{OLD[:-1]}my own route")["route_name"] == "my own route"
    assert row(f'{OLD[:-1]}mine "Internal"')["route_name"] == "mine"
    assert "route_name" not in row(f'{OLD[:-1]}my own "Internal"')


def test_the_first_format_of_istio(row):
    """Path and protocol stood together in 1.0.x, and no server name was written."""
    found = row(
        '[2019-02-01T10:16:23.669Z] "GET /api/weatherHTTP/1.1" 200 - 0 19 3 1 "-" "curl/7.88.1" "d249aef3-97c2-44b9-96c8-ab3481be80f5" '
        '"api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.1.10:54686 203.0.113.10:80 10.244.1.10:54678'
    )
    assert (found["method"], found["path"], found["protocol"], found["duration_ms"]) == ("GET", "/api/weather", "HTTP/1.1", 3)
    assert found["downstream_remote_address"] == "10.244.1.10:54678"
    assert {"requested_server_name", "route_name"}.isdisjoint(found)
    tcp = row('[2019-02-01T10:16:23.669Z] "- --" 0 - 5 7 11 - "-" "-" "-" "-" "203.0.113.10:80" outbound|80||x 10.0.0.1:1 10.0.0.2:2 10.0.0.3:33333')
    assert (tcp["bytes_received"], tcp["upstream_cluster"], tcp["downstream_remote_address"]) == (5, "outbound|80||x", "10.0.0.3:33333")


def test_records_on_one_line(read):
    for between in (" ", "", "\r", " ; "):
        log = read(f"{OLD}{between}{TEXTS['istio'][0]}\n{OLD}\n").log
        assert log.line.tolist() == [1, 1, 2]
        assert values(log) == values(read("\n".join([OLD, TEXTS["istio"][0], OLD])).log)
    for between in ("", ",", " ", "\t"):
        log = read(between.join(OBJECTS)).log
        assert log.line.tolist() == [1] * len(OBJECTS)
        assert values(log) == values(read("\n".join(OBJECTS)).log)


def test_in_a_large_log_a_client_cannot_write_an_entry_of_its_own(read):
    """What ends one entry and begins the next may stand in a header; only in a post are they taken for two lines."""
    line = TEXTS["istio"][0]
    agent = re.findall(r'"[^"]*"', line)[3][1:-1]
    forged = line.replace(agent, line[line.index(agent) :] + " " + line[: line.index(agent)] + agent)
    assert len(read(forged).log) == 2
    log = read("\n".join([line] * 1000 + [forged])).log
    assert len(log) == 1001
    assert log.user_agent.iloc[-1].count("[2026-") == 1


def test_bytes_of_two_encodings_are_decoded_value_by_value(read):
    line = TEXTS["istio"][0]
    agent = re.findall(r'"[^"]*"', line)[3][1:-1]
    both = line.encode().replace(agent.encode(), b"caf\xe9").replace(b" /", b" /caf\xc3\xa9", 1)
    log = read(b"\n".join([both] * 3) + b"\n").log
    assert set(log.user_agent) == {"café"}
    assert log.path.str.startswith("/café").all()
    assert utf8(b'\xe9 \xc3\xa9 "\xe9 \xc3\xa9" \xe9') == 'é é "é Ã©" é'.encode()


def test_only_colours_that_end_are_taken_out():
    assert uncoloured(b"\x1b[1;31mred\x1b[0m\n\x1b[31mred\n") == b"red\n\x1b[31mred\n"


def test_a_file_that_powershell_wrote(read):
    """Its > writes UTF-16 with a mark, and lines that end in a carriage return."""
    text = f"{OLD}\r\n{TEXTS['istio'][0]}\r\n"
    for encoding in ("utf-16", "utf-16-be", "utf-8-sig"):
        data = text.encode(encoding)
        log = read(b"\xfe\xff" + data if encoding == "utf-16-be" else data).log
        assert values(log) == values(read(f"{OLD}\n{TEXTS['istio'][0]}\n").log)


def test_the_format_of_entries_is_no_entry(read):
    template = json.dumps(
        {"start_time": "%START_TIME%", "response_code": "%RESPONSE_CODE%", "response_flags": "%RESPONSE_FLAGS%", "method": "%REQ(:METHOD)%"}
    )
    parts = read("\n".join([OLD, template, json.dumps(json.loads(template), indent=2), '[%START_TIME%] "%REQ(:METHOD)% %PROTOCOL%" %RESPONSE_CODE%']))
    assert parts.log.line.tolist() == [1]


HOSTILE = {
    "backticks": "`",
    "stars": "**",
    "entities": "&#34;",
    "escaped quotes": '\\"',
    "beginnings": f'{OLD[:26]} "',
    "angles": "<a ",
    "objects": '{"a":1}',
    "entries": '{"response_code":1,"response_flags":"-","upstream_cluster":"a"}',
    "zeros": "\0",
    "dashes": "\u2014 ",
    "open braces": "{\n",
    "open objects": '{"a":\n',
    "wraps": f'{OLD[:40]}\na"b\nc.d\ne"f\n',
    "request lines": '"GET / HTTP/1.1" 200 - ',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_work_grows_as_the_length(name):
    """Counted, not timed: calls of Python and of what is written in C."""
    grammar = Grammar.of(None)
    short, long = (held((HOSTILE[name] * n + "\n").encode()) for n in (400, 1600))
    read_block(short, grammar)  # the patterns are compiled
    assert _calls(long, grammar) < 6 * _calls(short, grammar) + 1000


def _calls(block, grammar):
    counter = itertools.count()
    sys.setprofile(lambda *_: next(counter))
    try:
        read_block(block, grammar)
    finally:
        sys.setprofile(None)
    return next(counter)
