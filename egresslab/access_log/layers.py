"""The wrapping of a log, taken off block by block, one layer after another, before the lines are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.lib.stride_tricks import sliding_window_view

from egresslab.access_log import exports
from egresslab.access_log.bare import DEEPEST, GROUPS, Known, in_prefix, in_shape, reads
from egresslab.access_log.format import LogFormat
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.lines import HEAD, Block, beginning_of
from egresslab.access_log.origin import Inner, Origin, Whose, assembled, labels_of
from egresslab.access_log.parts import Parts, in_parts
from egresslab.access_log.wrappings import Prefix, prefixes

_LINES = 50  # lines looked at to find a wrapping
_WIDEST = 1024  # bytes of a prefix; longer ones name nobody

Layer = Callable[[Iterable[Block]], Iterator[Block]]


def unwrapped(blocks: Iterator[Block], formats: Sequence[LogFormat], keys: Keys | None) -> Iterator[Block]:
    """Take the wrapping off a log, found out from its beginning; blocks without one come as they are.

    Raises
    ------
    TruncatedError
        After the last block, when the data ends too early.
    """
    for depth in range(DEEPEST):
        head, blocks = beginning_of(blocks)
        layer = _layer(head, partial(reads, formats=formats, keys=keys), keys, whole=depth == 0)
        if layer is None:
            break
        blocks = layer(blocks)
    return blocks


def is_wrapped(head: bytes, formats: Sequence[LogFormat], keys: Keys | None) -> bool:
    """Tell whether the lines of a file are wrapped, by its beginning."""
    return _layer(head[:HEAD], partial(reads, formats=formats, keys=keys), keys, whole=True) is not None


def _layer(head: bytes, known: Known, keys: Keys | None, *, whole: bool) -> Layer | None:
    """Find the outermost layer of a log: what is sure by its marks, else what makes lines known that are not."""
    if whole and exports.is_export(head, keys):
        return partial(exports.opened, keys=keys)
    lines = _sample(head)
    found = [f for line in lines if (f := in_shape(line, keys)).shape]
    sure = all(f.shape and f.shape.sure for f in found)
    if _many(found, lines) and (sure or _score([f.text for f in found], known) > _score(lines, known)):
        return partial(_objects, keys=keys)
    prefix = _prefix(lines, known)
    return partial(_cut, prefix=prefix) if prefix else None


def _sample(head: bytes) -> list[bytes]:
    lines = [line for line in head.split(b"\n") if line.strip()]
    return lines[:-1][:_LINES] if len(head) == HEAD and len(lines) > 1 else lines[:_LINES]


def _many(found: Sequence[Any], lines: Sequence[bytes]) -> bool:
    return 0 < len(lines) <= 2 * len(found)


def _prefix(lines: Sequence[bytes], known: Known) -> Prefix | None:
    """Choose the prefix behind which most lines are known, more than without it."""
    if sure := next((p for p in prefixes() if p.sure and _many(_behind(p, lines), lines)), None):
        return sure
    bare = sum(map(known, lines))
    if 2 * bare >= len(lines):
        return None
    scores = {p: _score(inner, known) for p in prefixes() if _many(inner := _behind(p, lines), lines)}
    best = max(scores, key=lambda p: scores[p], default=None)
    return best if best and scores[best] > bare else None


def _behind(prefix: Prefix, lines: Sequence[bytes]) -> list[bytes]:
    return [line[found.end() :] for line in lines if (found := prefix.alone.match(line))]


def _score(lines: Sequence[bytes], known: Known) -> int:
    """Count the lines that are known, perhaps behind more prefixes."""
    return sum(known(line) or in_prefix(line, known) is not None for line in lines)


def _cut(blocks: Iterable[Block], prefix: Prefix) -> Iterator[Block]:
    """Cut a prefix off lines, all of a block at once; lines without it stay as they are."""
    return in_parts(blocks, partial(_cut_block, prefix=prefix))


def _cut_block(block: Block, parts: Parts, prefix: Prefix) -> tuple[bytes, Origin]:
    if parts.open or (prefix.has_parts and (b" P " in block.data or b" P:" in block.data)):
        return _join_block(block, parts, prefix)
    lines = prefix.behind.findall(block.data)
    text = b"\n".join((*lines, b""))
    return text, Origin(len(lines), np.arange(len(lines)), _named(block.data, text, prefix) if prefix.names else {})


def _named(data: bytes, text: bytes, prefix: Prefix) -> dict[str, Any]:
    """Tell who wrote each line: a prefix is what a line has more than the text in it, and there are few of them."""
    ends, inner = (np.flatnonzero(np.frombuffer(d, np.uint8) == ord("\n")) for d in (data, text))
    more = np.diff(ends, prepend=-1) - np.diff(inner, prepend=-1)
    width = min(max(1, int(more.max(initial=0))), _WIDEST)
    starts = np.concatenate([[0], ends[:-1] + 1])
    heads = sliding_window_view(np.frombuffer(data + bytes(width), np.uint8), width)[starts]
    heads[np.arange(width) >= more[:, None]] = 0
    few = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(heads), [None, pa.py_buffer(heads)]).dictionary_encode()
    found = [prefix.alone.match(head.rstrip(b"\0")) for head in few.dictionary.to_pylist()]
    groups = [[(f.groupdict().get(name) or b"") if f else b"" for f in found] for name in GROUPS]
    return {name: labels.take(few.indices) for name, labels in labels_of(*groups).items()}


def _join_block(block: Block, parts: Parts, prefix: Prefix) -> tuple[bytes, Origin]:
    found = prefix.lines.findall(block.data)
    columns = list(zip(*found, strict=True))
    return assembled(parts.joined(_parts(columns[-1], {name: columns[n - 1] for name, n in prefix.lines.groupindex.items()})), len(found))


def _parts(lines: Sequence[bytes], groups: Mapping[str, Sequence[bytes]]) -> Iterator[tuple[Inner, bool]]:
    for n, (line, stream, part) in enumerate(zip(lines, groups["stream"], groups["part"], strict=True)):
        yield Inner(n, line, Whose(stream=stream.decode())), part != b"P"


def _objects(blocks: Iterable[Block], keys: Keys | None) -> Iterator[Block]:
    """Take lines out of objects, one on each line; what is no such object stays as it is."""
    return in_parts(blocks, partial(_open_block, keys=keys))


def _open_block(block: Block, parts: Parts, keys: Keys | None) -> tuple[bytes, Origin]:
    lines = block.data.split(b"\n")[:-1]
    found = [in_shape(line, keys) for line in lines]
    ended = 2 * sum(f.text.endswith(b"\n") for f in found) > len(found)  # as docker leaves the end of a line on it, and off its parts
    ends = (f.shape is None or f.text.endswith(b"\n") if ended else f.ends for f in found)
    entries = (Inner(n, f.text, f.whose) for n, f in enumerate(found))
    return assembled(parts.joined(zip(entries, ends, strict=True)), len(lines))
