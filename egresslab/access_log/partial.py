"""Lines with fields cut off or elided, as people post them: what is certain is read, the rest is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from egresslab import envoy
from egresslab.access_log.format import LogFormat, Operator
from egresslab.access_log.pattern import TIME
from egresslab.access_log.plan import Run, plan_of

_GAP = "gap"
_MOST_WORDS, _MOST_GAPS = 60, 6  # the ways to lay them out grow with both
_WORDS = re.compile(r'"([^"]*)"(?=\s|$)|\[([^\]\s]*)\](?=\s|$)|"([^"]*)$|(\S+)')
_ELLIPSIS = re.compile(r"\.\.\.|…")
_GAPS = ("...", "…", "[...]", "[…]")
_ADDRESS = r"(?:\[[0-9a-fA-F:.%]+\]|[\w.-]+):\d{1,5}|envoy://\S*|/\S+|-"
_NUMBER = r"-?\d+"
# What a field must look like to be told from its neighbours; columns that are not named take any text.
_SHAPES = {
    "start_time": TIME,
    "method": r"[A-Z][A-Z-]*|-",
    "path": r"[/*?].*|[\w.-]+:\d+|-|\w+://.*",
    "protocol": r"HTTP/[0-9.]+|-",
    "response_code": r"0|[1-5]\d\d",
    "response_flags": r"[A-Z]{2,5}(?:,[A-Z]{2,5})*|-",
    "response_code_details": r"[a-zA-Z][\w.]*(?:[{(\[].*)?|-",
    "connection_termination_details": r"[a-z][^|\s]*|-",
    "upstream_transport_failure_reason": r".*[A-Za-z]{3}.*|-",
    "x_forwarded_for": r"[0-9a-fA-F.:, ]*|-",
    "request_id": r"[0-9a-zA-Z-]{8,}|-",
    "authority": r"[\w.*-]+(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?|-",
    "upstream_host": _ADDRESS + r"|[\w|.*-]+\|\|[\w.*-]*",
    "upstream_cluster": r"[A-Za-z].*[A-Za-z].*|-",
    "upstream_local_address": _ADDRESS,
    "downstream_local_address": _ADDRESS,
    "downstream_remote_address": _ADDRESS,
    "requested_server_name": r"[\w*-]+(?:\.[\w*-]+)+\.?|outbound_\S+|invalid:\S+|[a-z0-9-]+|-",
    "route_name": r"(?!(?:out|in)bound\|)[A-Za-z]\S*|-",
}
# A value at a cut end is whole only if no longer value begins with it.
_CLOSED = re.compile(r"-|.*:\d{5}|[1-5]\d\d")


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a line: in quotes, in brackets or bare; elided when its text is cut."""

    kind: str
    text: str

    @property
    def elided(self) -> bool:
        return _ELLIPSIS.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class _Slot:
    """One word of a format, and the operators in it."""

    kind: str
    operators: tuple[Operator, ...]


def read_partial(line: str, formats: list[LogFormat]) -> dict[str, str] | None:
    """Read what is certain in a line that no format fits whole: values by column, or None when it is no entry.

    All ways in which the words of the line, in order, can be words of a format are tried; a value is certain when all ways agree on it.
    """
    words = _words(line)
    if not words or len(words) > _MOST_WORDS or sum(w.kind == _GAP for w in words) > _MOST_GAPS or not _is_entry(words):
        return None
    ways = [way for f in formats for way in _ways(words, _slots(f), 0, anchored=words[0].kind == "time")]
    if not ways:
        return None
    certain = dict(ways[0])
    for way in ways[1:]:
        certain = {column: value for column, value in certain.items() if way.get(column) == value}
    return certain if len(certain) > 1 else None


def _words(line: str) -> list[_Word]:
    line = re.sub(rf"^\s*\[?({TIME})\]?\s+(?=\"|[A-Z]+ )", r"[\1] ", line)
    line = re.sub(r"^(\[[^\]]*\] )?([A-Z]+ \S+ HTTP/[\d.]+\" \d)", r'\1"\2', line)
    line = re.sub(r"^[^\s\[\"]*\]\s+(?=\")", "[…] ", line)
    line = re.sub(r"^[^\"]*\s(?:HTTP/[\d.]+|-)\"(?= \d)", '"…"', line)
    words = []
    for found in _WORDS.finditer(line):
        quoted, bracketed, unclosed, bare = found.groups()
        if found.group() in _GAPS and not (found.start() == 0 and bracketed):
            words.append(_Word(_GAP, ""))
        elif bracketed is not None and found.start() == 0:
            words.append(_Word("time", bracketed))
        elif quoted is not None:
            words.append(_Word("quoted", quoted))
        elif unclosed is not None:
            words.append(_Word("quoted", unclosed + "…"))
        else:
            words.append(_Word("bare", bare if bare is not None else found.group()))
    return _open_end(words, line)


