"""What a proxy writes is what is read: every named format, any values that the format can tell apart, by every way of reading."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from writing import written

from egresslab.access_log.block import Grammar, read_block
from egresslab.access_log.cast import to_frame
from egresslab.access_log.format import compile_format, named
from egresslab.access_log.lines import Block
from egresslab.access_log.loose import Loose

START = dt.datetime(2016, 1, 1, tzinfo=dt.UTC)
TIMES = st.integers(0, 30 * 365 * 86_400_000).map(lambda ms: (START + dt.timedelta(milliseconds=ms)).isoformat(timespec="milliseconds"))


def text(exclude, **how):
    """Any text that JSON can hold and that has no dots for an elision in it; how a field differs from Envoy's dash."""
    letters = st.characters(exclude_characters=exclude, exclude_categories=["Cs"])
    return st.text(letters, min_size=1, max_size=30, **how).filter(lambda v: v != "-" and "..." not in v and "…" not in v)


LINE_ENDS = "\n\r"
TOKEN = text(' "\t\v\f\x1c\x1d\x1e\x1f\x85\xa0' + LINE_ENDS).filter(lambda v: not any(c.isspace() for c in v) and not v.endswith(";"))
QUOTED = text('"' + LINE_ENDS)
FLAGS = st.lists(st.sampled_from(["UF", "URX", "UH", "NR", "DC", "UC", "UO", "XYZ"]), max_size=3, unique=True).map(
    lambda f: ",".join(sorted(f)) or "-"
)
COUNT = st.one_of(st.none(), st.integers(0, 10**17))
VALUES = {
    "start_time": TIMES.map(lambda t: t.replace("+00:00", "Z")),
    "method": st.sampled_from(["GET", "POST", "M-SEARCH", "CONNECT"]),
    "protocol": st.sampled_from(["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3"]),
    "response_code": st.sampled_from([0, 100, 200, 301, 404, 503]),
    "response_flags": FLAGS,
    "path": QUOTED.map(lambda v: "/" + v),
}
KINDS = {"digits": COUNT, "token": st.none() | TOKEN, "free": st.none() | TOKEN}
QUOTED_FIELDS = ("user_agent", "x_forwarded_for", "request_id", "authority", "istio_policy_status", "upstream_transport_failure_reason")
ENTRY = st.fixed_dictionaries(
    {
        o.column: VALUES.get(o.column, st.none() | QUOTED if o.column in QUOTED_FIELDS and o.values == "free" else KINDS[o.values])
        for f in named().values()
        for o in f.operators
    }
)


def true(entry, columns):
    """The values of an entry as a reader must find them."""
    return {c: dt.datetime.fromisoformat(entry[c]) if c == "start_time" else entry[c] for c in columns}


def seen(log, columns):
    rows = log[columns].astype("object").itertuples(index=False)
    return [{c: None if pd.isna(v) else v for c, v in zip(columns, row, strict=True)} for row in rows]


@pytest.mark.parametrize("name", named())
@given(entries=st.lists(ENTRY, min_size=1, max_size=12), end=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_way_of_reading_reads_what_was_written(name, read, entries, end):
    columns = [o.column for o in compile_format(name).operators]
    lines = [written(compile_format(name), entry) for entry in entries]
    data = end.join([*lines, ""])
    assert seen(read(data, format=name).log, columns) == [true(e, columns) for e in entries]
    assert seen(one_by_one(lines, name), columns) == [true(e, columns) for e in entries]
    clear = [c for c in columns if c not in ("upstream_transport_failure_reason", "istio_policy_status")]  # 1.1 and 1.8 write them alike
    assert seen(read(data).log, clear) == [true(e, clear) for e in entries]


def one_by_one(lines, name):
    """Read lines the slow way."""
    grammar, loose = Grammar.of(name), Loose()
    for number, line in enumerate(lines, 1):
        assert loose.take_whole(line.encode(), number, grammar.texts) or loose.take_object(line, number, grammar.keys)
    return to_frame(loose.tables(grammar.texts, grammar.keys))


AGENTS = ["curl/7.88.1", 'say "hi"', '" "', 'a" "b', "\ttab", "é", "x" * 300, '"', "- -", "{}", "0 UF"]


@pytest.mark.parametrize("name", ["istio", "istio-1.1", "envoy", "istio-json", "envoy-gateway-json"])
def test_the_fast_and_the_slow_ways_agree_on_many_lines(name):
    """Hostile lines among plain ones: whichever way takes a line, the frame is the same."""
    entry = {o.column: None for o in named()[name].operators}
    entry |= {"start_time": "2026-11-23T23:16:18.768Z", "method": "GET", "protocol": "HTTP/2", "response_code": 503, "response_flags": "URX,UF"}
    entries = [
        entry | {"path": f"/{n}", "user_agent": AGENTS[n % len(AGENTS)], "bytes_sent": n, "upstream_cluster": f"c{n % 5};"} for n in range(400)
    ]
    lines = [written(named()[name], e) for e in entries]
    piece = read_block(Block(lambda: "\n".join(lines).encode()), Grammar.of(name))
    piece.begin_at(1)
    mixed, slow = to_frame([*piece.tables, *piece.loose.tables(Grammar.of(name).texts, Grammar.of(name).keys)]), one_by_one(lines, name)
    assert piece.tables  # the fast way took some
    assert mixed[slow.columns].equals(slow)
    assert slow.user_agent.tolist() == [e["user_agent"] for e in entries]
    assert set(slow.response_flags) == {"UF,URX"}
