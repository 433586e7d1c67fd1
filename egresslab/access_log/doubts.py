"""Which fields a text format leaves in doubt: those of which no character tells where they end or begin."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from egresslab.access_log.format import LogFormat, Operator, Part, compile_format
from egresslab.access_log.values import Values, values_of


@dataclass(frozen=True)
class Doubt:
    """Columns of a format that some entries leave in doubt, and why."""

    columns: tuple[str, ...]
    because: str


@cache
def doubts_of(log_format: LogFormat) -> tuple[Doubt, ...]:
    """Name what a format leaves in doubt, whatever values Envoy writes; nothing when each entry reads in one way.

    >>> from egresslab.access_log.format import compile_format
    >>> doubts_of(compile_format("%RESPONSE_CODE%%RESPONSE_FLAGS% %BYTES_SENT%%DURATION%"))
    (Doubt(columns=('bytes_sent', 'duration_ms'), because='nothing stands between %BYTES_SENT% and %DURATION%'),)
    """
    groups = [log_format.parts] if log_format.keys is None else list(log_format.keys.values())
    times = [Doubt((o.column,), f"{o} tells {o.lacks}") for o in log_format.operators if o.lacks]
    return (*(doubt for parts in groups for run in unsure(parts) for doubt in [_doubt(parts, run)]), *times)


def warn_doubts(given: str | Mapping[str, object] | None) -> None:
    """Say in one warning what a format leaves in doubt."""
    doubts = () if given is None else doubts_of(compile_format(given))
    if doubts:
        told = "; ".join(f"{', '.join(d.columns)} ({d.because})" for d in doubts)
        warnings.warn(
            f"the log format leaves in doubt {told}. They stay missing in entries "
            "that can be read in several ways; quotes around such fields, and times with a date and a zone, in accessLogFormat leave no doubt.",
            UserWarning,
            stacklevel=3,
        )


def unsure(parts: Sequence[Part]) -> list[range]:
    """Find the stretches of a format within which no boundary is sure, each from its first operator to its last."""
    sure = _sure(parts)
    at = [n for n, p in enumerate(parts) if isinstance(p, Operator) and not (sure[n] and sure[n + 1])]
    runs: list[range] = []
    for n in at:
        if runs and not any(sure[runs[-1].stop : n + 1]):
            runs[-1] = range(runs[-1].start, n + 1)
        else:
            runs.append(range(n, n + 1))
    return runs


def _sure(parts: Sequence[Part]) -> list[bool]:
    """Tell of each boundary between parts whether all ways to read an entry agree on it: carry what is sure on from both ends."""
    sure = [True, *[False] * (len(parts) - 1), True]
    for _ in (1, 2):
        for n, part in enumerate(parts):
            sure[n + 1] |= sure[n] and (isinstance(part, str) or _ends(values_of(part), parts[n + 1 :]))
        for n in reversed(range(len(parts))):
            part = parts[n]
            sure[n] |= sure[n + 1] and (isinstance(part, str) or _begins(values_of(part), parts[:n]))
    return sure


def _ends(values: Values, behind: Sequence[Part]) -> bool:
    """Tell whether what stands behind a value shows where it ends."""
    if values.own_end:
        return True
    if behind and isinstance(behind[0], str):
        return _marks(_bytewise(behind[0]), values.chars, values.inner, empty=values.empty)
    return not _next_chars(behind) & (values.inner | (values.chars if values.empty else frozenset()))


def _begins(values: Values, ahead: Sequence[Part]) -> bool:
    """Tell whether what stands before a value shows where it begins."""
    if values.own_start:
        return True
    if ahead and isinstance(ahead[-1], str):
        return _marks(_bytewise(ahead[-1])[::-1], values.chars, values.before, empty=values.empty)
    backwards = [p[::-1] if isinstance(p, str) else p for p in reversed(ahead)]
    return not _next_chars(backwards) & (values.before | (values.chars if values.empty else frozenset()))


def _marks(literal: str, chars: frozenset[str], further: frozenset[str], *, empty: bool) -> bool:
    """Tell whether a literal cannot be taken for a part of the value beside it, nor begin within it."""
    if literal[0] not in further and not (empty and literal[0] in chars):
        return True
    foreign = next((n for n, c in enumerate(literal) if c not in chars), None)
    return foreign is not None and not any(literal[n:] == literal[:-n] for n in range(1, foreign + 1))


def _bytewise(literal: str) -> str:
    """Write a literal as one character a byte, as the sets of characters have them."""
    return literal.encode().decode("latin-1")


def _next_chars(parts: Sequence[Part]) -> frozenset[str]:
    """Give the characters with which what stands beside a value can begin; nothing at the end of a line."""
    found: frozenset[str] = frozenset()
    for part in parts:
        if isinstance(part, str):
            return found | {_bytewise(part)[0]}
        found |= values_of(part).chars
        if not values_of(part).empty:
            break
    return found


def _doubt(parts: Sequence[Part], run: range) -> Doubt:
    operators = [p for p in parts[run.start : run.stop] if isinstance(p, Operator)]
    return Doubt(tuple(o.column for o in operators), ", ".join(_reasons(parts[run.start : run.stop])))


def _reasons(parts: Sequence[Part]) -> Iterator[str]:
    holders: dict[str, list[str]] = {}
    for n, part in enumerate(parts[1:], 1):
        if isinstance(part, str):
            beside = [o for o in (parts[n - 1], parts[n + 1]) if isinstance(o, Operator)]
            holders.setdefault(part, []).extend(str(o) for o in beside if set(_bytewise(part)) <= values_of(o).chars)
        elif not isinstance(parts[n - 1], str):
            yield f"nothing stands between {parts[n - 1]} and {part}"
    for literal, operators in holders.items():
        if operators:
            yield f"{literal!r} can stand in {', '.join(dict.fromkeys(operators))}, too"
