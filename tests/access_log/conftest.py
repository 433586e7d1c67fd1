"""Reading in tests: each time with the contract of the frames checked, and that no line is lost."""

from __future__ import annotations

import codecs
from functools import partial

import pytest

from egresslab.access_log import read_logs
from egresslab.access_log.lines import blocks_of
from egresslab.frames import flag_set, schema
from egresslab.sources import sources_of

ENCODED = (b"\x1f\x8b", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
KINDS = {"text": "str", "label": "category", "count": "Int64", "time": "datetime64[us, UTC]", "yes_no": "boolean"}


def assert_frame(frame, name):
    """The frame has the columns of the data dictionary, in order, with their types; labels are text."""
    assert list(frame.columns[: len(schema(name))]) == list(schema(name)) or name == "log"
    for column, field in schema(name).items():
        assert frame[column].dtype == KINDS[field.type], column
        if field.type == "label":
            assert frame[column].cat.categories.dtype == "str", column


def assert_log(log):
    assert_frame(log, "log")
    extra = [c for c in log.columns if c not in schema("log")]
    known = list(schema("log"))
    behind = known.index("failed")
    assert list(log.columns) == [*known[:behind], *extra, *known[behind:]]
    flags = set(log.response_flags.cat.categories)
    assert flags == {flag_set(f) for f in flags}
    assert not any(c in ("", "-") or c.endswith(";") for c in log.upstream_cluster.cat.categories)
    for column in log.columns.drop("response_flags"):
        values = log[column].cat.categories if log[column].dtype == "category" else log[column]
        assert values.dtype != "str" or not {"-", ""} & set(values), column
    assert log.failed.isna().equals(log.response_code.isna() & log.response_flags.isna())


def assert_nothing_lost(parts):
    """Each line is an entry, in a message, unread or blank; and each frame is in the order of the lines."""
    for file in parts.files:
        places = [f.loc[f["source"] == file.source, "line"].to_list() for f in (parts.log, parts.messages, parts.unread)]
        assert all(lines == sorted(lines) for lines in places)
        assert all(len(lines) == len(set(lines)) for lines in places[1:])
        messages = [m.line + n for m in file.messages for n in range(m.lines)]
        kept = [*set(places[0]), *file.joined, *messages, *places[2]]  # a line may hold two records
        assert len(kept) == len(set(kept))
        assert file.rows == len(places[0]) == file.formats.total()
        yield file, set(range(1, file.lines + 1)) - set(kept)


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Read text or bytes as a log file, in blocks of a size; other bytes than blank lines must all be kept somewhere."""

    def reading(data, *, format=None, size=None, name="sidecar.log"):  # noqa: A002
        path = tmp_path / name
        data = data if isinstance(data, bytes) else data.encode()
        path.write_bytes(data)
        if size:
            monkeypatch.setattr("egresslab.access_log.scan.blocks_of", partial(blocks_of, size=size))
        parts = read_logs(sources_of([path]), format)
        assert_log(parts.log)
        assert_frame(parts.messages, "messages")
        assert_frame(parts.unread, "unread")
        [(file, left)] = assert_nothing_lost(parts)
        if not data.startswith(ENCODED):
            data = data.removeprefix(b"\xef\xbb\xbf")
            lines = data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n") if data else []
            assert file.lines == len(lines)
            inside = {m.line + n for m in file.messages for n in range(m.lines)}
            assert left == {n for n, line in enumerate(lines, 1) if not line.strip()} - inside
        return parts

    return reading


@pytest.fixture
def row(read):
    """Read one line that must be one entry: its values by column, without those that are missing."""

    def reading(line, **how):
        log = read(line if isinstance(line, bytes) else line + "\n", **how).log
        assert len(log) == 1
        places = ["proxy", "source", "line"]
        return log.drop(columns=places).astype("object").iloc[0].dropna().to_dict()

    return reading
