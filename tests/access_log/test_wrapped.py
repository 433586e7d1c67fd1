"""Entries that were broken into several lines are one entry again: nothing in it is wrong, and it stands at its first line."""

from __future__ import annotations

import json
import textwrap

import pytest

import egresslab as eg

TEXTS = [line for name in ("istio", "istio-1.3") for line in eg.sample_path(f"formats/{name}.log").read_text().splitlines()]
OBJECTS = eg.sample_path("formats/istio-json.log").read_text().splitlines()
TLS = (
    '[2026-04-15T12:03:21.043Z] "- - -" 0 UF,URX - - "TLS_error:|268435588:SSL_routines:OPENSSL_internal:CLIENTHELLO_TLSEXT|'
    '268435646:SSL_routines:OPENSSL_internal:PARSE_TLSEXT:TLS_error_end" 0 0 10002 - "-" "-" "-" "-" "203.0.113.10:443" '
    "outbound|443||api.example.com - 203.0.113.10:443 10.244.1.10:49884 api.example.com -"
)
AGENT = "user_agent"


def terminal(line, width):
    return [line[n : n + width] for n in range(0, len(line), width)]


def mail(line, width):
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


WAYS = {
    "terminal": terminal,
    "terminal that drops blanks": lambda line, width: [part.strip() for part in terminal(line, width)],
    "pane": lambda line, width: [f"│ {part} │" for part in terminal(line, width)],
    "shell": lambda line, width: [*(f"{part} \\" for part in mail(line, width)[:-1]), mail(line, width)[-1]],
    "mail": mail,
    "mail that was answered": lambda line, width: [f"> {part}" for part in mail(line, width)],
    "list item": lambda line, width: [f"{'- ' if n == 0 else '  '}{part}" for n, part in enumerate(mail(line, width))],
}


def values(log):
    return log.drop(columns=["proxy", "source", "line"]).astype("object").where(log.notna(), None).to_dict("records")


def known(entry):
    return {column: value for column, value in entry.items() if value is not None}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 200])
def test_a_wrapped_line_is_one_entry(way, width, read):
    lines = [*TEXTS, TLS]
    wrapped = [WAYS[way](line, width) for line in lines]
    parts = read("\n".join(part for one in wrapped for part in one) + "\n")
    assert len(parts.log) == len(lines)
    firsts = [sum(map(len, wrapped[:n])) + 1 for n in range(len(lines))]
    assert parts.log.line.tolist() == firsts
    left = {"-", "default", "allow_any", "lt", "llow_any"}  # the route that a line of 1.3 has more than one of 1.2, which is whole without it
    assert set(parts.unread.text.str.strip("> │")) <= left
    for found, true in zip(values(parts.log), values(read("\n".join(lines)).log), strict=True):
        assert {c: v for c, v in found.items() if v not in (None, true[c])} == {}
        if way != "terminal that drops blanks":
            lost = known(true).keys() - known(found).keys()
            assert len(lost) <= 2, lost


@pytest.mark.parametrize("way", ["terminal", "pane", "mail that was answered"])
@pytest.mark.parametrize("width", [80, 100, 200])
def test_a_wrapped_object_is_one_entry(way, width, read):
    wrapped = [WAYS[way](line, width) for line in OBJECTS]
    parts = read("\n".join(part for one in wrapped for part in one) + "\n")
    assert len(parts.log) == len(OBJECTS)
    assert len(parts.unread) == 0
    for found, true in zip(values(parts.log), values(read("\n".join(OBJECTS)).log), strict=True):
        assert {c: v for c, v in found.items() if v not in (None, true.get(c))} == {}
        assert len(known(true).keys() - known(found).keys()) <= 3


@pytest.mark.parametrize("indent", [1, 2, 4, "\t"])
def test_a_pretty_object_is_one_entry(indent, read):
    pretty = [json.dumps(json.loads(line), indent=indent) for line in OBJECTS]
    for text in ("\n".join(pretty), ",\n".join(pretty), "\n\n".join(f"> {p}".replace("\n", "\n> ") for p in pretty)):
        parts = read(text + "\n")
        assert values(parts.log) == values(read("\n".join(OBJECTS)).log)
        assert parts.files[0].formats == {"mended": len(OBJECTS)}


def test_a_pretty_object_with_remarks_and_lines_left_out(row):
    text = '{\n  "response_code": 503,   # blocked\n  "response_flags": "UF,URX", // see docs\n  ...\n  [...]\n  "upstream_cluster": "x",\n}\n'
    assert row(text) == {"response_code": 503, "response_flags": "UF,URX", "upstream_cluster": "x", "failed": True}


def test_an_object_broken_in_a_key_and_in_null(row):
    line = '{"authority":null,"response_code":0,"response_flags":"UH","upstream_cluster":"BlackHoleCluster","duration":7}'
    for at in (line.index("ponse_code"), line.index("ll,"), line.index("HoleCluster")):
        expected = {"response_code": 0, "response_flags": "UH", "upstream_cluster": "BlackHoleCluster", "duration_ms": 7, "failed": True}
        if at == line.index("HoleCluster"):
            del expected["upstream_cluster"]  # a blank may have stood there
        assert row(f"{line[:at]}\n{line[at:]}\n") == expected


def test_a_reason_broken_at_its_bars(row):
    """As posted: five lines, broken with and without a blank."""
    text = TLS.replace("error:|", "error:|\n").replace("TLSEXT|", "TLSEXT|\n", 1).replace(":443 10.", ":443\n10.").replace('443" out', '443"\nout')
    assert row(text) == row(TLS)


def test_a_value_that_may_have_had_a_blank_is_missing(row):
    line = TEXTS[0].replace("curl/7.88.1", "Mozilla/5.0 (Linux)")
    found = row(line.replace("/5.0 (", "/5.0\n("))
    assert AGENT not in found
    assert found | {AGENT: "Mozilla/5.0 (Linux)"} == row(line)


def test_a_wrapped_line_that_is_elided_too(row):
    found = row(TLS.replace('"203.', '\n"203.').replace("10.244.1.10:49884 api.example.com -", "..."))
    assert found["upstream_host"] == "203.0.113.10:443"
    assert found["upstream_cluster"] == "outbound|443||api.example.com"


@pytest.mark.parametrize("prose", ["see below", "as you can see, it fails", "EOF", "$ istioctl proxy-status", "default route is used", "thanks!"])
def test_prose_does_not_go_on_with_a_line(prose, read):
    for cut in (TLS, TLS.removesuffix(" api.example.com -"), TLS[:120]):
        parts = read(f"{cut}\n{prose}\n")
        assert parts.log.line.tolist() == [1]
        assert parts.unread.text.tolist() == [prose]
        assert parts.log.requested_server_name.isin(["api.example.com"]).all() or parts.log.requested_server_name.isna().all()


def test_two_lines_that_each_lost_something_stay_two(read):
    """The second begins an entry of its own, or has what the first has already."""
    lines = [TLS[:150], TLS[:90], TLS[29:], TLS[TLS.index('"203') :], TLS[TLS.index("outbound") - 1 :]]
    assert read("\n".join(lines) + "\n").log.line.tolist() == [1, 2, 3, 4, 5]


def test_a_last_line_without_its_end_goes_on_with_the_one_before(read):
    assert len(read(f"{TLS[:200]}\n{TLS[200:]}").log) == 1


def test_an_object_that_never_closes(read):
    parts = read("\n".join([TLS, "{", '  "response_code": 200,', TLS, *["{"] * 500, TLS]))
    assert parts.log.line.tolist() == [1, 4, 505]
