"""The kernel: it reads what Arrow's readers read, cell by cell, and refuses what they refuse."""

from __future__ import annotations

import zlib
from importlib.resources import files

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egresslab import read_access_log, sample_path
from egresslab.access_log import compiled
from egresslab.access_log.cast import typed_columns
from egresslab.access_log.format import compile_format, named
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.plan import plan_of
from egresslab.access_log.steps import json_steps, text_steps
from egresslab.access_log.text import read_text

ALL = lambda _: True  # noqa: E731
FORMATS = [f for f in named().values() if f.kind == "text" and plan_of(f) and text_steps(plan_of(f))]
EXAMPLES = [sample_path(f"formats/{name}.log").read_bytes() for name in ("istio", "istio-1.8", "istio-1.3", "envoy")]
JSON = b'{"response_code":%s,"response_flags":%s,"start_time":"2026-11-23T19:43:13.254Z","path":%s}\n'


def plain(columns):
    return {name: (v.dictionary_decode() if pa.types.is_dictionary(v.type) else v).to_pylist() for name, v in columns.items()}


def both(block, log_format):
    """Read a block by both ways: rows and columns of each."""
    plan = plan_of(log_format)
    rows, raw = compiled.read_steps(block, text_steps(plan), ALL)
    slow, slow_raw = read_text(block, block.count(b"\n"), plan)
    return (rows.tolist(), plain(typed_columns(raw, log_format.operators, clean=True))), (
        slow.tolist(),
        plain(typed_columns(slow_raw, log_format.operators)),
    )


@pytest.fixture(params=["kernel", "Arrow"])
def way(request, monkeypatch):
    """Read everything by one of the two ways."""
    monkeypatch.setattr(compiled, "_PAYS", 0 if request.param == "kernel" else 1 << 60)
    return request.param


def test_the_kernel_is_made_of_its_source():
    source = files("egresslab.access_log").joinpath("columns.c").read_bytes()
    assert compiled._kernel().call("source") == zlib.crc32(source)


@pytest.mark.parametrize("log_format", FORMATS, ids=lambda f: f.name)
def test_the_kernel_reads_each_format_as_arrow_does(log_format):
    fast, slow = both(b"".join(EXAMPLES), log_format)
    assert fast == slow


@given(st.lists(st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 400), st.binary(max_size=6)), max_size=12))
def test_the_kernel_refuses_what_arrow_refuses(damages):
    lines = []
    for data, at, junk in damages:
        line = data.split(b"\n")[0]
        lines.append(line[:at] + junk.replace(b"\n", b"").replace(b"\r", b"") + line[at:])
    block = b"".join(line + b"\n" for line in (*lines, EXAMPLES[0].split(b"\n")[0]) if line.isascii())
    for log_format in (named()["istio"], named()["envoy"]):
        (rows, columns), (slow, slow_columns) = both(block, log_format)
        assert set(rows) <= set(slow)  # what it leaves is read by the pattern
        at = [slow.index(row) for row in rows]
        assert columns == {name: [values[n] for n in at] for name, values in slow_columns.items() if name in columns} or not rows


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters='"\n\r'), max_size=40), min_size=1, max_size=300))
def test_labels_and_texts_of_any_kind_and_number_come_back(words):
    log_format = compile_format('%RESPONSE_CODE% "%REQ(USER-AGENT)%" "%REQ(X)%" -')
    block = "".join(f'200 "{word}" "{word}" -\n' for word in words).encode()
    _, raw = compiled.read_steps(block, text_steps(plan_of(log_format)), ALL)
    expected = [None if word in ("", "-") else word for word in words]
    assert plain(raw) == {"response_code": [200] * len(words), "user_agent": expected, "req_x": expected}


@pytest.mark.parametrize(
    ("code", "flags", "path", "fits"),
    [
        (b"200", b'"-"', b'"/"', True),
        (b'"200"', b"null", b"null", True),
        (b"null", b'"UF"', b'""', True),
        (b"-5", b'"UF"', b'"-"', True),
        (b"01", b'"UF"', b'"/"', False),
        (b"1.5", b'"UF"', b'"/"', False),
        (b"true", b'"UF"', b'"/"', False),
        (b"200", b'"UF"', b'"/\\u0061"', False),
        (b"200", b'"UF"', b'"/\t"', False),
        (b"200", b"5", b'"/"', False),
        (b"200", b'"UF"', b'"/","x":"1"', False),
    ],
)
def test_json_that_is_not_as_the_first_entry_is_left(code, flags, path, fits):
    steps = json_steps(JSON % (b"200", b'"UF"', b'"/"'), Keys())
    rows, raw = compiled.read_steps(JSON % (code, flags, path), steps, ALL)
    assert (len(rows) == 1) == fits
    if fits:  # a dash says that there are no flags, null says nothing
        assert plain(raw)["response_flags"] == [None if flags == b"null" else flags.decode().strip('"')]


def test_json_without_simple_values_has_no_steps():
    assert json_steps(b'{"response_code":200,"response_flags":"UF","start_time":"x","path":{"a":1}}\n', Keys()) is None
    assert json_steps(b'{"response_code":200.5,"response_flags":"UF","start_time":"x"}\n', Keys()) is None


def test_numbers_that_no_column_holds_and_impossible_times_are_left():
    log_format = compile_format("[%START_TIME%] %BYTES_SENT% x")
    times = [b"2026-11-23T19:43:13.254Z", b"2026-13-23T19:43:13.254Z", b"2026-11-23T24:43:13.254Z", b"2026-11-23 19:43:13.254Z", b"-"]
    numbers = [b"5", b"-", b"1234567890123456789", b"-1", b"+1", b"1e3"]
    block = b"".join(b"[%s] %s x\n" % (t, n) for t in times for n in numbers)
    rows, raw = compiled.read_steps(block, text_steps(plan_of(log_format)), ALL)
    assert rows.tolist() == [0, 1, 3]
    assert raw["bytes_sent"].to_pylist() == [5, None, -1]
    assert raw["start_time"].to_pylist() == [np.datetime64("2026-11-23T19:43:13.254", "us").astype("int64")] * 3


def test_a_block_of_blank_lines_takes_little_memory():
    block = b"\n" * 4_000_000
    rows, _ = compiled.read_steps(block, text_steps(plan_of(named()["istio"])), ALL)
    assert len(rows) == 0
    assert compiled._kernel().size() < 128 << 20


@pytest.mark.parametrize("sample", ["busy/sidecar.log.gz", "formats/istio-json.log", "formats/istio-1.3.log", "json/sidecar.json.log"])
def test_a_log_reads_alike_by_both_ways(sample, monkeypatch):
    logs = []
    for pays in (0, 1 << 60):
        monkeypatch.setattr(compiled, "_PAYS", pays)
        logs.append(read_access_log(sample_path(sample)))
    assert len(logs[0])
    pd.testing.assert_frame_equal(*logs)


def test_without_wasmtime_arrow_reads(monkeypatch):
    monkeypatch.setattr(compiled, "_PAYS", 0)
    monkeypatch.setattr(compiled, "_program", lambda: None)
    assert len(read_access_log(sample_path("formats/istio.log"))) == 6


@pytest.mark.parametrize("count", range(1, 9))
def test_any_number_of_distinct_values_between_literals(count, way, read):
    """Arrow cuts off what stands before a value, and failed where nothing stood behind it."""
    text = "".join(f"code={200 + n % count} host=h{n % count} x\n" for n in range(200))
    log = read(text, format="code=%RESPONSE_CODE% host=%REQ(:AUTHORITY)% x").log
    assert log.authority.tolist() == [f"h{n % count}" for n in range(200)]
