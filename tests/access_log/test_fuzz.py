"""Bytes of all kinds: a log is read or refused with an error of ours, and each of its lines is kept.

``EGRESSLAB_FUZZ=1000000 python -m pytest tests/access_log/test_fuzz.py`` tries a million inputs instead of a few.
"""

from __future__ import annotations

import contextlib
import io
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import egresslab as eg
from egresslab.access_log.block import Grammar
from egresslab.access_log.exports import is_export
from egresslab.access_log.format import named
from egresslab.access_log.scan import LogScan
from egresslab.errors import EgresslabError

MANY = int(os.environ.get("EGRESSLAB_FUZZ", "150"))
LINES = [line.encode() for name in named() for line in eg.sample_path(f"formats/{name}.log").read_text().splitlines()[:3]]
MARKS = [
    *["\n", "\r\n", "\r", " ", "\t", "\x00", "\ufeff", "\u00a0", "\u200b", "\u2028", "\x1b[31m", "\x1b[0m", "\x0b", "\x0c", "> ", "- ", "{\n", "\n}"],
    *[
        '"',
        "'",
        "...",
        "…",
        "-",
        "—",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "|",
        "│",
        "\\",
        '\\"',
        "&#34;",
        "“",
        "”",
        "`",
        "**",
        "# ",
        "$ ",
        "<snip>",
        "<br>",
    ],
    *["0", "200", "UF", "via_upstream", "outbound|80||x", "PassthroughCluster", "10.0.0.1:80"],
    *['"GET / HTTP/1.1"', '"- - -"', "2026-11-23T23:16:18.768Z", "2026-11-23T23:16:18.768Z\tinfo\tads\tx", "client istio-proxy "],
    *['{"level":"info","msg":"x"}', '"response_code":200', '"response_flags":null'],
]
PIECES = st.one_of(
    st.sampled_from(LINES),
    st.tuples(st.sampled_from(LINES), st.integers(0, 600), st.integers(0, 600)).map(lambda cut: cut[0][min(cut[1:]) : max(cut[1:])]),
    st.sampled_from([mark.encode() for mark in MARKS]),
    st.binary(max_size=12),
)
ENCODED = (b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"\x28\xb5")
GIVEN = st.sampled_from([None, None, None, "istio", "istio-json", "%DURATION% ms", "%REQ(A)% %REQ(B)%"])


def kept(file, pieces):
    """The numbers of the lines that stand somewhere: each in one place, but that a line may hold several entries."""
    messages = [m.line + n for m in file.messages for n in range(m.lines)]
    alone = [*file.joined, *messages, *(s.line for s in file.unread)]
    assert len(alone) == len(set(alone))
    entries = [n for p in pieces for t in p.tables for n in t["line"].to_pylist()]
    entries += [n for p in pieces for found in (p.loose.objects, p.loose.cut, *p.loose.texts.values()) for n, _ in found]
    assert len(entries) == file.rows
    assert set(alone).isdisjoint(entries)
    return {*alone, *entries}


@given(st.lists(PIECES, min_size=1, max_size=10).map(b"".join), GIVEN)
@settings(max_examples=MANY, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_a_log_or_refused(data, log_format):
    scan = LogScan([io.BytesIO(data)], log_format)
    with contextlib.suppress(EgresslabError):
        pieces = [piece for _, piece in scan.pieces()]
        lines = data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
        lost = {n for n, line in enumerate(lines, 1) if line.strip(b" \t\r\x0b\x0c\xef\xbb\xbf")} - kept(scan.files[0], pieces)
        assert not lost or data.startswith(ENCODED) or is_export(data, Grammar.of(log_format).keys)  # whose lines are its entries
        if len(data) % 8 == 0 and scan.files[0].rows:  # a frame takes ten times as long
            assert len(scan.framed([(scan.files[0], pieces)])) == scan.files[0].rows
