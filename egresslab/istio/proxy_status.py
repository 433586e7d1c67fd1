"""What istioctl proxy-status prints, and istiod's debug/syncz: which proxy has taken which configuration."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pandas as pd

from egresslab.frames import schema, typed
from egresslab.istio.printed import HEAD, lines_of, stranger, text_of
from egresslab.istio.proxy_status_objects import Rows, from_answers, from_syncz, is_answer, is_syncz, values_in
from egresslab.sources import Row, Source, name_of, sources_of, tables_of

_WHOSE = ("NAME", "CLUSTER", "ISTIOD", "PILOT", "VERSION")
_COLUMNS = (*_WHOSE, "SUBSCRIBED TYPES", "[A-Z]{1,4}DS", r"[\w.]+/[\w./]+")  # a type without a short name prints its URL
_SUBSCRIBED = re.compile(r"\d+(?: \((?P<types>[^)]*)\))?$")
_STATUS = re.compile(r"(?P<status>[A-Z]+(?:[ _][A-Z]+)*)?(?: \((?P<more>.*)\))?$")
_AGE = re.compile(r"(?:\d+(?:\.\d+)?(?:y|d|h|m|s|ms))+|<invalid>|<unknown>")
_OF_ONE_POD = re.compile(
    r"^(?:(?P<section>Clusters|Listeners|Routes) (?P<status>Match|Don['\u2019]t Match)(?: \((?P<detail>.*)\))?"
    r"|--- (?:Pilot|Istiod) (?P<differ>Clusters|Listeners|Routes))\s*$",
    re.MULTILINE,
)
_SECTIONS = {"Clusters": "CDS", "Listeners": "LDS", "Routes": "RDS"}
_LOOKS = re.compile(
    rf"^\s*NAME\s(?:.*\s)?(?:ISTIOD|PILOT)\s+VERSION\b|envoy\.service\.status\.v3\.ClientConfig|\"(?:cluster|listener)_(?:sent|acked)\"|{_OF_ONE_POD.pattern}",
    re.MULTILINE,
)
_WAY_OUT = "give the output of istioctl proxy-status (as table, -v 1, -o json or -o yaml), or istiod's debug/syncz"


def looks_like_proxy_status(text: str) -> bool:
    """Tell whether a text is, by its first 64 KB, what istioctl proxy-status prints, or istiod's debug/syncz."""
    return bool(_LOOKS.search(text[:HEAD]))


def read_proxy_status(*paths: Source) -> pd.DataFrame:
    r"""Which proxies have the configuration that istiod sent them?

    Parameters
    ----------
    paths
        Files with the answer of ``istioctl proxy-status`` as a table of any version, JSON or YAML, for all proxies or one pod, or istiod's
        ``debug/syncz`` (plain, gzip or zstandard); globs, open streams, or ``-`` for standard input.

    Returns
    -------
    pandas.DataFrame
        A ``proxy_status`` frame, one row a proxy and xDS type; a proxy that subscribes to nothing has one row without type.
        Table rows that cannot be read are counted in one warning.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    ResourceError
        When nothing in a file is such an answer.

    Examples
    --------
    >>> import io, egresslab as eg
    >>> table = "NAME         CDS            LDS          ISTIOD     VERSION\ncart.shop    SYNCED (5m)    NOT SENT     istiod-1   1.29.3\n"
    >>> eg.read_proxy_status(io.StringIO(table))[["proxy", "type", "status"]].values.tolist()
    [['cart.shop', 'CDS', 'SYNCED'], ['cart.shop', 'LDS', 'NOT SENT']]
    """
    rows: Rows = []
    unread: list[tuple[str, int]] = []
    for source in sources_of(paths):
        name = name_of(source)
        found, lines = _rows(text_of(source), name)
        rows += [{**row, "source": name} for row in found]
        unread += [(name, line) for line in lines]
    if unread:
        first, line = unread[0]
        warnings.warn(f"rows of proxy-status tables that cannot be read: {len(unread):,}; the first is {first}:{line}", UserWarning, stacklevel=2)
    columns: dict[str, Any] = {column: [row.get(column) for row in rows] for column in schema("proxy_status")}
    columns["last_updated"] = pd.to_datetime(pd.Series(columns["last_updated"], dtype="object"), errors="coerce", utc=True, format="ISO8601")
    return typed(columns, "proxy_status")


def _rows(text: str, name: str) -> tuple[Rows, list[int]]:
    """Give the rows of a file, and the numbers of the table rows that cannot be read."""
    tables = [t for t in tables_of(text, _COLUMNS) if "NAME" in t.columns and {"ISTIOD", "PILOT"} & set(t.columns)]
    of_one_pod = list(_one_pod(text))
    if tables or of_one_pod:
        read = [(row.line, _from_table_row(row)) for table in tables for row in table.rows if _names_a_proxy(row)]
        return [r for _, rows in read for r in rows] + of_one_pod, [line for line, rows in read if not rows]
    values = values_in(text, name)
    answers, syncz = [v for v in values if is_answer(v)], [v for v in values if is_syncz(v)]
    if not answers and not syncz:
        raise stranger(text, name, "istioctl proxy-status", _WAY_OUT)
    return from_answers(answers, text) + from_syncz([entry for value in syncz for entry in value], text), []


def _names_a_proxy(row: Row) -> bool:
    """Tell a row from a prompt or a sentence that stands right below a table."""
    words = [cell for cell in row.cells.values() if cell]
    return " " not in row.cells["NAME"] and len(words) > 2 and bool(re.match(r"[\w*]", row.cells["NAME"]))


def _from_table_row(row: Row) -> Rows:
    """Give a row for each type, none when a cell cannot be what its column holds."""
    cells = row.cells
    whose = {
        "proxy": cells["NAME"],
        "cluster_id": cells.get("CLUSTER") or None,
        "istiod": cells.get("ISTIOD") or cells.get("PILOT") or None,
        "version": cells.get("VERSION") or None,
        "line": row.line,
    }
    if "SUBSCRIBED TYPES" in cells:
        subscribed = _SUBSCRIBED.match(cells["SUBSCRIBED TYPES"])
        types = [t.strip() for t in (subscribed["types"] or "").split(",") if t.strip()] if subscribed else []
        return [{**whose, "type": t, "status": "SUBSCRIBED"} for t in types] or ([whose] if subscribed else [])
    statuses = {c: _STATUS.match(cell) for c, cell in cells.items() if c not in _WHOSE}
    return [{**whose, "type": t, **_status(m)} for t, m in statuses.items() if m] if all(statuses.values()) else []


def _status(cell: re.Match[str]) -> dict[str, str | None]:
    more = cell["more"]
    is_age = bool(more and _AGE.fullmatch(more))
    status = cell["status"] and cell["status"].replace("_", " ")
    return {"status": status, "age": more if is_age else None, "detail": None if is_age else more}


def _one_pod(text: str) -> Iterator[dict[str, Any]]:
    """Read what ``proxy-status POD`` compares; old versions print a difference without a word before it."""
    matches = list(_OF_ONE_POD.finditer(text))
    differs = None
    for match, line in zip(matches, lines_of(text, _OF_ONE_POD.pattern, len(matches)), strict=True):
        section = match["section"] or match["differ"]
        if match["differ"] and section == differs:
            continue
        differs = None if match["status"] == "Match" else section
        yield {"type": _SECTIONS[section], "status": "DON'T MATCH" if differs else "MATCH", "detail": match["detail"], "line": line}
