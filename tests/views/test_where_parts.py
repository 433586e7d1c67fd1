"""`where` means the same on a part and on the whole: random logs, random cuts, random questions."""

from __future__ import annotations

import io

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from egresslab.frames import as_log, concat
from egresslab.views import EGRESS_CLASSES, where

CLUSTERS = [None, "PassthroughCluster", "outbound|443||a.example", "outbound|443||*.wild.example", "inbound|8080||", "odd (name)"]
FLAGS = [None, "-", "UF", "URX,UF", "UH", "NR", "ZZ"]
PATHS = [None, "/", "/ok", "/a*b", "/A.b", "/ünï\ncode"]
CODES = [None, 0, 200, 404, 503]
DURATIONS = [None, 0, 12, 4096, 70_000]
TIMES = [None, "2026-11-22T23:59:30Z", "2026-11-23T00:00:10Z", "2026-11-23T10:05:59.5Z"]

entries = st.fixed_dictionaries(
    {
        "upstream_cluster": st.sampled_from(CLUSTERS),
        "response_flags": st.sampled_from(FLAGS),
        "path": st.sampled_from(PATHS),
        "response_code": st.sampled_from(CODES),
        "duration_ms": st.sampled_from(DURATIONS),
        "start_time": st.sampled_from(TIMES),
        "route_name": st.sampled_from([None, "block_all", "default"]),
    }
)


def one_of_or_list(words):
    return st.one_of(st.sampled_from(words), st.lists(st.sampled_from(words), max_size=3))


questions = st.fixed_dictionaries(
    {},
    optional={
        "upstream_cluster": one_of_or_list(["-", "outbound|443||*", "*", "odd (*", "outbound|443||*.wild.example", "nowhere"]),
        "response_flags": one_of_or_list(["-", "UF", "U*", "URX,UF", "DC", "*"]),
        "path": one_of_or_list(["-", "/*", "/a*b", "*code", ""]),
        "response_code": st.one_of(st.sampled_from([0, 200, "-", ">=500", "200..499", "<1"]), st.lists(st.sampled_from(["-", 0, "503"]), max_size=3)),
        "duration_ms": st.sampled_from(["-", ">4095", "..12", 0]),
        "start_time": st.sampled_from(["-", "2026-11-23", "..2026-11-23T00:00", "23:59..00:00", "10:05", ">2026-11-22"]),
        "failed": st.sampled_from([True, False, "-", "true"]),
        "egress_class": one_of_or_list([*EGRESS_CLASSES, "-", "*Cluster"]),
        "text": one_of_or_list(["uf", "A.B", "a*b", "ÜNÏ", "(", "nothing at all"]),
        "req_x_tenant": st.sampled_from(["a", "-"]),
    },
)
queries = st.builds(lambda asked, exclude: {**asked, "exclude": exclude}, questions, questions)
logs = st.lists(entries, min_size=1, max_size=12).map(lambda rows: as_log(pd.DataFrame(rows)))


def lines_of(*frames):
    return sorted(line for frame in frames for line in frame["line"])


def through_parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return pd.read_parquet(file)


@settings(max_examples=40, deadline=None)
@given(logs, queries, st.data())
def test_where_gives_the_same_rows_on_parts_and_on_the_whole(log, query, data):
    part_of = pd.Series(data.draw(st.lists(st.integers(0, 2), min_size=len(log), max_size=len(log))))
    parts = [log[part_of == number] for number in range(3)]
    whole = lines_of(where(log, **query))
    assert lines_of(*(where(part, **query) for part in parts)) == whole
    assert lines_of(where(concat([*parts, parts[0].iloc[:0]]), **query)) == whole
    assert lines_of(where(through_parquet(log), **query)) == whole
    assert lines_of(where(pd.concat([part.astype("object") for part in parts]), **query)) == whole


@settings(max_examples=20, deadline=None)
@given(logs, queries)
def test_where_asks_twice_as_it_asks_once(log, query):
    found = where(log, **query)
    assert found.index.isin(log.index).all()
    assert where(found, **query).equals(found)


@settings(max_examples=25, deadline=None)
@given(logs, questions)
def test_what_passes_and_what_is_excluded_is_all(log, asked):
    for column, value in asked.items():
        passed, kept = where(log, **{column: value}), where(log, exclude={column: value})
        assert lines_of(passed, kept) == lines_of(log)


texts = st.text(alphabet=st.sampled_from('aA-*.\\|(["$ \n\té'), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=5), texts)
def test_patterns_are_literal_but_for_the_star(values, pattern):
    log = as_log(pd.DataFrame({"path": values, "user_agent": values}))
    expected = [v for v in log["path"].dropna() if pattern != "-" and like(v, pattern)]
    for column in ("path", "user_agent"):
        assert where(log, exclude={column: "-"}, **{column: pattern})[column].tolist() == expected


def like(text, pattern):
    """Match a pattern letter by letter: slow and obvious."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(like(text[at:], pattern[1:]) for at in range(len(text) + 1))
    return text[:1] == pattern[0] and like(text[1:], pattern[1:])
