"""The documents of a file: YAML between its ``---``, or JSON, each with what is wrong with it when it cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from egresslab.istio.yaml_events import WrongYamlError, read_yaml

# A line of backticks cannot stand in YAML: somebody pasted out of a page.
_BORDER = re.compile(r"^(?:---(?=\s|$)|(?:\.\.\.(?:\s.*)?|```.*)$)", re.MULTILINE)
_LEAD = re.compile(r"(?:(?:---)?[ \t\r]*(?:[#%].*)?(?:\n|\Z))*")
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\]\"])")
_PROMPT = re.compile(r"(?:(?:\$ |Warning: |W\d{4} |E\d{4} |error: |No resources found).*(?:\n|\Z))+")  # what else a terminal showed
_TEMPLATE = re.compile(r"^\s*-?\s*\{\{|:\s+\{\{", re.MULTILINE)
_SNIFF = 64 << 10
_HELM = "it is a Helm template ({{ }}); 'helm template' fills it in, and 'kubectl get -o yaml' shows what the cluster has"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its number from 0, the line from 1 at which it begins, and what it holds or why it cannot be read."""

    number: int
    line: int
    written: str
    content: Any = None
    reason: str | None = None


def documents(written: str) -> Iterator[Document]:
    """Read the documents of a file one by one; those that hold nothing are passed by."""
    noise = _PROMPT.match(written)
    start = noise.end() if noise else 0
    if _JSON.match(written, start):
        yield from _json(written, start)
        return
    for number, (line, part) in enumerate(_parts(written, start)):
        yield _yaml(number, line, part)


def _parts(written: str, start: int) -> Iterator[tuple[int, str]]:
    """Cut YAML at the borders of its documents, so that a broken one leaves the others readable."""
    line, at = written.count("\n", 0, start) + 1, start
    for border in [*_BORDER.finditer(written, start), None]:
        end = border.start() if border else len(written)
        lead = _LEAD.match(written, at, end)
        begun = lead.end() if lead else at
        if begun < end:
            yield line + written.count("\n", at, begun), written[begun:end]
        line, at = line + written.count("\n", at, end), end
        if border and not border.group().startswith("---"):
            at = border.end()


def _yaml(number: int, line: int, part: str) -> Document:
    try:
        return Document(number, line, part, read_yaml(part))
    except WrongYamlError as error:
        if _TEMPLATE.search(part):
            return Document(number, line, part, None, _HELM)
        return Document(number, line + error.line, part, None, str(error))


def _json(written: str, start: int) -> Iterator[Document]:
    try:
        yield Document(0, written.count("\n", 0, start) + 1, written, orjson.loads(written[start:]))
    except orjson.JSONDecodeError:
        yield from _several(written, start)


def _several(written: str, at: int) -> Iterator[Document]:
    """Read JSON values that stand one after another, as two commands into one file leave them."""
    number, line, counted = 0, 1, 0
    decoder = json.JSONDecoder()
    while (at := _next(written, at)) < len(written):
        line, counted = line + written.count("\n", counted, at), at
        try:
            content, end = decoder.raw_decode(written, at)
        except json.JSONDecodeError as error:
            reason = _HELM if _TEMPLATE.search(written, at) else f"its JSON is broken or ends too early ({error.msg}); ask for the file again"
            yield Document(number, error.lineno, written[at : at + _SNIFF], None, reason)
            return
        except RecursionError:
            yield Document(number, line, "", None, "its JSON is nested deeper than any resource")
            return
        yield Document(number, line, written[at:end], content)
        at, number = end, number + 1


def _next(written: str, at: int) -> int:
    """Step over white space and the ``---`` that some put between JSON values."""
    found = re.compile(r"(?:\s|^---$)*", re.MULTILINE).match(written, at)
    return found.end() if found else at
