"""Posts: several things pasted into one text, taken apart; each keeps its lines where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from egresslab.cases.files import LOOK, File
from egresslab.cases.kinds import ENTRY, kind_of_text

_FENCE = re.compile(r"\s*(?:>\s*)?(?:```|~~~)")


def parts_of(data: bytes, log_format: Any = None) -> dict[str, bytes]:
    """Give what each reader shall see of a post: the whole text, the lines of all others empty; nothing when it is no post."""
    if len(data) >= LOOK:
        return {}
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    kinds = list(_kinds(lines, log_format))
    found = dict.fromkeys(k for k in kinds if k)
    if len(found) < 2 and not any(_FENCE.match(line) for line in lines):
        return {}
    return {kind: "\n".join(line if k == kind else "" for line, k in zip(lines, kinds, strict=True)).encode() for kind in found}


def is_post(file: File, kind: str) -> bool:
    """Tell whether a file of some kind may be a post: short, with a block that is fenced, or with entries of a log beside something else."""
    if len(file.head) >= LOOK:
        return False
    return b"\n```" in file.head or b"\n~~~" in file.head or (kind != "access log" and ENTRY.search(file.head.decode("utf-8", "replace")) is not None)


def _kinds(lines: list[str], log_format: Any) -> Iterator[str | None]:
    """Tell of each line what it belongs to."""
    for block, fenced in _blocks(lines):
        entries = [bool(ENTRY.match(line)) for line in block]
        rest = "\n".join(line for line, is_entry in zip(block, entries, strict=True) if not is_entry)
        kind = _kind(rest, log_format) if rest.strip() else None
        if fenced and any(entries) and kind is None:
            kind = "access log"  # what stands between entries in a block is the log's, too
        yield from ("access log" if is_entry else kind for is_entry in entries)


def _kind(text: str, log_format: Any) -> str | None:
    kind, _ = kind_of_text(text.encode(), log_format)
    return None if kind in ("other", "unreadable") else kind


def _blocks(lines: list[str]) -> Iterator[tuple[list[str], bool]]:
    """Cut a text at its fences, which belong to no block: they are blocks of one line."""
    block, fenced = list[str](), False
    for line in lines:
        if _FENCE.match(line):
            yield from ((block, fenced), ([line], False))
            block, fenced = [], not fenced
        else:
            block.append(line)
    yield block, fenced
