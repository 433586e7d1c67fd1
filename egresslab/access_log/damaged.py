"""Lines that nothing reads as they stand: mended, cut into their records, joined, or read in part, in this order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from egresslab.access_log.format import LogFormat
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.loose import CUT, MENDED, Loose
from egresslab.access_log.messages import Message, message_of
from egresslab.access_log.partial import read_partial, read_to_mark
from egresslab.access_log.records import from_record, is_several, read_behind, records_of
from egresslab.access_log.wrapped import agreed, begins, join_object, join_text, most_quotes, run_of

_MARKS = re.compile(r'["|{_]|Cluster|[a-z]\.[a-z]')  # without one of them a line has neither a request nor details nor a cluster
_OPEN_END = re.compile(r"(?:\.{3,}|…)\]?$")
_EVIDENCE = re.compile(r'["|]|\w[.:]\d')  # what a line must hold that goes on with a cut one


@dataclass(frozen=True)
class Found:
    """What stands in one or several damaged lines, from one on; without a name and a message nothing recognised them."""

    number: int
    text: str
    name: str | None = None
    rows: int = 1
    lines: int = 1
    message: Message | None = None


@dataclass
class Damaged:
    """The lines of a block that nothing reads as they stand, in order, with their numbers."""

    numbers: Sequence[int]
    texts: Sequence[str]
    mends: Sequence[str]
    formats: Sequence[LogFormat]
    keys: Keys | None
    loose: Loose

    @cached_property
    def _stripped(self) -> list[str]:
        return [text.strip() for text in self.texts]

    def read(self) -> Iterator[Found]:
        """Read each line, or several as one."""
        at = 0
        while at < len(self.texts):
            nothing = Found(self.numbers[at], self.texts[at])
            found = self._alone(self.mends[at], nothing) or self._together(at, nothing) or self._in_part(at, nothing) or nothing
            yield found
            at += found.lines

    def _alone(self, text: str, found: Found) -> Found | None:
        """Read a line that is whole once it is mended, or holds several that are."""
        text = text.rstrip()
        if is_several(found.text) and (records := self._records(text, found)):
            return records
        if text != found.text:
            if self.loose.take_whole(text.encode(), found.number, self.formats, loose=False) or self.loose.take_object(text, found.number, self.keys):
                return replace(found, name=MENDED)
            if message := message_of(text, found.number):
                return replace(found, message=message)
        if name := self.loose.take_whole(found.text.encode(), found.number, self.formats):  # a client can make fields look like this
            return replace(found, name=name)
        return self._records(text, found)

    def _records(self, text: str, found: Found) -> Found | None:
        """Read a line that holds several records, or one behind other text."""
        taken = [self._record(record, found.number) for record in records_of(text, self.formats, self.keys)]
        return replace(found, name=MENDED, rows=sum(taken)) if any(taken) else None

    def _record(self, text: str, number: int) -> bool:
        if self.loose.take_whole(text.encode(), number, self.formats, loose=False) or self.loose.take_object(text, number, self.keys):
            return True
        if certain := read_partial(text, self.formats):  # elided by its author
            self.loose.cut.append((number, certain))
        return bool(certain)

    def _together(self, at: int, found: Found) -> Found | None:
        """Read a line and those behind it as one entry that was whole."""
        if not begins(self.mends[at]):
            return None
        if self.keys and (joined := join_object(self._stripped, at, self.numbers, self.keys) or join_object(self.mends, at, self.numbers, self.keys)):
            self.loose.objects.append((found.number, joined[1]))
            return replace(found, name=MENDED, lines=joined[0])
        if texts := join_text(run_of(self.mends, at, self.numbers), self.formats):
            self.loose.cut.append((found.number, texts[1]))
            return replace(found, name=MENDED, lines=texts[0])
        return None

    def _in_part(self, at: int, found: Found) -> Found | None:
        """Read what is certain in a line, and in those behind it that go on with it."""
        text = from_record(self.mends[at])
        if not _MARKS.search(text):
            return None
        if self.loose.take_torn(text, found.number, self.keys):
            return replace(found, name=CUT)
        certain = max(read_partial(text, self.formats) or {}, read_behind(text, self.formats) or {}, key=len) or read_to_mark(text, self.formats)
        if not certain:
            return None
        certain, lines = self._going_on(at, text, certain)
        self.loose.cut.append((found.number, certain))
        return replace(found, name=CUT, lines=lines)

    def _going_on(self, at: int, text: str, certain: dict[str, str]) -> tuple[dict[str, str], int]:
        """Read on in the lines behind one, as long as each adds values and changes none."""
        lines, most = 1, most_quotes(self.formats)
        for line in run_of(self.mends, at, self.numbers)[1:] if begins(text) and not _OPEN_END.search(text) else ():
            if not _EVIDENCE.search(line) or text.count('"') + line.count('"') > most:
                break
            ways = {gap: v for gap in (" ", "") if (v := read_partial(text + gap + line, self.formats)) and len(v) > len(certain)}
            both = agreed([*ways.values()]) if ways else {}
            if len(both) <= len(certain) or any(both.get(c) != v for c, v in certain.items()):
                break
            text, certain, lines = text + next(iter(ways)) + line, both, lines + 1
        return certain, lines