def _open_end(words: list[_Word], line: str) -> list[_Word]:
    """Mark the last bare word of a line as cut, unless it cannot be the beginning of a longer one."""
    if (
        words
        and words[-1].kind == "bare"
        and not line[-1].isspace()
        and not _CLOSED.fullmatch(words[-1].text)
        and words[-1].text not in _known_clusters()
    ):
        return [*words[:-1], _Word("last", words[-1].text)]
    return words


@cache
def _known_clusters() -> frozenset[str]:
    return frozenset(row["pattern"] for row in envoy.rows("known_clusters") if row["pattern"].isalnum())


def _is_entry(words: list[_Word]) -> bool:
    """Tell whether a line has the marks of an Envoy entry: a request line and what follows it, or details with their cluster."""
    request = next((n for n, w in enumerate(words) if w.kind == "quoted" and _REQUEST.fullmatch(w.text)), None)
    if request is not None:
        before, after = words[:request], words[request + 1 :]
        return len(before) <= 1 and all(w.kind in ("time", _GAP) or w.elided for w in before) and bool(after) and _code_follows(after[0])
    kinds = [bool(_CLUSTER.fullmatch(w.text)) or bool(_DETAILS.match(w.text)) for w in words]
    return any(kinds) and len(words) >= 3


def _code_follows(word: _Word) -> bool:
    return word.kind == _GAP or word.elided or bool(re.fullmatch(_SHAPES["response_code"], word.text))


_REQUEST = re.compile(r"- - -|(?:[A-Z][A-Z-]*|-) (?:\S.*|-) (?:HTTP/[\d.]+|-)|[A-Z]+ .*(?:\.\.\.|…).*")
_CLUSTER = re.compile(r"(?:outbound|inbound)\|\d+\|\S*\|\S*|PassthroughCluster|BlackHoleCluster|InboundPassthroughCluster\w*")
_DETAILS = re.compile(
    r"via_upstream$|upstream_reset_(?:before|after)_response_started\{|route_not_found$|cluster_not_found$|no_healthy_upstream$|filter_chain_not_found$"
)


@cache
def _slots(log_format: LogFormat) -> tuple[_Slot, ...]:
    runs: tuple[Run, ...] = plan_of(log_format) or ()
    slots: list[_Slot] = []
    for run in runs:
        operators = [t.operator for t in run.tokens if t.operator]
        if run.quoted:
            slots.append(_Slot("quoted", tuple(operators)))
        else:
            slots += [_Slot("time" if o.type == "time" else "bare", (o,)) for o in operators]
    return tuple(slots)


def _ways(words: list[_Word], slots: tuple[_Slot, ...], at: int, *, anchored: bool) -> Iterator[dict[str, str]]:
    """Give each way to lay the words, in order and without holes but at gaps, on the slots from ``at`` on."""
    if not words:
        yield {}
        return
    if words[0].kind == _GAP:
        rest = words[1:]
        if not rest:
            if at < len(slots):
                yield {}
            return
        for start in range(at + 1, len(slots)):  # an author elides at least one field
            yield from _laid(rest, slots, start)
        return
    for start in range(at, 1 if anchored else len(slots)):
        yield from _laid(words, slots, start)


def _laid(words: list[_Word], slots: tuple[_Slot, ...], start: int) -> Iterator[dict[str, str]]:
    found: dict[str, str] = {}
    for n, word in enumerate(words):
        if word.kind == _GAP:
            for rest in _ways(words[n:], slots, start + n, anchored=False):
                yield found | rest
            return
        if start + n >= len(slots) or (values := _values(word, slots[start + n], final=start + n + 1 == len(slots))) is None:
            return
        found |= values
    yield found


def _values(word: _Word, slot: _Slot, *, final: bool) -> dict[str, str] | None:
    """Read a word as a slot's fields: None when it cannot be it, empty when it is but its text is or may be cut."""
    if word.kind != slot.kind and not (word.kind == "last" and slot.kind == "bare"):
        return None
    if word.elided:
        return {}
    texts = _request_line(word.text) if len(slot.operators) == 3 else [word.text]
    fits = texts is not None and all(_fits(o, t) for o, t in zip(slot.operators, texts, strict=True))
    if word.kind == "last" and not (fits and final):
        return {}
    if texts is None or not fits:
        return None
    return {o.column: t for o, t in zip(slot.operators, texts, strict=True)}


def _request_line(text: str) -> list[str] | None:
    method, _, rest = text.partition(" ")
    path, _, protocol = rest.rpartition(" ")
    return [method, path, protocol] if path and protocol else None


def _fits(operator: Operator, text: str) -> bool:
    shape = _SHAPES.get(operator.column)
    if shape is None:
        shape = _NUMBER + "|-" if operator.type == "count" else ".*"
    return re.fullmatch(shape, text) is not None
