"""A line written from any format that the compiler calls certain reads back equal; from any other, nothing that is read is wrong.

``EGRESSLAB_EXAMPLES=20000 pytest tests/access_log/test_format_round_trip.py`` looks longer.
"""

from __future__ import annotations

import datetime as dt
import json
import os

import pandas as pd
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from writing import written

from egresslab import envoy
from egresslab.access_log.block import Grammar, read_block
from egresslab.access_log.cast import to_frame
from egresslab.access_log.doubts import doubts_of
from egresslab.access_log.format import INSIDE, compile_format
from egresslab.access_log.lines import Block
from egresslab.access_log.loose import Loose
from egresslab.access_log.values import values_of

EXAMPLES = int(os.environ.get("EGRESSLAB_EXAMPLES", "60"))
SLOWLY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
TIMES = ["", "%s.%3f", "%s%6f", "%d/%b/%Y:%H:%M:%S %z", "%F %T.%6f", "%c", "%e %b %Y %k:%M:%S", "%Y-%m-%dT%H:%M:%E3S%Ez", "%T"]
OPERATORS = [r["example_format"] for r in envoy.rows("operators") if r["type"] != "time"]
OPERATORS += [f"%{name}({form})%" for name in ("START_TIME", "EMIT_TIME", "DOWNSTREAM_PEER_CERT_V_END") for form in TIMES]
COMMON = ["START_TIME", "RESPONSE_CODE", "RESPONSE_FLAGS", "DURATION", "BYTES_SENT", "REQ(:METHOD)", "REQ(USER-AGENT)", "UPSTREAM_CLUSTER"]
COMMON = [f"%{name}%" for name in COMMON]
BETWEEN = ["", " ", " ", " ", '"', '" "', '" ', ' "', "|", ", ", ",", "\t", "\t", ";", " - ", " key=", "] [", ":", "-", "''", " %% ", "\u00b7"]
PIECES = st.lists(st.tuples(st.sampled_from(BETWEEN), st.sampled_from(COMMON) | st.sampled_from(OPERATORS)), min_size=1, max_size=9)
TEXTS = st.builds(lambda pieces, end: "".join(between + operator for between, operator in pieces) + end, PIECES, st.sampled_from(BETWEEN))
WORD = st.text("abzAZ019/.:_%=?&@+#$!<>é中'|,;-", min_size=1, max_size=12)
TEXT = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
INSTANTS = st.integers(1_500_000_000, 1_900_000_000).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC))


def value_of(operator):
    """Values as Envoy writes them for an operator: as text, and as a reader must find it."""
    if operator.type == "time":
        return INSTANTS.map(lambda t: (time_text(t, operator.time_format), None if operator.lacks else t))
    if operator.type == "count":
        numbers = st.sampled_from([0, 200, 404, 503]) if operator.name == "RESPONSE_CODE" else st.integers(0, 10**15)
        return numbers.map(lambda n: (str(n), n))
    if operator.name in ("RESPONSE_FLAGS", "FAILURE_REASON"):
        flags = st.lists(st.sampled_from(["UF", "URX", "NR", "DC", "XYZ"]), max_size=3, unique=True)
        return flags.map(lambda f: (",".join(f) or "-", ",".join(sorted(f)) or "-"))
    words = WORD if " " not in values_of(operator).chars or operator.column.endswith(("_address", "_name")) else TEXT
    return st.sampled_from([("-", None)]) | words.filter(plain).map(lambda w: (w, w))


def plain(value):
    return value != "-" and "..." not in value and "~~" not in value and not value.endswith(";") and value.strip(" ") == value


def time_text(time, form):
    """Write a time as Envoy does, which for these forms is Python's own or a little beside it."""
    if not form:
        return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for envoys, fixed in (("%E3S", "%S.000"), ("%Ez", "+00:00"), ("%3f", "000"), ("%6f", "000000"), ("%k", f"{time.hour:2}"), ("%F", "%Y-%m-%d")):
        form = form.replace(envoys, fixed)
    return time.strftime(form.replace("%s", str(int(time.timestamp()))))


def entries_of(data, log_format):
    """Draw entries of a format: what is written by column, and what must be read."""
    drawn = [{o.column: data.draw(value_of(o)) for o in log_format.operators} for _ in range(data.draw(st.sampled_from([1, 3])))]
    assume(len({o.column for o in log_format.operators}) == len(log_format.operators))
    return [{c: text for c, (text, _) in e.items()} for e in drawn], [{c: true for c, (_, true) in e.items()} for e in drawn]


def fast(lines, given):
    grammar = Grammar.of(given)
    piece = read_block(Block(lambda: "\n".join(lines).encode()), grammar)
    piece.begin_at(1)
    return to_frame([*piece.tables, *piece.loose.tables(grammar.texts, grammar.keys)])


def slow(lines, given):
    grammar, loose = Grammar.of(given), Loose()
    for number, line in enumerate(lines, 1):
        assert loose.take_whole(line.encode(), number, grammar.texts), line
    return to_frame(loose.tables(grammar.texts, grammar.keys))


def seen(log, columns):
    rows = log[columns].astype("object").itertuples(index=False)
    return [{c: None if pd.isna(v) else v for c, v in zip(columns, row, strict=True)} for row in rows]


@SLOWLY
@given(text=TEXTS, data=st.data())
def test_what_a_certain_format_writes_reads_back_equal(text, data):
    log_format = compile_format(text)
    in_doubt = {c for d in doubts_of(log_format) for c in d.columns}
    entries, true = entries_of(data, log_format)
    lines = [written(log_format, e) for e in entries]
    assume(all(line.strip() and not line.startswith("{") for line in lines))
    for log in (fast(lines, text), slow(lines, text)):
        columns = [o.column for o in log_format.operators]
        for found, entry in zip(seen(log, columns), true, strict=True):
            assert {c: v for c, v in found.items() if c not in in_doubt} == {c: v for c, v in entry.items() if c not in in_doubt}
            assert all(found[c] in (entry[c], None) for c in in_doubt)


KEYS = st.text("abXY.-_", min_size=1, max_size=4)
OBJECTS = st.recursive(
    st.sampled_from(COMMON) | st.sampled_from(OPERATORS) | st.sampled_from([7, True, None, "text", "100%%"]),
    lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=2),
    max_leaves=6,
)


def filled(template, log_format, entry, within=""):
    """Write a JSON format's template as Envoy does: numbers typed, what is missing null."""
    if isinstance(template, dict):
        return {k: filled(v, log_format, entry, f"{within}{k}{INSIDE}") for k, v in template.items()}
    if isinstance(template, list):
        return [filled(v, log_format, entry, f"{within}{n}{INSIDE}") for n, v in enumerate(template)]
    parts = log_format.keys.get(within.removesuffix(INSIDE))
    if parts is None:
        return template
    value = entry[parts[0].column]
    return value.isoformat().replace("+00:00", ".000Z") if isinstance(value, dt.datetime) else value


@SLOWLY
@given(template=st.dictionaries(KEYS, OBJECTS, min_size=1, max_size=4), data=st.data())
def test_what_a_json_format_writes_reads_back_equal(template, data):
    template["code"] = "%RESPONSE_CODE%"
    log_format = compile_format(template)
    assume(all(not o.time_format for o in log_format.operators))
    _, true = entries_of(data, log_format)
    lines = [json.dumps(filled(template, log_format, entry), ensure_ascii=False) for entry in true]
    assert seen(fast(lines, template), list(true[0])) == true
