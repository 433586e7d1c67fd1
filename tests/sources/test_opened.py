"""What a source is packed in does not matter; what is a trap is refused."""

import gzip
import io

import pyarrow as pa
import pytest

from egresslab.errors import EgresslabError
from egresslab.sources import TruncatedError, chunks_of, read_bytes

TEXT = b'{"configs": []}\n' * 1000


def packed(tmp_path, codec, data):
    path = tmp_path / f"dump.{codec}"
    with pa.OSFile(str(path), "wb") as file, pa.CompressedOutputStream(file, codec) as stream:
        stream.write(data)
    return path


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_packed_files_read_like_plain_ones(tmp_path, codec):
    assert read_bytes(packed(tmp_path, codec, TEXT)) == TEXT


def test_pieces_join_to_the_whole(tmp_path):
    assert b"".join(chunks_of(packed(tmp_path, "zstd", TEXT), 100)) == TEXT


def test_utf_16_becomes_utf_8(tmp_path):
    path = tmp_path / "dump.json"
    path.write_text("grüße", encoding="utf-16")
    assert read_bytes(path).decode() == "grüße"


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_data_that_ends_too_early_is_said(tmp_path, codec):
    path = packed(tmp_path, codec, bytes(range(256)) * 500)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(TruncatedError, match="ends too early"):
        read_bytes(path)


def test_a_bomb_is_refused():
    with pytest.raises(EgresslabError, match="unfolds to more than"):
        read_bytes(io.BytesIO(gzip.compress(bytes(100 << 20))))
