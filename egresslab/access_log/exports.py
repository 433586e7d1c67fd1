"""Exports of log stores that are one document: JSON that lists its entries, and tables of comma-separated values."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from egresslab.access_log.jsonl import Keys, json_object
from egresslab.access_log.lines import HEAD, Block, beginning_of, held
from egresslab.access_log.origin import NOBODY, Inner, assembled
from egresslab.access_log.paths import Entry, dumped, lists_in, parsed
from egresslab.access_log.wrappings import lists, shape_of
from egresslab.sources import TruncatedError

_LIST = re.compile(rb"\s*\[\s*[\[{]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}"]', re.DOTALL)
_BLANK = re.compile(r"[\s,]*")
_DELIMITERS = (",", ";", "\t", "|")
_ROWS = 10_000  # entries in a block
_LONGEST = (1 << 31) - 1


def is_export(head: bytes, keys: Keys | None) -> bool:
    """Tell whether a file is one document that holds log lines, by its beginning."""
    entries, _ = _some(_read(head, keys), 20)
    bare = not head.lstrip().startswith(b"{")  # objects of Envoy's own, one after another, are no export
    return any(shape_of(e) or (bare and keys is not None and keys.fit(e)) for e in entries)


def _some(entries: Iterator[Entry], most: int) -> tuple[list[Entry], TruncatedError | None]:
    """Give the next entries, and why there are no more where they are cut."""
    found = list[Entry]()
    try:
        found.extend(islice(entries, most))
    except TruncatedError as error:
        return found, error
    return found, None


def opened(blocks: Iterable[Block], keys: Keys | None) -> Iterator[Block]:
    """Give the lines in an export as blocks; the number of a line is that of its entry.

    Raises
    ------
    TruncatedError
        After the last block, when the export is cut or damaged.
    """
    data, cut = _joined(blocks)
    entries, error = _read(data, keys), None
    while error is None:
        some, error = _some(entries, _ROWS)
        if not some:
            break
        yield held(*assembled((_inner(n, e) for n, e in enumerate(some)), len(some)))
    if cut or error:
        raise cut or error or TruncatedError


def raw_entry(blocks: Iterator[Block], number: int, keys: Keys | None) -> tuple[Iterator[Block], str | None]:
    """Give one entry of an export, counted from 1, as JSON; nothing when the blocks are no export, and then all of them."""
    head, blocks = beginning_of(blocks)
    if not is_export(head, keys):
        return blocks, None
    data, _ = _joined(blocks)
    entry = next(islice(_read(data, keys), number - 1, None), None)
    return iter(()), None if entry is None else dumped(entry).decode()


def _joined(blocks: Iterable[Block]) -> tuple[bytes, TruncatedError | None]:
    found = list[bytes]()
    try:
        found.extend(block.data for block in blocks)
    except TruncatedError as error:
        return b"".join(found), error
    return b"".join(found), None


def _inner(number: int, entry: Entry) -> Inner:
    if found := shape_of(entry):
        return Inner(number, found[1], found[0].who(entry))
    return Inner(number, dumped(entry), NOBODY)


def _read(data: bytes, keys: Keys | None) -> Iterator[Entry]:
    if _LIST.match(data) or data.lstrip()[:1] == b"{":
        return _documents(data)
    return _table(data, keys)


def _documents(data: bytes) -> Iterator[Entry]:
    """Give the entries of JSON documents, one after another.

    Raises
    ------
    TruncatedError
        After the last entry that stands there whole, when the document is cut or damaged.
    """
    first, _, rest = data[:HEAD].lstrip().partition(b"\n")
    if (first.startswith(b"{") and any(map(_is_entry, [first, *rest.split(b"\n", 2)[:2]]))) or (rest.strip() and _is_list(first)):
        return  # JSON lines
    try:
        yield from lists_in(parsed(data), lists())
    except ValueError:
        yield from _several(data.decode("utf-8", "replace"))


def _is_entry(line: bytes) -> bool:
    """Tell whether a line is a whole object that lists no others."""
    found = json_object(line)
    return found is not None and next(lists_in(found, lists()), found) is found


def _is_list(line: bytes) -> bool:
    try:
        return line.startswith(b"[") and isinstance(parsed(line), list)
    except ValueError:
        return False


def _several(text: str) -> Iterator[Entry]:
    decoder, at = json.JSONDecoder(strict=False), _end_of_blank(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            if (closed := _closed(text[at:])) is not None:
                yield from lists_in(closed, lists())
            raise TruncatedError("the export is cut or damaged here; what came before was read, ask for it again") from None
        yield from lists_in(value, lists())
        at = _end_of_blank(text, at)


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _closed(text: str) -> Any:
    """Read a document that is cut as if it ended behind the last value in it that is whole."""
    ends, open_, end = list[str](), 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] == '"':
            break
        if token[0] in "[{":
            ends.append("]" if token[0] == "[" else "}")
        elif token[0] in "]}":
            if not ends or ends.pop() != token[0]:
                break
            open_, end = len(ends), token.end()
    try:
        return json.loads(text[:end] + "".join(reversed(ends[:open_])), strict=False) if end else None
    except (ValueError, RecursionError):
        return None


def _table(data: bytes, keys: Keys | None) -> Iterator[Entry]:
    """Give the rows of a table whose head names what log lines stand in, or Envoy's own fields."""
    first, *_ = data[:HEAD].lstrip(b"\n").partition(b"\n")
    for delimiter in _DELIMITERS:
        names = next(csv.reader([first.decode("utf-8", "replace").replace("\r", " ")], delimiter=delimiter), [])
        head = dict.fromkeys(names, "x")
        if ((found := shape_of(head)) and (len(names) > 1 or found[0].sure)) or (len(names) > 1 and keys is not None and keys.fit(head)):
            return _rows(data, delimiter, names)
    return iter(())


def _rows(data: bytes, delimiter: str, names: list[str]) -> Iterator[Entry]:
    before = csv.field_size_limit(_LONGEST)
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8", "replace").lstrip("\n"), newline=""), delimiter=delimiter)
        next(rows)
        for row in rows:
            if row:
                yield {name: value for name, value in zip(names, row, strict=False) if value}
    except csv.Error as error:
        raise TruncatedError(f"the table is damaged here ({error}); what came before was read, ask for it again") from error
    finally:
        csv.field_size_limit(before)
