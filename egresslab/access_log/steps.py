"""The steps of a line, when all lines are alike: literals and values in turn, as the kernel reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egresslab.access_log.format import Operator
from egresslab.access_log.jsonl import Keys, json_object
from egresslab.access_log.plan import Run, Token

_MOST = 64  # as columns.c says
_TEXT = rb'"(?:[^"\\]|\\.)*"'
_VALUE = re.compile(rb"(%s\s*:\s*)(%s|-?\d+|null)(?=\s*[,}])" % (_TEXT, _TEXT))


@dataclass(frozen=True)
class Step:
    """A value: its operator, the literal behind it, and a byte that it cannot hold, beside the quote."""

    operator: Operator | None
    behind: bytes
    blank: bytes = b'"'
    json: bool = False


@dataclass(frozen=True)
class Steps:
    """The literal that a line begins with, and its values in order."""

    first: bytes
    steps: tuple[Step, ...]

    @property
    def shortest(self) -> int:
        """How many bytes a line has at least."""
        return len(self.first) + sum(len(step.behind) for step in self.steps)


def text_steps(plan: Sequence[Run]) -> Steps | None:
    """Give the steps of a text format; None when its values are not all told apart by what stands behind them."""
    parts = [part for n, run in enumerate(plan) for part in (b'"' * (n > 0), *_run(run))]
    return _steps([*parts, b"\n"], json=False)


def _run(run: Run) -> Iterator[bytes | tuple[Operator | None, bytes]]:
    blank = b'"' if run.whole else run.delimiter.encode()
    for n, token in enumerate(run.tokens):
        yield run.delimiter.encode() * (n > 0) + token.before.encode()
        if token.operator or token.odd:
            yield None if _is_odd(token) else token.operator, blank
            yield token.after.encode()


def _is_odd(token: Token) -> bool:
    operator = token.operator
    return operator is None or token.words > 1 or (operator.type == "time" and bool(operator.time_format))


def json_steps(block: bytes, keys: Keys) -> Steps | None:
    """Give the steps of JSON lines out of the first entry without escapes; None when it holds more than texts, whole numbers and null."""
    for line in block[:64_000].split(b"\n")[:50]:
        entry = json_object(line) if b"\\" not in line else None
        if entry and keys.fit(entry):
            return _entry_steps(line, entry, keys)
    return None


def _entry_steps(line: bytes, entry: dict[str, object], keys: Keys) -> Steps | None:
    parts: list[bytes | tuple[Operator | None, bytes]] = []
    at = 0
    for key, found in zip(entry, _VALUE.finditer(line), strict=False):
        operator = keys.of(key)
        if not found[1].startswith(b'"%s"' % key.encode()) or not isinstance(operator, Operator) or not _suits(entry[key], operator):
            return None
        parts += [line[at : found.start(2)], (operator, b'"')]
        at = found.end()
    return _steps([*parts, line[at:] + b"\n"], json=True) if len(parts) == 2 * len(entry) and line[at:].strip() == b"}" else None


def _suits(value: object, operator: Operator) -> bool:
    if operator.type == "time" and operator.time_format:
        return False
    return value is None or isinstance(value, str) or (operator.type == "count" and type(value) is int)


def _steps(parts: Sequence[bytes | tuple[Operator | None, bytes]], *, json: bool) -> Steps | None:
    """Put literals and values together; None when two values stand side by side."""
    literals, values = [b""], list[tuple[Operator | None, bytes]]()
    for part in parts:
        if isinstance(part, bytes):
            literals[-1] += part
        else:
            values.append(part)
            literals.append(b"")
    if not all(literals[1:]) or not 0 < len(values) <= _MOST or any(o is None for o, _ in values):
        return None
    return Steps(literals[0], tuple(Step(o, behind, blank, json) for (o, blank), behind in zip(values, literals[1:], strict=True)))
