"""What fields look like, where only that tells them from their neighbours: in lines that are cut or elided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from egresslab import envoy
from egresslab.access_log.format import LogFormat, Operator
from egresslab.access_log.pattern import TIME
from egresslab.access_log.plan import Token, plan_of

_ADDRESS = r"(?:\[[0-9a-fA-F:.%]+\]|[\w.-]+):\d{1,5}|envoy://\S*|/\S+|-"
# Columns that are not named take any text, numbers any number.
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
_CLUSTER = r"(?:(?:out|in)bound|inbound-vip)\|\d+\|[^| ]*\|\S*|(?:Inbound)?PassthroughCluster\w*|BlackHoleCluster|AllowAnyDynamicDNSCluster"
_REQUEST = r"- - -|(?:[A-Z][A-Z-]*|-) (?:\S.*|-) (?:HTTP/[0-9.]+|-)|[A-Z]+ .*(?:\.\.\.|…).*"
_TORN_REQUEST = r"(?:.* )?(?:HTTP/[0-9.]+|-)|H?T{0,2}P?/?[0-9]?\.?[0-9]?"
ROUTES = ("allow_any", "block_all")  # Istio's own for hosts that it does not know: they stand nowhere else
_CODE, _PORT = r"[1-5]\d\d", r".*:\d{5}"
# Values that are whole although what stood behind them is lost, since nothing longer begins with them.
_TO_END = {
    "response_code": _CODE,
    "response_flags": "-",
    "upstream_cluster": "PassthroughCluster|BlackHoleCluster",
    "upstream_local_address": _PORT,
    "downstream_local_address": _PORT,
    "downstream_remote_address": _PORT,
}


@dataclass(frozen=True)
class Slot:
    """One word of a format: the tokens in it and the pattern of its text."""

    quoted: bool
    tokens: tuple[Token, ...]
    pattern: re.Pattern[str]

    @cached_property
    def operators(self) -> tuple[Operator, ...]:
        """The operators in it, in order."""
        return tuple(t.operator for t in self.tokens if t.operator)

    def values(self, text: str) -> dict[str, str] | None:
        """Read a whole word: values by column, or None when it does not fit."""
        found = self.pattern.fullmatch(text)
        return found and {o.column: v for o, v in zip(self.operators, found.groups(), strict=True)}

    def begins(self, text: str) -> bool:
        """Tell whether a text has the literal with which the word begins."""
        return text.startswith(self.tokens[0].before)

    def ends(self, text: str) -> bool:
        """Tell whether a text has the literal with which the word ends."""
        return text.endswith(self.tokens[-1].after)

    def is_last(self, text: str) -> bool:
        """Tell whether a text is the last token."""
        return re.fullmatch(_pattern(self.tokens[-1], empty=False), text) is not None


@cache
def slots_of(log_format: LogFormat) -> tuple[Slot, ...]:
    """Cut a text format into its words."""
    groups: list[tuple[bool, list[Token]]] = []
    plan = plan_of(log_format) or ()
    for run in plan if all(r.plain for r in plan) else ():
        tokens = [t for t in run.tokens if run.quoted or t.operator or t.before]
        groups += [(True, tokens)] if run.quoted else [(False, [t]) for t in tokens]
    return tuple(_slot(quoted, tokens) for quoted, tokens in groups)


def _slot(quoted: bool, tokens: list[Token]) -> Slot:
    empty = quoted and len(tokens) == 1
    return Slot(quoted, tuple(tokens), re.compile(" ".join(_pattern(t, empty=empty) for t in tokens), re.ASCII))


def _pattern(token: Token, *, empty: bool) -> str:
    before, after = re.escape(token.before), re.escape(token.after)
    if token.operator is None:
        return before
    if token.operator.type == "time":  # people lose its brackets
        return f"(?:{before})?({_shape(token.operator)})(?:{after})?"
    return f"{before}({_shape(token.operator)}{'|' if empty else ''}){after}"


def _shape(operator: Operator) -> str:
    return _SHAPES.get(operator.column) or {"count": r"-?\d{1,18}|-", "time": TIME}.get(operator.type, ".*")


@cache
def _details() -> str:
    """Give the pattern of the details that are known."""
    families = [(re.escape(r["family"]), r["match"]) for r in envoy.rows("response_code_details") if r["match"] != "match"]
    return "|".join(family if match == "exact" else rf"{family}\S*" for family, match in families)


@cache
def _from_start() -> dict[str, str]:
    """Give the values that are whole although what stood before them is lost, since nothing longer ends in them."""
    names = [r["family"] for r in envoy.rows("response_code_details")]
    inner = [re.escape(n) for n in names if any(other != n and other.endswith(n) for other in names)]
    details = rf"(?!(?:{'|'.join(inner)})$)(?:{_details()})"
    clusters = r"(?:out|in)bound\|.*|BlackHoleCluster"
    return {"protocol": "HTTP/.*", "response_code": _CODE, "response_code_details": details, "upstream_cluster": clusters}


@cache
def _mark() -> re.Pattern[str]:
    return re.compile(f"{_CLUSTER}|{_details()}")


def is_mark(text: str) -> bool:
    """Tell whether a word outside quotes can stand only in an entry: a cluster, or details of a response."""
    return _mark().fullmatch(text) is not None


def is_request(text: str, *, torn: bool) -> bool:
    """Tell whether a word in quotes is a request line, or the end of one."""
    return re.fullmatch(_TORN_REQUEST if torn else _REQUEST, text) is not None


def is_code(text: str) -> bool:
    """Tell whether a word can be a response code."""
    return re.fullmatch(_SHAPES["response_code"], text) is not None


def whole_from_start(column: str, text: str) -> bool:
    """Tell whether a value is whole although what stood before it is lost."""
    return re.fullmatch(_from_start().get(column, "(?!)"), text) is not None


def whole_to_end(column: str, text: str) -> bool:
    """Tell whether a value is whole although what stood behind it is lost."""
    return re.fullmatch(_TO_END.get(column, "(?!)"), text) is not None
