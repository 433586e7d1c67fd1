"""Posts: several things pasted into one text, taken apart; each keeps its lines where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from egresslab.cases.entries import LIKE_ENTRY, lifted, log_lines, may_be_log, may_hold_entries
from egresslab.cases.files import LOOK, File
from egresslab.cases.kinds import kind_of_text
from egresslab.cases.pasted import BEGIN, FOREIGN, pasted_yaml

_FENCE = re.compile(r"\s*(?:>\s*)*(?:```|~~~)")
_MARKS = re.compile("```+|~~~+")
_YAML = (".yaml", ".yml")  # what is wrong in such a file is an error, no prose
_LOG, _RESOURCES = "access log", "resources"


def parts_of(data: bytes, log_format: Any = None) -> dict[str, bytes]:
    """Give what each reader shall see of a post: the whole text, the lines of all others empty; nothing when it is no post."""
    if len(data) >= LOOK:
        return {}
    post = _Post(data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n"), log_format)
    found = list(dict.fromkeys(kind for kind in post.kinds if kind))
    if found == [_LOG] and not post.fenced:  # then what a person wrote is kept, as in any log
        return {_LOG: "\n".join(post.lines).encode()} if post.is_lifted else {}
    if len(found) < 2 and not post.fenced and not (found == [_RESOURCES] and post.has_prose):
        return {}
    return {kind: post.part(kind) for kind in found}


def is_post(file: File, kind: str) -> bool:
    """Tell whether a file of some kind may be a post: short, with code set apart, or with things of two kinds."""
    if len(file.head) >= LOOK:
        return False
    if b"\n```" in file.head or b"\n~~~" in file.head:
        return True
    text = file.head.decode("utf-8", "replace")
    if kind in (_LOG, "other"):
        return BEGIN.search(text) is not None or any(lifted(line) != line for line in text.split("\n") if "`" in line)
    return may_hold_entries(text) or (kind == _RESOURCES and not file.name.lower().endswith(_YAML) and FOREIGN.search(text) is not None)


class _Post:
    """A text, and of each of its lines what it belongs to."""

    def __init__(self, lines: list[str], log_format: Any) -> None:
        self._given, self.lines, self._format = tuple(lines), lines, log_format
        self.kinds: list[str | None] = [None] * len(lines)
        self._blocks = list(_blocks(lines))
        self.fenced = any(block.fenced for block in self._blocks)
        self._begins = set[int]()  # where documents of resources do
        self._take_resources()
        self._take_log()
        for block in self._blocks:
            self._take_rest(block)

    @property
    def is_lifted(self) -> bool:
        """Tell whether entries are read that stand in sentences as code."""
        return any(kind == _LOG and line != given for kind, line, given in zip(self.kinds, self.lines, self._given, strict=True))

    @property
    def has_prose(self) -> bool:
        """Tell whether lines belong to nothing."""
        return any(kind is None and line.strip() for kind, line in zip(self.kinds, self.lines, strict=True))

    def part(self, kind: str) -> bytes:
        """Give what belongs to one kind, each line where it stands."""
        lines = [line if k == kind else "" for line, k in zip(self.lines, self.kinds, strict=True)]
        for start in self._begins if kind == _RESOURCES else ():
            if start and not lines[start - 1].strip():
                lines[start - 1] = "---"
        return "\n".join(lines).encode("utf-8", "replace")

    def _take_resources(self) -> None:
        for block in self._blocks:
            for start, lines in pasted_yaml(self.lines[block.start : block.end], fenced=block.fenced):
                at = block.start + start
                self._begins.add(at)
                self.lines[at : at + len(lines)] = lines
                self.kinds[at : at + len(lines)] = [_RESOURCES] * len(lines)

    def _take_log(self) -> None:
        """Ask the reader of logs for its lines; what only looks like an entry is its, too: it says why it cannot read that."""
        texts = [""] * len(self.lines)
        for block in self._blocks:
            for n in range(block.start, block.end):
                if self.kinds[n] is None:
                    texts[n] = self.lines[n] if block.fenced else lifted(self.lines[n])
        found = log_lines(texts, self._format) if may_be_log("\n".join(texts)) else set()
        for n in found | {n for n, text in enumerate(texts) if LIKE_ENTRY.search(text)}:
            self.kinds[n], self.lines[n] = _LOG, texts[n]

    def _take_rest(self, block: _Block) -> None:
        """Tell what the lines of a block are that are neither resources nor of a log."""
        kinds = self.kinds[block.start : block.end]
        rest = [n for n in range(block.start, block.end) if self.kinds[n] is None]
        kind = _kind("\n".join(self.lines[n] for n in rest), self._format)
        if kind is None and block.fenced and _LOG in kinds:
            kind = _LOG  # what stands between entries in a block is the log's, too
        if kind == _RESOURCES:
            self._begins |= set(rest[:1])
        for n in rest:
            self.kinds[n] = kind


class _Block(NamedTuple):
    """The lines of a text from one to before another that stand within a fence, or outside of any."""

    start: int
    end: int
    fenced: bool


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    """Cut a text at its fences; a line of nothing else belongs to no block."""
    start, fenced = 0, False
    for n, line in enumerate(lines):
        begins, marks = _FENCE.match(line) is not None, len(_MARKS.findall(line))
        border = begins and marks == 1 and not LIKE_ENTRY.search(line)
        if not marks % 2:
            continue
        end = n if begins else n + 1
        yield _Block(start, end, fenced)
        start, fenced = (n + 1 if border else end), not fenced
    yield _Block(start, len(lines), fenced)


def _kind(text: str, log_format: Any) -> str | None:
    kind = kind_of_text(text.encode("utf-8", "replace"), log_format)[0] if text.strip() else None
    return None if kind in ("other", "unreadable") else kind
