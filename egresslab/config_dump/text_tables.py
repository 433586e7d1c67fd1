"""istioctl's proxy-config tables, as people paste them: what a table tells becomes rows, the rest is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from egresslab.config_dump.part import Part
from egresslab.config_dump.text_clusters import add_clusters, add_endpoints, add_hosts, add_secrets
from egresslab.config_dump.text_listeners import add_chains, add_listeners, moved_chain
from egresslab.config_dump.text_routes import add_route_configs, add_routes
from egresslab.sources import Row, Table, tables_of

_VERSIONS = re.compile(r"^(Istio Version|Istio Proxy Version|Envoy Version): +(\S.*)$", re.MULTILINE)
_COLUMNS = {"Istio Version": "istio_version", "Istio Proxy Version": "istio_proxy_version", "Envoy Version": "envoy_version"}

_PORT, _NUMBER, _WORD = r"\d{1,5}", r"\d{1,9}", r"\S+"
_MATCH = r"ALL|(?:SNI|Trans|App|Addr): .+"
_TIMES = dict.fromkeys(("NOT AFTER", "NOT BEFORE"), r"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?")
_OWNER = r"(?:404|<unknown>|\S+\.\S+)?"
_NO_SECRETS = "No active or warming secrets found."


class _Kind(NamedTuple):
    """A table of istioctl: the columns that only it has, what their cells can hold, and what adds its rows; other columns may be missing."""

    cells: dict[str, str]
    add: Callable[[Part, Iterable[Row]], None]
    moved: Callable[[str, tuple[str, ...]], dict[str, str] | None] = lambda _line, _columns: None


def _nothing(part: Part, rows: Iterable[Row]) -> None:
    """ECDS filters have no frame."""


_KINDS = (
    _Kind({"ADDRESS(?:ES)?": r"\S*", "PORT": _PORT, "MATCH": _MATCH, "DESTINATION": r".+"}, add_chains, moved_chain),
    _Kind({"LISTENER": _WORD, "CHAIN": r"\S*", "MATCH": _MATCH, "DESTINATION": r".+"}, add_chains),
    _Kind({"ADDRESS(?:ES)?": r"\S*", "PORT": _PORT, "TYPE": r"HTTP|TCP|HTTP\+TCP|UNKNOWN|UDP"}, add_listeners),
    _Kind({"NAME": r"\S*", "DOMAINS": r".*", "MATCH": r"(?:(?:/|PathPrefix:|regex ).*)?", "VIRTUAL SERVICE": _OWNER}, add_routes),
    _Kind({"NAME": r"\S*", "VIRTUAL HOSTS": _NUMBER}, add_route_configs),
    _Kind({"SERVICE FQDN": r"\S*", "PORT": rf"{_PORT}|-", "SUBSET": _WORD, "DIRECTION": r"[a-z-]+", "TYPE": _WORD}, add_clusters),
    _Kind({"ENDPOINT": _WORD, "STATUS": r"[A-Z]+", "CLUSTER": _WORD}, add_hosts),
    _Kind({"NAME": _WORD, "STATUS": r"[A-Z]+", "LOCALITY": r".*", "CLUSTER": _WORD}, add_endpoints),
    _Kind({"RESOURCE NAME": _WORD, "STATUS": r"[A-Z]+", "VALID CERT": "true|false", "SERIAL NUMBER": "-?[0-9a-f]*", **_TIMES}, add_secrets),
    _Kind({"ECDS NAME": _WORD, "TYPE": _WORD}, _nothing),
)  # fmt: skip
_KNOWN = {column for kind in _KINDS for column in kind.cells} | {"VHOST NAME", "DESTINATION RULE", "OUTLIER CHECK", "TRUST DOMAIN"}


def looks_like_table(text: str) -> bool:
    """Does this text hold a table of ``istioctl proxy-config``?"""
    return bool(_VERSIONS.search(text)) or _NO_SECRETS in text or any(_kind(table) for table in tables_of(text, _KNOWN))


def read_table(text: str, part: Part) -> int:
    """Add the rows of all tables in a text; give how many lines within them were not understood."""
    for columns, line in _versions(text):
        part.add("bootstrap", **columns, pointer=f"L{line}")
    lines = text.split("\n")
    return sum(_read(table, lines, part) for table in tables_of(text, _KNOWN))


def _read(table: Table, lines: list[str], part: Part) -> int:
    if not (kind := _kind(table)):
        return len(table.unread) + len(table.rows)
    forms = [(column, re.compile(form)) for name, form in kind.cells.items() for column in table.columns if re.fullmatch(name, column)]
    rows = [row for row in table.rows if all(form.fullmatch(row.cells[column]) for column, form in forms)]
    odd = {*table.unread, *(row.line for row in table.rows)} - {row.line for row in rows}
    moved = [Row(n, cells) for n in odd if (cells := kind.moved(lines[n - 1].strip(), table.columns))]
    kind.add(part, sorted(rows + moved, key=lambda row: row.line))
    return len(odd) - len(moved)


def _kind(table: Table) -> _Kind | None:
    return next((k for k in _KINDS if all(any(re.fullmatch(name, c) for c in table.columns) for name in k.cells)), None)


def _versions(text: str) -> Iterator[tuple[dict[str, str], int]]:
    """Give what ``bootstrap -o short`` tells, and its first line; Envoy's version is its last."""
    columns: dict[str, str] = {}
    line, at, begin = 1, 0, 1
    for found in _VERSIONS.finditer(text):
        line, at = line + text.count("\n", at, found.start()), found.start()
        begin = begin if columns else line
        columns[_COLUMNS[found[1]]] = found[2].strip()
        if found[1] == "Envoy Version":
            yield columns, begin
            columns = {}
    if columns:
        yield columns, begin
