"""The plan of a text format for reading at speed: runs between quotes, and in each the tokens between blanks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from egresslab.access_log.format import LogFormat, Operator, Part


@dataclass(frozen=True, slots=True)
class Token:
    """What stands between two blanks: at most one operator, and the literal text around it."""

    before: str
    operator: Operator | None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What stands between two quotes, or outside them."""

    tokens: tuple[Token, ...]
    quoted: bool

    @property
    def whole(self) -> bool:
        """Whether the run is one operator, so that blanks in it do not matter."""
        return len(self.tokens) == 1 and self.quoted and self.tokens[0].operator is not None

    @property
    def time(self) -> tuple[str, Operator, str] | None:
        """A run that is one time and literals: what stands before it, the operator, what stands after it."""
        at = [n for n, t in enumerate(self.tokens) if t.operator]
        token = self.tokens[at[0]] if len(at) == 1 else None
        if token is None or token.operator is None or token.operator.type != "time":
            return None
        before = " ".join([*(t.before for t in self.tokens[: at[0]]), token.before])
        return before, token.operator, " ".join([token.after, *(t.before for t in self.tokens[at[0] + 1 :])])

    @property
    def literal(self) -> str:
        """The text of a run without operators, which all lines have alike; empty where it has some, or may be Envoy's dash."""
        text = " ".join(t.before for t in self.tokens)
        return "" if any(t.operator for t in self.tokens) or text == "-" else text


@cache
def plan_of(log_format: LogFormat) -> tuple[Run, ...] | None:
    """Cut a text format into runs and tokens; None when two operators touch, or nothing in it could tell a line apart.

    The fast reader believes a line whose counts of quotes and blanks fit; a number or a time must be in it, or any text would.
    """
    if not any(o.type in ("count", "time") for o in log_format.operators):
        return None
    runs = []
    for n, parts in enumerate(_split(log_format.parts, '"')):
        tokens = [_token(piece) for piece in _split(tuple(parts), " ")]
        if not all(tokens) or any(t and t.operator and t.operator.time_format for t in tokens):
            return None
        runs.append(Run(tuple(t for t in tokens if t), quoted=n % 2 == 1))
    return tuple(runs) if len(runs) > 1 or len(runs[0].tokens) > 1 else None


def _split(parts: tuple[Part, ...], mark: str) -> list[list[Part]]:
    groups: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Operator):
            groups[-1].append(part)
            continue
        first, *others = part.split(mark)
        groups[-1].append(first)
        groups += [[other] for other in others]
    return groups


def _token(parts: list[Part]) -> Token | None:
    operators = [p for p in parts if isinstance(p, Operator)]
    if len(operators) > 1:
        return None
    at = parts.index(operators[0]) if operators else len(parts)
    text = ["".join(p for p in group if isinstance(p, str)) for group in (parts[:at], parts[at + 1 :])]
    return Token(text[0], operators[0] if operators else None, text[1])
