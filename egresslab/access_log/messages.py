"""The proxies' own lines: what Envoy and the Istio agent write between the access entries."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass

from egresslab.access_log.cast import encodable, iso_time
from egresslab.access_log.dns import dns_name_of, ends_dns_answer, is_dns_answer, question_of

_LEVELS = "trace|debug|info|warn|warning|error|critical|fatal"
_AGENT = re.compile(rf"(?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?)\s+(?P<level>{_LEVELS})\s+(?P<text>.*)", re.DOTALL)
_ENVOY = re.compile(
    r"(?:\[Envoy \(Epoch \d+\)\] )?\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\]\[\d+\]"
    rf"\[(?P<level>{_LEVELS})\]\[(?P<component>[\w.-]+)\]\s*(?P<text>.*)",
    re.DOTALL,
)
_GLOG = re.compile(r"(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ (?P<component>[\w./-]+:\d+)\] (?P<text>.*)", re.DOTALL)
_LEVEL_NAMES = {"warn": "warning", "fatal": "critical", "I": "info", "W": "warning", "E": "error", "F": "critical", "WARN": "warning"}
# Until April 2024 ztunnel wrote Rust's own layout: spans, and then the part that speaks.
_RUST = re.compile(
    rf"(?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)\s+(?P<level>{_LEVELS.upper()}) "
    r"(?:\w+(?:\{[^{}]*\})?:(?!:) ?){0,5}?(?P<component>ztunnel(?:::\w+)*|access|dns): (?P<text>.*)",
    re.DOTALL,
)
# The part that speaks where somebody's terminal or editor made blanks of tabs: many, or one behind ztunnel's spans.
_APART = re.compile(r"((?:envoy )?[\w:.-]+) {2,}(?=\S)|([\w:]+(?::\w+\{[^{}]*\})+|dns) +(?=\S)")
_KEYS = ({"level", "msg"}, {"level", "time", "scope", "message"}, {"level", "time", "scope", "domain"})  # the agent's, ztunnel's, its dns scope's
_RUNNING = "running with config:"  # ztunnel's, over many lines
_THREAD = re.compile(r"\s+thread=\d+$")


@dataclass(slots=True)
class Message:
    """One entry of the proxy's own log, from its first line on."""

    line: int
    time: dt.datetime | None
    level: str | None
    component: str | None
    text: str
    dns_name: str | None = None
    open: bool = False
    lines: int = 1
    pod: str | None = None
    container: str | None = None
    proxy: str | None = None

    def takes(self, line: str, number: int) -> bool:
        """Tell whether a line that nothing recognises goes on with this message.

        Envoy's lines end in the thread under Istio; a message without it, or a line that is set in, goes on. An answer of DNS has blank lines.
        An export may hold both lines in one entry.
        """
        behind = number - self.line - self.lines
        return (self.open or line[:1] in (" ", "\t")) and (behind in (-1, 0) or (behind == 1 and self.open and is_dns_answer(self.text)))

    def join(self, line: str, number: int) -> None:
        """Add a continuation line."""
        end = _THREAD.search(line)
        self.text += "\n" + (line[: end.start()] if end else line)
        self.lines = number - self.line + 1
        self.open = self.open and end is None and not ends_dns_answer(line)
        self.dns_name = self.dns_name or question_of(line)


def message_of(line: str, number: int) -> Message | None:
    """Read a line as one of the proxy's own, or say that it is none."""
    if line.startswith("{"):
        return _from_json(line, number)
    for shape in (_AGENT, _ENVOY, _GLOG, _RUST):
        if found := shape.match(line):
            parts = found.groupdict()
            return _message(number, parts.get("time"), parts["level"], parts.get("component"), parts["text"])
    return None


def _message(number: int, time: str | None, level: str, component: str | None, text: str) -> Message:
    if component is None and "\t" in text:
        component, text = text.split("\t", 1)
    elif component is None and (apart := _APART.match(text)):
        component, text = apart[1] or apart[2], text[apart.end() :]
    end = _THREAD.search(text)
    text = text[: end.start()] if end else text
    goes_on = component is not None and component.startswith("envoy") and end is None
    goes_on = goes_on or text.startswith(_RUNNING) or (is_dns_answer(text) and not ends_dns_answer(text))
    return Message(number, iso_time(time or ""), _LEVEL_NAMES.get(level, level.lower()), component, text, dns_name_of(component, text), open=goes_on)


def _from_json(line: str, number: int) -> Message | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not any(keys <= found.keys() for keys in _KEYS):
        return None
    said = found.get("msg", found.get("message"))
    others = [f"{k}={v}" for k, v in found.items() if k not in ("level", "time", "scope", "msg", "message")]
    text = encodable(" ".join([*([] if said is None else [str(said)]), *others]))
    level, scope = encodable(str(found["level"])), found.get("scope")
    component = None if scope is None else encodable(str(scope))
    return Message(number, iso_time(str(found.get("time", ""))), _LEVEL_NAMES.get(level, level), component, text, dns_name_of(component, text))
