"""What istioctl analyze prints: its messages, as text, JSON or YAML."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pandas as pd

from egresslab.frames import schema, typed
from egresslab.istio.printed import HEAD, json_in, lines_of, mappings, said, stranger, text_of, yaml_in
from egresslab.sources import Source, name_of, sources_of

Rows = list[dict[str, Any]]

_BEGINS = r"(?:^|\s)(?P<level>Error|Warning|Info) \[(?P<code>IST\d{4})\]"
_MESSAGE = re.compile(
    rf"{_BEGINS}(?: \[cluster-(?P<cluster>[^\]]*)\])?"
    r"(?: \((?P<resource>[^\s)]+ [^\s)]+)(?: (?P<reference>.*?))?\)(?=\s|$))?(?: (?P<message>.*))?$"
)
_NO_ISSUES = re.compile(r"No validation issues found")
_OWN_WORDS = re.compile(r"^(?:Error: )?Analyzers found issues when|^See https?://\S+ for more information|^\s*(?:\[\])?$")
_IN_YAML = re.compile(r"^- (?:cluster: .*\n  )?code: IST.*\n(?:(?:[- ] .*)?(?:\n|\Z))*", re.MULTILINE)
_LOOKS = re.compile(rf"{_BEGINS}|{_NO_ISSUES.pattern}|\"?code\"?: \"?IST\d{{4}}", re.MULTILINE)
_WAY_OUT = "give all that istioctl analyze printed, with its standard error (2>&1): it says there that it found nothing"


def looks_like_analysis(text: str) -> bool:
    """Tell whether a text is, by its first 64 KB, what istioctl analyze prints."""
    return bool(_LOOKS.search(text[:HEAD]))


def read_analysis(*paths: Source) -> pd.DataFrame:
    """What did istioctl analyze find?

    Parameters
    ----------
    paths
        Files with its answer as text, JSON or YAML (plain, gzip or zstandard), globs, open streams, or ``-`` for standard input.

    Returns
    -------
    pandas.DataFrame
        An ``analysis`` frame, one row a message; no row when istioctl found no issue. Lines that are no messages are counted in one warning.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    ResourceError
        When nothing in a file is what istioctl analyze prints.

    Examples
    --------
    >>> import io, egresslab as eg
    >>> found = 'Error [IST0101] (VirtualService shop/api mesh.yaml:12) Referenced host not found: "api.example.com"'
    >>> eg.read_analysis(io.StringIO(found))[["code", "kind", "namespace", "name", "reference"]].values.tolist()
    [['IST0101', 'VirtualService', 'shop', 'api', 'mesh.yaml:12']]
    """
    rows: Rows = []
    ignored: list[tuple[str, int]] = []
    for source in sources_of(paths):
        name = name_of(source)
        found, others = _rows(text_of(source), name)
        rows += [{**row, **_parts(row.get("resource")), "source": name} for row in found]
        ignored += [(name, line) for line in others]
    if ignored:
        first, line = ignored[0]
        warnings.warn(f"lines that are no message of istioctl analyze: {len(ignored):,}; the first is {first}:{line}", UserWarning, stacklevel=2)
    return typed({column: [row.get(column) for row in rows] for column in schema("analysis")}, "analysis")


def _rows(text: str, name: str) -> tuple[Rows, list[int]]:
    """Give the messages of a file, and the numbers of the lines that are none."""
    rows, others, recognised = _from_lines(text)
    if recognised:
        return rows, others
    if block := _IN_YAML.search(text):
        items = mappings(yaml_in(block.group(), name))
        before = text.count("\n", 0, block.start())
        return _from_objects(items, [n and n + before for n in lines_of(block.group(), r"^- ", len(items))]), []
    arrays = [value for value in json_in(text, name) if value == [] or any(str(v.get("code")).startswith("IST") for v in mappings(value))]
    if not arrays:
        raise stranger(text, name, "istioctl analyze", _WAY_OUT)
    items = [item for array in arrays for item in mappings(array)]
    return _from_objects(items, lines_of(text, r"\{[^{}]*?\"code\"\s*:", len(items))), []


def _from_lines(text: str) -> tuple[Rows, list[int], bool]:
    rows, others, nothing_found, within = Rows(), list[int](), False, False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip()
        if match := _MESSAGE.search(line):
            rows.append({**match.groupdict(), "message": match["message"] or "", "line": number})
            within = True
        elif within and line[:1].isspace():
            rows[-1]["message"] += f"\n{line}"
        else:
            within = False
            nothing_found = nothing_found or bool(_NO_ISSUES.search(line))
            if not (_NO_ISSUES.search(line) or _OWN_WORDS.search(line)):
                others.append(number)
    return rows, others, bool(rows) or nothing_found


def _from_objects(items: Rows, lines: list[int | None]) -> Rows:
    renamed = {"resource": "origin", "documentation_url": "documentationUrl"}
    columns = ("code", "level", "resource", "reference", "message", "documentation_url", "cluster")
    return [{**{c: said(item.get(renamed.get(c, c))) for c in columns}, "line": line} for item, line in zip(items, lines, strict=True)]


def _parts(resource: str | None) -> dict[str, str | None]:
    """Split an origin such as ``VirtualService shop/api``; what the cluster owns has no namespace."""
    kind, _, name = (resource or "").partition(" ")
    namespace, slash, rest = name.partition("/")
    return {"kind": kind or None, "namespace": namespace if slash else None, "name": (rest if slash else name) or None}
