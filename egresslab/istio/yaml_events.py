"""One YAML document to values: scalars stay the text that was written, lines are kept, aliases are bounded."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

_NULLS = {"", "~", "null", "Null", "NULL"}
_MOST_UNFOLDING = 10  # times its size; without aliases a document has fewer than three nodes for each character
_ALWAYS = 10_000
_DEEPEST = 200

Event = Any

_LEFT_OPEN = ("a quote is opened here and never closed", "a bracket is opened here and not closed: expected ',' or the closing bracket")
_REASONS = (
    (
        r"character that cannot start any token|while scanning an alias|alphabetic or numeric",
        "a value that begins with * & ! @ % or ` must stand in quotes",
    ),
    (r"mapping values are not allowed", "'key: value' is not expected here: the line is indented too far, or a text with ': ' needs quotes"),
    (r"did not find expected key|<block end>", "the indentation fits no line above: expected a key of the same mapping"),
    (r"'-' indicator", "the indentation fits no line above: expected a further item, which begins with '- '"),
    (r"unexpected end of stream", _LEFT_OPEN[0]),
    (r"',' or '[\]}]'", _LEFT_OPEN[1]),
    (r"<document start>", "after the first text or bracket comes more: expected 'key: value' lines at the margin"),
)


class WrongYamlError(ValueError):
    """A YAML document cannot be read: why, and at which of its lines from 0."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


class Lined(dict[str, Any]):
    """A mapping that knows the lines from which, and before which, it was written."""

    __slots__ = ("before", "line")
    line: int
    before: int


def read_yaml(written: str) -> Any:
    """Read one document.

    Scalars stay text, whatever YAML would make of them (``1.10`` is no number here, ``no`` no boolean); only a null is None.

    Raises
    ------
    WrongYamlError
        When it is no YAML, a key stands twice, or its aliases unfold to a multiple of its size.
    """
    reader = _Reader(written)
    try:
        return reader.document()
    except yaml.MarkedYAMLError as error:
        raise _explained(error, written) from error
    except yaml.reader.ReaderError as error:
        line = written.count("\n", 0, int(error.position))
        raise WrongYamlError(f"it holds the control character {chr(error.character)!r}, as no text does", line) from error


def _explained(error: yaml.MarkedYAMLError, written: str) -> WrongYamlError:
    line = error.problem_mark.line if error.problem_mark else 0
    at = written.split("\n", line + 1)[line] if line <= written.count("\n") else ""
    if "\t" in at[: len(at) - len(at.lstrip())]:
        return WrongYamlError("it is indented by a tab; expected spaces", line)
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    reason = next((reason for pattern, reason in _REASONS if re.search(pattern, said)), said)
    begun = error.context_mark if reason in _LEFT_OPEN else None  # the end of the file tells nothing
    return WrongYamlError(reason, begun.line if begun else line)


class _Reader:
    """Builds values of the parser's events: no tree of nodes, and no alias before it was weighed."""

    def __init__(self, written: str) -> None:
        self._next: Callable[[], Event] = yaml.CSafeLoader(written).get_event
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes, self._most = 0, _MOST_UNFOLDING * len(written) + _ALWAYS

    def document(self) -> Any:
        self._next()
        if type(self._next()) is not yaml.DocumentStartEvent:
            return None
        value = self._value(self._next(), 0)
        while type(self._next()) is not yaml.StreamEndEvent:
            pass
        return value

    def _value(self, event: Event, depth: int) -> Any:
        if type(event) is yaml.AliasEvent:
            return self._alias(event)
        before = self._nodes
        self._nodes += 1
        if depth > _DEEPEST:
            raise WrongYamlError(f"it is nested deeper than {_DEEPEST} levels, as no resource is", _line(event))
        if type(event) is yaml.ScalarEvent:
            value: Any = None if not event.style and event.value in _NULLS else event.value
        else:
            value = self._mapping(event, depth + 1) if type(event) is yaml.MappingStartEvent else self._sequence(depth + 1)
        if event.anchor:
            self._anchors[event.anchor] = value, self._nodes - before
        return value

    def _sequence(self, depth: int) -> list[Any]:
        found = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            found.append(self._value(event, depth))
        return found

    def _mapping(self, start: Event, depth: int) -> Lined:
        found, merged = Lined(), dict[str, Any]()
        found.line = _line(start)
        while type(event := self._next()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                raise WrongYamlError("a key must be text; a value with { } or [ ] of its own needs quotes", _line(event))
            key, value = event.value, self._value(self._next(), depth)
            if key == "<<" and not event.style:
                merged = _merged(value)
            elif key in found:
                raise WrongYamlError(f"the key {key!r} stands twice in one mapping", _line(event))
            else:
                found[key] = value
        found.before = _line(event) + bool(start.flow_style)
        found.update({key: value for key, value in merged.items() if key not in found})
        return found

    def _alias(self, event: Event) -> Any:
        if event.anchor not in self._anchors:
            raise WrongYamlError(f"*{event.anchor} is an alias of nothing: a value that begins with * must stand in quotes", _line(event))
        value, nodes = self._anchors[event.anchor]
        self._nodes += nodes
        if self._nodes > self._most:
            raise WrongYamlError(f"its aliases unfold to more than {_MOST_UNFOLDING} times its size; write them out", _line(event))
        return value


def _line(event: Event) -> int:
    return int(event.start_mark.line)


def _merged(value: Any) -> dict[str, Any]:
    """Give what ``<<`` brings: of several mappings the first that has a key counts."""
    mappings = value if isinstance(value, list) else [value]
    return {k: v for mapping in reversed(mappings) if isinstance(mapping, dict) for k, v in mapping.items()}
