"""Where logs come from: plain and compressed files, globs, streams and standard input, whole and damaged."""

from __future__ import annotations

import gzip
import io
import sys

import pytest

import egresslab as eg
from egresslab.errors import EgresslabError

LINES = eg.sample_path("formats/istio.log").read_bytes()
ROWS = LINES.count(b"\n")


def test_gzip_of_several_members(read):
    """Rotated logs are put together with cat, and zlib's buffer is full of such seams."""
    whole, member = read(LINES * 3).log, gzip.compress(LINES)
    parts = read(member * 3, name="sidecar.log.gz")
    assert parts.log.drop(columns="source").equals(whole.drop(columns="source"))
    assert read(member * 3, name="sidecar.log.gz", size=7).log.equals(parts.log)
    assert read(member + bytes(512), name="sidecar.log.gz").log.line.tolist() == list(range(1, ROWS + 1))


@pytest.mark.parametrize("size", [None, 50, 999])
def test_gzip_in_blocks(size, read):
    parts = read(gzip.compress(LINES * 20), name="sidecar.log.gz", size=size)
    assert parts.log.line.tolist() == list(range(1, 20 * ROWS + 1))


def test_truncated_gzip_keeps_its_rows_and_says_so(read):
    lines = b"".join(LINES.replace(b"/ok", b"/%d" % n) for n in range(300))
    parts = read(gzip.compress(lines)[:-200], name="sidecar.log.gz")
    assert len(parts.log) > 0
    assert parts.log.line.tolist() == list(range(1, len(parts.log) + 1))
    assert parts.unread.reason.tolist() == ["its compressed data ends too early; what came before was read, ask for the file again"]
    assert parts.unread.line.item() == parts.files[0].lines + 1


@pytest.mark.parametrize("cut", [2, 10, 18, 60])
def test_gzip_of_which_nothing_is_left(cut, read):
    with pytest.raises(EgresslabError, match="compressed data ends too early"):
        read(gzip.compress(LINES)[:cut], name="sidecar.log.gz")


def test_damaged_gzip_keeps_its_rows_and_says_so(read):
    data = gzip.compress(b"".join(LINES.replace(b"/ok", b"/%d" % n) for n in range(300)))
    parts = read(data[:-400] + bytes(b ^ 0x5A for b in data[-400:-300]) + data[-300:], name="sidecar.log.gz")
    assert "compressed data is damaged" in parts.unread.reason.iloc[-1]
    assert len(parts.log) > 200 * ROWS
    assert (parts.log.path.dropna() == "/0").sum() == 2


def test_several_files_and_globs(tmp_path):
    for name in ("b.log", "a.log", "c.log.gz"):
        (tmp_path / name).write_bytes(gzip.compress(LINES) if name.endswith("gz") else LINES)
    (tmp_path / "d.log").mkdir()
    log = eg.read_access_log(tmp_path / "b.log", str(tmp_path / "[ac].lo*"))
    assert log.proxy.tolist() == [*["b"] * ROWS, *["a"] * ROWS, *["c"] * ROWS]
    assert log.source.tolist() == [(tmp_path / name).as_posix() for name in ("b.log", "a.log", "c.log.gz") for _ in range(ROWS)]
    assert log.line.tolist() == [*range(1, ROWS + 1)] * 3


def test_a_file_that_is_given_twice_is_read_once(tmp_path):
    """As when a name and a glob meet: counts would be wrong, and places would name two rows."""
    path = tmp_path / "a.log"
    path.write_bytes(LINES)
    assert len(eg.read_access_log(path, str(tmp_path / "*.log"), tmp_path / "." / "a.log")) == ROWS


def test_a_name_with_the_marks_of_a_glob(tmp_path):
    path = tmp_path / "sidecar[1].log"
    path.write_bytes(LINES)
    assert len(eg.read_access_log(path)) == ROWS


def test_streams(tmp_path):
    path = tmp_path / "x.log"
    path.write_bytes(LINES)
    with path.open("rb") as binary, path.open(encoding="utf-8") as text:
        both = eg.read_access_log(binary, text)
    assert len(both) == 2 * ROWS
    assert set(both.source) == {str(path)}
    for stream in (io.BytesIO(LINES), io.StringIO(LINES.decode()), io.BytesIO(gzip.compress(LINES))):
        log = eg.read_access_log(stream)
        assert len(log) == ROWS
        assert set(log.source) == {"<stream>"}


def test_a_stream_that_hands_out_little_at_a_time():
    class Slow(io.RawIOBase):
        data = io.BytesIO(LINES)

        def readable(self):
            return True

        def readinto(self, buffer):
            piece = self.data.read(min(7, len(buffer)))
            buffer[: len(piece)] = piece
            return len(piece)

    assert len(eg.read_access_log(Slow())) == ROWS


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINES)))
    log = eg.read_access_log("-")
    assert len(log) == ROWS
    assert set(log.source) == {"<stdin>"}


@pytest.mark.parametrize("name", ["istio", "istio-json"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_byte_order_mark(name, encoding, packed, tmp_path):
    """Windows editors and PowerShell leave one at the beginning of what they save."""
    text = eg.sample_path(f"formats/{name}.log").read_text()
    (tmp_path / "plain.log").write_text(text)
    (tmp_path / "marked.log").write_bytes(packed(text.encode(encoding)))
    plain, marked = (eg.read_access_log(tmp_path / f).drop(columns=["source", "proxy"]) for f in ("plain.log", "marked.log"))
    assert marked.equals(plain)


def test_what_is_no_file_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "sidecar.log").write_bytes(LINES)
    with pytest.raises(EgresslabError, match=r"is a folder; eg\.read_case\("):
        eg.read_access_log(tmp_path)
    with pytest.raises(EgresslabError, match=r"no file .*sidcar\.log; near it: sidecar\.log"):
        eg.read_access_log(tmp_path / "sidcar.log")
    with pytest.raises(EgresslabError, match="holds no file"):
        eg.read_access_log(tmp_path / "none" / "x.log")
    with pytest.raises(EgresslabError, match=r"no file .*\*\.txt"):
        eg.read_access_log(tmp_path / "*.txt")
    with pytest.raises(EgresslabError, match="nothing to read was given"):
        eg.read_access_log()


def test_a_file_is_named_by_its_stem(tmp_path):
    for path in ("one/sidecar.log.1", "two/sidecar.json.log.gz", "one/gateway.log"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(LINES)
    log = eg.read_access_log(*sorted(tmp_path.glob("*/*")))
    assert {proxy.removeprefix(f"{tmp_path.as_posix()}/") for proxy in log.proxy} == {"one/sidecar", "two/sidecar", "gateway"}
