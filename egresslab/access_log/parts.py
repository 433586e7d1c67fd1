"""Lines that a runtime cut into parts, joined across blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from egresslab.access_log.lines import Block, held
from egresslab.access_log.origin import Inner, Origin, Whose, assembled
from egresslab.sources import TruncatedError


@dataclass
class Parts:
    """Lines that a runtime wrote in several parts, until the last part of each comes."""

    open: dict[Whose, Inner] = field(default_factory=dict)

    def joined(self, parts: Iterable[tuple[Inner, bool]]) -> Iterator[Inner]:
        """Join the parts of each stream; ``parts`` are entries, each with whether it ends a line."""
        for part, ends in parts:
            begun = self.open.pop(part.whose, None)
            whole = part._replace(number=begun.number, text=begun.text + part.text) if begun else part
            if ends:
                yield whole
            else:
                self.open[part.whose] = whole

    def move(self, lines: int) -> None:
        """Count from the next block on."""
        self.open = {whose: part._replace(number=part.number - lines) for whose, part in self.open.items()}

    def rest(self) -> Iterator[Block]:
        """Give what was begun and never ended."""
        if self.open:
            text, origin = assembled(self.open.values(), 0)
            yield held(text, origin)


def in_parts(blocks: Iterable[Block], open_block: Callable[[Block, Parts], tuple[bytes, Origin]]) -> Iterator[Block]:
    """Open block after block, and at last give what no part ended."""
    parts = Parts()
    try:
        for block in blocks:
            text, origin = open_block(block, parts)
            yield held(text, origin.within(block.origin))
            parts.move(block.lines)
    except TruncatedError:
        yield from parts.rest()
        raise
    yield from parts.rest()
