"""Resources amid other text: YAML that somebody pasted, fenced or not, set in, quoted, or as a terminal showed it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile
from typing import NamedTuple

from egresslab.cases.entries import LIKE_ENTRY

_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
BEGIN = re.compile(
    rf"^(?:{_QUOTE.pattern})?[ \t]*(?:- )?(?:apiVersion:[ \t]+['\"]?[\w./-]+|kind:[ \t]+['\"]?[A-Z]\w+)['\"]?[ \t\r]*(?:#.*)?$", re.MULTILINE
)
_KEY = re.compile(r"([a-z]\w*):(?=\s|$)")
_TOP = frozenset(
    ("apiVersion", "kind", "metadata", "spec", "status", "items", "data", "stringData", "binaryData", "type", "rules", "subjects", "roleRef")
)
# At the margin of YAML a line begins with a key: a word, or one in quotes. Prose has more words before a colon, if it has one.
_PROSE = re.compile(r"[^\W\d]\S*(?<!:) (?=\S)")
FOREIGN = re.compile(r"^(?![-#{}\[\]\"'.&]|\S+:(?:\s|$))\S", re.MULTILINE)
_TERMINAL = re.compile(r"\s*(?:E(?:OF|OT|OM|ND|OL)|YAML)$|[\w.@:~/\[\]-]*\s?[$%] |\S+ (?:created|configured|unchanged)$")
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " "))


class Pasted(NamedTuple):
    """Lines of YAML, without what they are set in by, and where the first of them stands."""

    start: int
    lines: list[str]


def pasted_yaml(lines: Sequence[str], *, fenced: bool = False) -> Iterator[Pasted]:
    """Find the resources in a text, one by one; within a fence what may be wrong YAML stays with them, so that it is told."""
    bare = [_QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line for line in lines]
    texts = [line.translate(_BLANKS) for line in bare]
    quoted = [len(line) != len(text) for line, text in zip(lines, bare, strict=True)]
    end = 0
    for at in range(len(texts)):
        if at >= end and BEGIN.match(texts[at]):
            margin = _indent(texts[at])
            start = at - len(_above(texts[end:at], margin))
            document = _Document(margin, fenced)
            end = next((n for n in range(start, len(texts)) if not document.takes(texts[n], alike=quoted[n] == quoted[at])), len(texts))
            if len(document.keys & _TOP) > 1:
                yield Pasted(start, _set_out(texts[start:end]))


@dataclass
class _Document:
    """One document while its lines are found: how far it is set in, and the keys at its margin so far."""

    margin: int
    fenced: bool
    keys: set[str] = field(default_factory=set)
    after_blank: bool = False

    def takes(self, line: str, *, alike: bool) -> bool:
        """Tell whether a line belongs to it; ``alike`` when it is quoted as the first line is, or is not as that is not."""
        if not line.strip():
            self.after_blank = True
            return True
        key = _KEY.match(line[self.margin :])
        if not alike or LIKE_ENTRY.search(line) or _TERMINAL.match(line) or (not self.fenced and self._is_prose(line, key)):
            return False
        if key and key[1] in self.keys and BEGIN.match(line):  # the next one, without a border
            return False
        self.keys = set() if line.startswith("---") else self.keys | ({key[1]} if key else set())
        self.after_blank = False
        return True

    def _is_prose(self, line: str, key: re.Match[str] | None) -> bool:
        indent = _indent(line)
        if indent != self.margin or line.startswith("---", indent):
            return indent < self.margin
        return (key is None or key[1] not in _TOP) if self.after_blank else _PROSE.match(line, self.margin) is not None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _above(lines: Sequence[str], margin: int) -> list[str]:
    """Give the lines of a document right above its kind: from a key at the margin on."""
    near = list(takewhile(lambda line: line.strip() and (_indent(line) > margin or _KEY.match(line[margin:])), reversed(lines)))
    return list(dropwhile(lambda line: not _KEY.match(line[margin:]), reversed(near)))


def _set_out(lines: list[str]) -> list[str]:
    margin = min(_indent(line) for line in lines if line.strip())
    return [line[margin:] for line in lines]
