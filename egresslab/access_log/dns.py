"""The name that was asked for, in lines about DNS: of ztunnel, of the Istio agent's DNS proxy and of Envoy's resolver."""

from __future__ import annotations

import re

_NAME = r"([\w*.-]+)"
_QUESTION = re.compile(rf"^;{_NAME}\s+IN\s+[A-Z]", re.MULTILINE)
# By the part that speaks: ztunnel's dns scope and the agent's, Envoy's resolver, and spans of ztunnel's in which a lookup runs.
_WAYS = (
    (re.compile("dns"), re.compile(rf'(?:^|\s)domain="?{_NAME}|\bhost(?:name)? "{_NAME}"')),
    (re.compile("dns"), _QUESTION),
    (re.compile("envoy.*|dns|dns_cache|upstream"), re.compile(rf"\b(?:dns|DNS) resolution (?:complete )?for {_NAME}(?: |$)")),
    (re.compile(".*", re.DOTALL), re.compile(rf"\blookup\{{[^{{}}]*\bname={_NAME}|\blookup=\{{[^{{}}]*'name': '{_NAME}'")),
)


def dns_name_of(component: str | None, text: str) -> str | None:
    """Tell which name a message about DNS is about, without the dot of the root; None for other messages."""
    scope = (component or "").removeprefix("ztunnel::").split(":", 1)[0]
    said = f"{component}\n{text}"
    return next((name for part, asked in _WAYS if part.fullmatch(scope) and (name := _first(asked.search(said)))), None)


def question_of(line: str) -> str | None:
    """Read the question in a line of a DNS message."""
    return _first(_QUESTION.match(line))


def is_dns_answer(text: str) -> bool:
    """Tell whether a message holds a DNS message, which goes over many lines."""
    return ";; opcode: " in text


def ends_dns_answer(line: str) -> bool:
    """Tell whether a line is the last of the agent's: it names the protocol."""
    return "protocol=" in line


def _first(found: re.Match[str] | None) -> str | None:
    name = next((group for group in found.groups() if group), "") if found else ""
    return name.removesuffix(".") or None
