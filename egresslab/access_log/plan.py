"""The plan of a text format for reading at speed: runs between quotes, and in each the tokens between blanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from egresslab.access_log.format import LogFormat, Operator, Part

_DELIMITERS = " \t|,;"


@dataclass(frozen=True, slots=True)
class Token:
    """What stands between two blanks: at most one operator, and the literal text around it; else a format of its own."""

    before: str
    operator: Operator | None
    after: str = ""
    odd: LogFormat | None = None
    words: int = 1

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators in it, in order."""
        return self.odd.operators if self.odd else (self.operator,) if self.operator else ()


@dataclass(frozen=True, slots=True)
class Run:
    """What stands between two quotes, or outside them."""

    tokens: tuple[Token, ...]
    quoted: bool
    delimiter: str = " "

    @property
    def whole(self) -> bool:
        """Whether the run is one operator, so that blanks in it do not matter."""
        return len(self.tokens) == 1 and self.quoted and self.tokens[0].operator is not None

    @property
    def odd(self) -> LogFormat | None:
        """The format of a run that cannot be cut."""
        return self.tokens[0].odd if len(self.tokens) == 1 else None

    @property
    def plain(self) -> bool:
        """Whether it is made of words between blanks, with no time in a format of the mesh's own."""
        return self.delimiter == " " and not any(t.odd or (t.operator and t.operator.time_format) for t in self.tokens)

    @property
    def time(self) -> tuple[str, Operator, str] | None:
        """A run that is one time and literals: what stands before it, the operator, what stands after it."""
        at = [n for n, t in enumerate(self.tokens) if t.operators]
        token = self.tokens[at[0]] if len(at) == 1 else None
        if token is None or token.operator is None or token.operator.type != "time":
            return None
        before = self.delimiter.join([*(t.before for t in self.tokens[: at[0]]), token.before])
        return before, token.operator, self.delimiter.join([token.after, *(t.before for t in self.tokens[at[0] + 1 :])])

    @property
    def literal(self) -> str:
        """The text of a run without operators, which all lines have alike; empty where it has some, or may be Envoy's dash."""
        text = self.delimiter.join(t.before for t in self.tokens)
        return "" if any(t.operators for t in self.tokens) or text == "-" else text


@cache
def plan_of(log_format: LogFormat) -> tuple[Run, ...] | None:
    """Cut a text format into runs and tokens; None when nothing in it could tell a line apart, or one pattern does it all.

    The fast reader believes a line whose counts of quotes and blanks fit; a number or a time must be in it, or any text would.
    """
    if not any(o.type in ("count", "time") for o in log_format.operators):
        return None
    runs = tuple(_run(tuple(parts), quoted=n % 2 == 1) for n, parts in enumerate(_split(log_format.parts, '"')))
    return runs if len(runs) > 1 or len(runs[0].tokens) > 1 or runs[0].odd else None


def _run(parts: tuple[Part, ...], *, quoted: bool) -> Run:
    """Cut a run at what stands between most of its operators."""
    delimiter = max(_DELIMITERS, key=lambda mark: len(_split(parts, mark)))
    tokens = [_token(tuple(piece), delimiter) for piece in _split(parts, delimiter)]
    if not all(tokens):  # in one of them are as many delimiters as it likes
        return Run((_odd(parts),), quoted)
    return Run(tuple(t for t in tokens if t), quoted, delimiter)


def _split(parts: Sequence[Part], mark: str) -> list[list[Part]]:
    groups: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Operator):
            groups[-1].append(part)
            continue
        first, *others = part.split(mark)
        groups[-1].append(first)
        groups += [[other] for other in others]
    return groups


def _token(parts: tuple[Part, ...], delimiter: str) -> Token | None:
    operators = [p for p in parts if isinstance(p, Operator)]
    words = [1 if o.type != "time" else o.form.words(delimiter) for o in operators]
    if 0 in words:
        return None
    if len(operators) > 1:
        return _odd(parts, sum(words) - len(words) + 1)
    at = parts.index(operators[0]) if operators else len(parts)
    text = ["".join(p for p in group if isinstance(p, str)) for group in (parts[:at], parts[at + 1 :])]
    return Token(text[0], operators[0] if operators else None, text[1], words=sum(words) or 1)


def _odd(parts: tuple[Part, ...], words: int = 1) -> Token:
    return Token("", None, odd=LogFormat("", "text", tuple(p for p in parts if p)), words=words)
