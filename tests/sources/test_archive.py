"""Archives are read member by member, in memory; what is a trick or a trap is not read, and said."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile

import pyarrow as pa
import pytest

from egresslab.errors import EgresslabError
from egresslab.sources import TruncatedError
from egresslab.sources.archive import is_archive, members_of, read_member

FILES = {"bug-report/proxies/shop/cart-1/clusters": b"a::b::c\n" * 1000, "bug-report/versions": b"1.31\n", "bug-report/empty": b""}
NOISE = random.Random(0).randbytes(100_000)  # so that packed is as long


def tarred(files, *, more=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for info in more:
            tar.addfile(info)
    return out.getvalue()


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def zstd(data):
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
    return out.getvalue().to_pybytes()


PACKED = {"tar": tarred, "tar.gz": lambda files: gzip.compress(tarred(files)), "tar.zst": lambda files: zstd(tarred(files)), "zip": zipped}


def read(source):
    return {m.name: m.stream.read(1 << 30) if m.stream else m.because for m in members_of(source)}


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("how", ["path", "stream"])
def test_every_kind_gives_its_files(tmp_path, kind, how):
    data = PACKED[kind](FILES)
    (tmp_path / "a").write_bytes(data)
    source = tmp_path / "a" if how == "path" else io.BytesIO(data)
    assert read(source) == FILES


@pytest.mark.parametrize("kind", PACKED)
def test_a_member_is_opened_again(tmp_path, kind):
    (tmp_path / "a").write_bytes(PACKED[kind](FILES))
    assert read_member(tmp_path / "a", "bug-report/versions").read() == b"1.31\n"
    with pytest.raises(EgresslabError, match="no file gone any more"):
        read_member(tmp_path / "a", "gone")


def test_they_are_known_by_their_first_bytes():
    assert is_archive(tarred(FILES))
    assert is_archive(zipped(FILES))
    assert not is_archive(b"PK is no zip")
    assert not is_archive(b"")


def links():
    for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("null", tarfile.CHRTYPE), ("pipe", tarfile.FIFOTYPE)):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        yield info


def test_links_and_devices_are_not_read():
    found = read(io.BytesIO(tarred({"a": b"1"}, more=links())))
    assert found["a"] == b"1"
    assert found["soft"] == found["hard"] == "a link (to /etc/passwd): not followed"
    assert found["null"] == found["pipe"] == "a device, pipe or sparse file: not read"


def test_a_link_in_a_zip_is_not_read():
    info = zipfile.ZipInfo("soft")
    info.external_attr = 0o120777 << 16
    assert read(io.BytesIO(zipped({info: b"/etc/passwd"}))) == {"soft": "a link or device: not followed"}


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "..\\x", "C:\\x"])
@pytest.mark.parametrize("pack", [tarred, zipped])
def test_paths_that_lead_out_are_not_read(pack, name):
    found = read(io.BytesIO(pack({name: b"1", "a": b"2"})))
    assert found.pop("a") == b"2"
    assert all("leads out of the archive" in because for because in found.values())


def test_a_second_file_of_a_name_is_not_read():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for data in (b"1", b"2"):
            info = tarfile.TarInfo("./a")
            info.size = 1
            tar.addfile(info, io.BytesIO(data))
    first, second = members_of(io.BytesIO(out.getvalue()))
    assert (first.name, first.because) == ("a", None)
    assert (second.name, second.because) == ("a", "a second file of this name: the first was read")


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["tar", "gzip"])
@pytest.mark.parametrize("left", [0.7, 0.3])
def test_a_cut_archive_gives_what_came_before_and_says_so(pack, left):
    data = pack(tarred({"a": NOISE, "b": NOISE}))
    found, read_until = {}, pytest.raises(TruncatedError, match="ends too early; what came before was read")
    with read_until:
        for member in members_of(io.BytesIO(data[: int(left * len(data))])):
            found[member.name] = b""
            while piece := member.stream.read(1000):
                found[member.name] += piece
    assert (found["a"] == NOISE) == (left > 0.5)
    assert all(data == NOISE[: len(data)] for data in found.values())
    assert sum(map(len, found.values())) > left * len(NOISE)


def test_a_cut_archive_of_zstandard_says_so():
    with pytest.raises(TruncatedError, match="ends too early; what came before was read"):
        read(io.BytesIO(zstd(tarred({"a": NOISE}))[:-20]))


def test_a_damaged_header_is_no_end():
    data = bytearray(tarred({"a": NOISE, "b": NOISE}))
    at = data.index(b"b\0", 512 + len(NOISE))
    data[at : at + 512] = b"\xff" * 512
    with pytest.raises(TruncatedError, match="damaged"):
        read(io.BytesIO(bytes(data)))


def test_a_cut_zip_says_so():
    with pytest.raises(EgresslabError, match=r"no zip archive that can be read.*may be cut off"):
        read(io.BytesIO(zipped({"a": NOISE})[:-50]))


def test_a_damaged_member_of_a_zip_says_so_when_it_is_read():
    data = bytearray(zipped({"a": NOISE, "b": b"2"}))
    data[100:200] = bytes(100)
    members = members_of(io.BytesIO(bytes(data)))
    with pytest.raises(TruncatedError, match="damaged"):
        next(members).stream.read(1 << 20)
    assert next(members).stream.read(10) == b"2"


def test_an_encrypted_zip_says_so():
    data = bytearray(zipped({"a": b"1"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(EgresslabError, match="encrypted; unpack it and give the folder"):
        read(io.BytesIO(bytes(data)))


def test_a_bomb_is_refused():
    with pytest.raises(EgresslabError, match="unfolds to more than"):
        read(io.BytesIO(gzip.compress(tarred({"a": bytes(70 << 20)}))))
    found = read(io.BytesIO(zipped({"a": bytes(70 << 20), "b": b"2"})))
    assert "unfolds to 70 MB" in found["a"]
    assert found["b"] == b"2"


def test_many_small_traps_are_refused_together():
    with pytest.raises(EgresslabError, match="unfolds to more than"):
        list(members_of(io.BytesIO(zipped({f"{n}": bytes(20 << 20) for n in range(5)}))))


def test_a_bad_name_stays_text_that_can_be_written():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("a\udcff"))
    assert [m.name for m in members_of(io.BytesIO(out.getvalue()))] == ["a\\udcff"]
