"""A format string is a grammar: from any Envoy or Istio format to the columns that its lines hold."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

from egresslab import envoy
from egresslab.access_log.time_format import TimeFormat, time_format_of
from egresslab.errors import LogFormatError, near

# Envoy's own grammar of a command; `%%` is tested before it.
_COMMAND = re.compile(r"%([A-Z0-9_]+)(?:\((.*?)\))?(?::([0-9]+))?%")
_TIME, _LOCAL_TIME = "%Y-%m-%dT%H:%M:%E3SZ", "%Y-%m-%dT%H:%M:%E3S%z"
INSIDE = "\x1f"  # between a key and one of the object in it
DEEP = 8  # objects within each other that are looked into
_ALIASES = {
    "REQUEST_HEADER": "REQ",
    "STREAM_INFO_REQ": "REQ",
    "RESPONSE_HEADER": "RESP",
    "RESPONSE_TRAILER": "TRAILER",
}


@dataclass(frozen=True, slots=True)
class Operator:
    """One command operator in a format, and the column that it fills."""

    name: str
    argument: str
    column: str
    type: str
    values: str

    def __str__(self) -> str:
        return f"%{self.name}({self.argument})%" if self.argument else f"%{self.name}%"

    @property
    def time_format(self) -> str:
        """Format of a time, empty for Envoy's default in UTC."""
        return (self.argument or (_LOCAL_TIME if self._local else "")) if self.type == "time" else ""

    @property
    def form(self) -> TimeFormat:
        """The compiled format of a time."""
        return time_format_of(self.time_format or _TIME)

    @property
    def lacks(self) -> str | None:
        """What a time's format lacks to tell an instant; UTC is Envoy's where it names no zone."""
        return self.form.lacks(local=self._local) if self.time_format else None

    @property
    def always(self) -> bool:
        """Whether a time stands in every entry; those of certificates do not."""
        return self.name.startswith(("START_TIME", "EMIT_TIME"))

    @property
    def _local(self) -> bool:
        return self.name.endswith("_LOCAL")


Part = str | Operator


@dataclass(frozen=True, eq=False)
class LogFormat:
    """A compiled format: the parts of a text line, or of each value of a JSON object by its key, or by the keys that lead to it."""

    name: str
    kind: str
    parts: tuple[Part, ...] = ()
    keys: Mapping[str, tuple[Part, ...]] | None = None
    own: bool = True  # the mesh's own, none of those with a name

    @cached_property
    def operators(self) -> tuple[Operator, ...]:
        """The operators in the order of the format."""
        groups = [self.parts] if self.keys is None else list(self.keys.values())
        return tuple(part for parts in groups for part in parts if isinstance(part, Operator))


def compile_format(given: str | Mapping[str, object]) -> LogFormat:
    """Compile a named format, a text format, or a JSON format given as object or text; in it objects and lists may be nested.

    Raises
    ------
    LogFormatError
        When the name, an operator or its form is unknown; says where.
    """
    if isinstance(given, Mapping):
        return _json_format("custom", given)
    if given in named():
        return named()[given]
    text = given.removesuffix("\n").removesuffix("\\n")  # as a shell or a dump spells the line's end
    if text.lstrip().startswith("{") and (keys := _json_object(text)):
        return _json_format("custom", keys)
    if "%" not in text:
        raise LogFormatError(f"{text!r} is neither the name of a log format nor a format with operators; {near(text, named())}")
    if "\n" in text:
        raise LogFormatError(f"the format has a line end at position {text.index(chr(10))}; an entry must be one line")
    return LogFormat("custom", "text", _unique(_parse(text)))


@cache
def named() -> dict[str, LogFormat]:
    """Compile the named formats, in the order of their table."""
    found = {}
    for row in envoy.rows("log_formats"):
        if row["kind"] == "text":
            found[row["name"]] = LogFormat(row["name"], "text", _unique(_parse(row["format"])), own=False)
        else:
            found[row["name"]] = _json_format(row["name"], json.loads(row["format"]))
    return found


