"""Which formats of the mesh's own are read the fast way, and that it reads what the slow way reads."""

from __future__ import annotations

import pytest

from egresslab.access_log.block import Grammar, read_block
from egresslab.access_log.cast import to_frame
from egresslab.access_log.lines import Block
from egresslab.access_log.loose import Loose

FORMATS = {
    "a time with blanks": (
        '[%START_TIME(%d/%b/%Y:%H:%M:%S %z)%] "%REQ(:METHOD)% %REQ(:PATH)%" %RESPONSE_CODE% %DURATION%',
        '[24/Nov/2026:22:47:39 +0000] "GET /{n}" 200 {n}',
    ),
    "a time in a longer word": ("t=%START_TIME(%F %T.%3f)%Z %REQ(:PATH)% %RESPONSE_CODE%", "t=2026-11-24 22:47:39.763Z /{n} 200"),
    "a time padded with blanks": ("%START_TIME(%e %b %Y %T)% %REQ(:PATH)% %RESPONSE_CODE%", " 4 Nov 2026 22:47:39 /{n} 200"),
    "local time": ("%START_TIME_LOCAL% %REQ(:PATH)% %RESPONSE_CODE%", "2026-11-23T19:43:13.254+0100 /{n} 200"),
    "a time of day": ("%START_TIME(%T)% %REQ(:PATH)% %RESPONSE_CODE%", "19:43:13 /{n} 200"),
    "a certificate's time": ("%START_TIME% %UPSTREAM_PEER_CERT_V_END% %RESPONSE_CODE%", "2026-11-23T19:43:13.254Z - 200"),
    "adjacent operators": ("%START_TIME% %RESPONSE_CODE%%RESPONSE_FLAGS% %BYTES_SENT%", "2026-11-23T19:43:13.254Z 503UF,URX {n}"),
    "adjacent operators in doubt": ("%RESPONSE_CODE% %BYTES_SENT%%DURATION%", "503 {n}12"),
    "adjacent flags in doubt": ("%RESPONSE_CODE% %RESPONSE_FLAGS%%REQ(X-A)%", "503 UFA{n}"),
    "pipes": ("%START_TIME%|%REQ(:METHOD)%|%RESPONSE_CODE%|%REQ(USER-AGENT)%", "2026-11-23T19:43:13.254Z|GET|503|curl {n}"),
    "tabs": ("%START_TIME%\t%REQ(:METHOD)%\t%RESPONSE_CODE%\t%REQ(USER-AGENT)%", "2026-11-23T19:43:13.254Z\tGET\t503\tcurl {n}"),
    "commas and quotes": ('"%START_TIME%","%REQ(USER-AGENT)%",%DURATION%,%RESPONSE_CODE%', '"2026-11-23T19:43:13.254Z","a, {n}",{n},200'),
    "keys and values": ('ua="%REQ(USER-AGENT)%" dur=%DURATION%ms code=%RESPONSE_CODE%', 'ua="curl {n}" dur={n}ms code=200'),
}
SLOW = {"adjacent flags in doubt"}  # missing flags are the slow way's to tell from none
LINES = 300


def read(lines, given):
    grammar = Grammar.of(given)
    piece = read_block(Block(lambda: "\n".join(lines).encode()), grammar)
    piece.begin_at(1)
    return sum(t.num_rows for t in piece.tables), to_frame([*piece.tables, *piece.loose.tables(grammar.texts, grammar.keys)])


def read_slowly(lines, given):
    grammar, loose = Grammar.of(given), Loose()
    for number, line in enumerate(lines, 1):
        assert loose.take_whole(line.encode(), number, grammar.texts), line
    return to_frame(loose.tables(grammar.texts, grammar.keys))


@pytest.mark.parametrize("name", FORMATS)
def test_every_line_is_read_the_fast_way_and_alike(name):
    given, line = FORMATS[name]
    lines = [line.format(n=n) for n in range(LINES)]
    fast, frame = read(lines, given)
    slow = read_slowly(lines, given)
    assert fast == (0 if name in SLOW else LINES)
    assert frame[slow.columns].equals(slow)
    assert slow.response_code.notna().all()


@pytest.mark.parametrize("name", FORMATS)
def test_a_line_of_another_format_is_left_out_whatever_it_is(name):
    given, line = FORMATS[name]
    lines = [line.format(n=n) for n in range(LINES)]
    lines[7] = "x" + lines[7] + " x"
    grammar = Grammar.of(given)
    piece = read_block(Block(lambda: "\n".join(lines).encode()), grammar)
    assert piece.rows + len(piece.others) == LINES
    assert piece.others or name in ("pipes", "tabs", "adjacent flags in doubt")
