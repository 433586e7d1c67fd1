"""The proxies' own lines: what Envoy and the Istio agent write between the access entries."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass

from egresslab.access_log.cast import encodable, iso_time

_LEVELS = "trace|debug|info|warn|warning|error|critical|fatal"
_AGENT = re.compile(rf"(?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?)\s+(?P<level>{_LEVELS})\s+(?P<text>.*)", re.DOTALL)
_ENVOY = re.compile(
    r"(?:\[Envoy \(Epoch \d+\)\] )?\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\]\[\d+\]"
    rf"\[(?P<level>{_LEVELS})\]\[(?P<component>[\w.-]+)\]\s*(?P<text>.*)",
    re.DOTALL,
)
_GLOG = re.compile(r"(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ (?P<component>[\w./-]+:\d+)\] (?P<text>.*)", re.DOTALL)
_LEVEL_NAMES = {"warn": "warning", "fatal": "critical", "I": "info", "W": "warning", "E": "error", "F": "critical"}
_ZTUNNEL = re.compile(r"\saccess(?:\s+|: )connection ")
_HEAD = 100  # time, level and scope stand before it
_THREAD = re.compile(r"\s+thread=\d+$")


@dataclass(slots=True)
class Message:
    """One entry of the proxy's own log, from its first line on."""

    line: int
    time: dt.datetime | None
    level: str | None
    component: str | None
    text: str
    open: bool = False
    lines: int = 1

    def takes(self, line: str) -> bool:
        """Tell whether a line that nothing recognises goes on with this message.

        Envoy's lines end in the thread under Istio; a message without it, or a line that is set in, goes on.
        """
        return self.open or line[:1] in (" ", "\t")

    def join(self, line: str) -> None:
        """Add a continuation line."""
        end = _THREAD.search(line)
        self.text += "\n" + (line[: end.start()] if end else line)
        self.lines += 1
        self.open = self.open and end is None


def is_ztunnel(line: str) -> bool:
    """Tell whether a line is an entry of ambient's ztunnel."""
    return _ZTUNNEL.search(line[:_HEAD]) is not None


def message_of(line: str, number: int) -> Message | None:
    """Read a line as one of the proxy's own, or say that it is none."""
    if line.startswith("{"):
        return _from_json(line, number)
    for shape in (_AGENT, _ENVOY, _GLOG):
        if found := shape.match(line):
            parts = found.groupdict()
            if is_ztunnel(line):
                return None
            return _message(number, parts.get("time"), parts["level"], parts.get("component"), parts["text"])
    return None


def _message(number: int, time: str | None, level: str, component: str | None, text: str) -> Message:
    if component is None and "\t" in text:
        component, text = text.split("\t", 1)
    end = _THREAD.search(text)
    of_envoy = component is not None and component.startswith("envoy")
    return Message(
        number, iso_time(time or ""), _LEVEL_NAMES.get(level, level), component, text[: end.start()] if end else text, open=of_envoy and end is None
    )


def _from_json(line: str, number: int) -> Message | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not {"level", "msg"} <= found.keys():
        return None
    text = {k: v for k, v in found.items() if k not in ("level", "time", "scope", "msg")}
    level, scope = encodable(str(found["level"])), found.get("scope")
    said = encodable(" ".join([str(found["msg"]), *(f"{k}={v}" for k, v in text.items())]))
    component = None if scope is None else encodable(str(scope))
    return Message(number, iso_time(str(found.get("time", ""))), _LEVEL_NAMES.get(level, level), component, said)