def _json_object(text: str) -> dict[str, object] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _json_format(name: str, keys: Mapping[str, object]) -> LogFormat:
    parts: dict[str, tuple[Part, ...]] = {}
    taken: set[str] = set()
    for path, template in paths(keys, lists=True):
        if isinstance(template, str) and "%" in template.replace("%%", ""):
            parts[path] = _unique(_parse(template), taken)
    if not taken:
        raise LogFormatError('the JSON format has no operator in any value, such as "code": "%RESPONSE_CODE%"')
    return LogFormat(name, "json", keys=parts, own=name == "custom")


def paths(entry: Mapping[str, object], *, lists: bool, whole: Container[str] = (), within: str = "", deep: int = 0) -> Iterator[tuple[str, object]]:
    """Give the values of an object by their keys, those of objects (and lists) in it by all keys down to them, but not of those named whole.

    >>> list(paths({"request": {"method": "GET"}, "codes": [1]}, lists=False)) == [(f"request{INSIDE}method", "GET"), ("codes", [1])]
    True
    """
    for key, value in entry.items():
        path = f"{within}{key}"
        inner = {str(n): v for n, v in enumerate(value)} if lists and isinstance(value, list) else value
        if isinstance(inner, Mapping) and inner and deep < DEEP and path not in whole:
            yield from paths(inner, lists=lists, whole=whole, within=path + INSIDE, deep=deep + 1)
        else:
            yield path, value


def _parse(text: str) -> list[Part]:
    parts: list[Part] = []
    literal, at = "", 0
    while at < len(text):
        if text.startswith("%%", at):
            literal, at = literal + "%", at + 2
        elif text[at] != "%":
            literal, at = literal + text[at], at + 1
        elif found := _COMMAND.match(text, at):
            parts += [*([literal] if literal else []), _operator(found, text)]
            literal, at = "", found.end()
        else:
            raise LogFormatError(f"no valid command at position {at} of the format: {text[at : at + 30]!r}; a literal percent sign is written %%")
    return [*parts, literal] if literal else parts


def _operator(found: re.Match[str], text: str) -> Operator:
    name, argument, length = found[1], found[2] or "", found[3]
    row = _row(_ALIASES.get(name, name), argument)
    where = f"{found.group()} at position {found.start()} of the format"
    if row is None:
        raise LogFormatError(f"unknown command operator {where}; {near(name, _table())}")
    if row["arguments"] == "required" and not argument:
        raise LogFormatError(f"{where} needs an argument in parentheses, such as {row['example_format']}")
    if row["arguments"] == "none" and argument:
        raise LogFormatError(f"{where} takes no argument; write %{name}%")
    if length and row["length"] != "yes":
        raise LogFormatError(f"{where} takes no length; write {found.group().replace(':' + length + '%', '%')}")
    column = row["column"].replace("{argument}", re.sub(r"[^a-z0-9]+", "_", argument.lower()).strip("_"))
    return Operator(name, argument, column, row["type"], row["values"])


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    table: dict[str, dict[str, dict[str, str]]] = {}
    for row in envoy.rows("operators"):
        table.setdefault(row["operator"], {})[row["argument"]] = row
    return table


def _row(name: str, argument: str) -> dict[str, str] | None:
    rows = _table().get(name, {})
    return rows.get(argument.upper()) or rows.get(argument) or rows.get("")


def _unique(parts: list[Part], taken: set[str] | None = None) -> tuple[Part, ...]:
    """Number the columns of repeated operators, so that none overwrites another."""
    taken = set() if taken is None else taken
    out: list[Part] = []
    for part in parts:
        if isinstance(part, Operator):
            column, n = part.column, 2
            while column in taken:
                column, n = f"{part.column}_{n}", n + 1
            taken.add(column)
            part = replace(part, column=column)
        out.append(part)
    return tuple(out)
