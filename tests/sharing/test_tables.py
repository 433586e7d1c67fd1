from __future__ import annotations

import pandas as pd
import pytest

from egresslab.errors import FrameError
from egresslab.frames import empty, typed
from egresslab.sharing import table

FILES = typed({"source": ["acme.log"], "kind": ["access log"], "proxy": ["a"], "bytes": [1234567], "sha256": ["ab"]}, "files")


def test_what_is_sensitive_stays_out_unless_asked():
    assert table(FILES, of="files").columns == ["kind", "proxy", "bytes", "sha256"]
    assert table(FILES, of="files", sensitive=True).columns[0] == "source"


def test_counts_have_separators_and_ports_have_none():
    hosts = typed({"host": ["a.example.com"], "port": [8443], "count": [8443]}, "hosts")
    assert table(hosts, of="hosts").rows == [["a.example.com", "8443", "8,443"]]


def test_the_day_is_written_once_where_all_times_have_it():
    times = pd.to_datetime(["2026-11-23T10:00:00Z", None, "2026-11-23T10:00:05Z"])
    day = table(pd.DataFrame({"first_seen": times}), of="hosts")
    assert day.rows == [["10:00:00"], [""], ["10:00:05"]]
    assert day.note == "times of 2026-11-23, UTC"
    assert table(pd.DataFrame({"first_seen": [*times, times[0] + pd.Timedelta("1D")]}), of="hosts").rows[0] == ["2026-11-23 10:00:00"]


def test_a_limit_says_itself():
    short = table(pd.DataFrame({"count": range(1000)}), of="hosts", limit=3)
    assert len(short.rows) == 3
    assert short.note == "3 of 1,000 rows"


def test_markup_and_hidden_characters_are_text():
    html = table(pd.DataFrame({"host": ["<b>a</b>\u202e"], "<i>": ["x"]}), of="hosts")._repr_html_()
    assert "<b>" not in html
    assert "<i>" not in html
    assert r"\u202e" in html


def test_sets_may_be_broken_and_numbers_may_not():
    html = table(pd.DataFrame({"response_flags": ["UF,URX"], "count": [1000]}), of="hosts")._repr_html_()
    assert "UF,<wbr>URX" in html
    assert "1,000" in html
    assert "response_<wbr>flags" in html


def test_it_is_plain_text_in_a_terminal():
    assert repr(table(pd.DataFrame({"host": ["a"], "failed": [True], "share": [0.12345]}), of="hosts")).split() == [
        "host",
        "failed",
        "share",
        "a",
        "True",
        "0.123",
    ]


def test_an_empty_frame_keeps_its_columns():
    none = table(empty("hosts"), of="hosts")
    assert none.columns[0] == "host"
    assert none.note == "no rows"
    assert repr(none) == "no rows"


def test_only_frames_of_the_house_are_known():
    with pytest.raises(FrameError, match="no frame is called 'host'"):
        table(FILES, of="host")
