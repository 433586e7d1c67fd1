"""What one log file held beside its entries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from egresslab.access_log.messages import Message
from egresslab.access_log.piece import Piece, Stranger


@dataclass
class LogFile:
    """What one file held beside its entries."""

    source: str
    proxy: str
    lines: int = 0
    rows: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    messages: list[Message] = field(default_factory=list)
    unread: list[Stranger] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)

    def keep(self, piece: Piece) -> None:
        """Count a piece, and join continuation lines to the message before them."""
        piece.begin_at(self.lines + 1)
        self.lines += piece.lines
        self.rows += piece.rows
        self.formats += piece.formats
        self.joined += piece.joined
        for other in piece.others:
            last = self.messages[-1] if self.messages else None
            if isinstance(other, Message):
                self.messages.append(other)
            elif last and (last.pod, last.container) == (other.pod, other.container) and last.takes(other.text, other.line):
                last.join(other.text, other.line)
            else:
                self.unread.append(other)
