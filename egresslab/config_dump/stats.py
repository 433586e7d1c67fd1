"""Statistics of a proxy: ``/stats`` as text, as JSON, and as Prometheus takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from egresslab.config_dump.part import Part
from egresslab.config_dump.recognise import mostly

_ENVOY = re.compile(r"(\S.*?): (?:(-?\d+)|\"(.*?)\"?|([PB]\d[\d.]*\(.*|No recorded values))", re.ASCII)
_PROMETHEUS = re.compile(r"([a-zA-Z_:][\w:]*(?:\{.*\})?) (-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|[+-]?Inf)(?: -?\d+)?", re.ASCII)
_COMMENT = re.compile(r"# (?:TYPE|HELP|EOF)\b")
_ROOTS = re.compile(
    r"^(?:cluster|cluster_manager|listener|listener_manager|http|server|sds|tcp|runtime|dns|# TYPE \w+|envoy\w*|istio\w*)[.: {]", re.MULTILINE
)

Stat = tuple[str, str, float | None, str | None]


def looks_like_stats(text: str) -> bool:
    """Is this the text of ``/stats`` or ``/stats/prometheus``?"""
    return bool(_ROOTS.search(text, 0, 65_536)) and mostly(text, lambda line: _COMMENT.match(line) or _stat(line))


def read_stats_text(text: str, part: Part) -> int:
    """Add the statistics of a text; give how many lines were not understood."""
    skipped = 0
    for number, line in enumerate(text.split("\n"), 1):
        if found := _stat(line.rstrip("\r")):
            name, kind, value, written = found
            part.add("stats", name=name, type=kind, value=value, text=written, line=number)
        else:
            skipped += bool(line.strip()) and not _COMMENT.match(line)
    return skipped


def _stat(line: str) -> Stat | None:
    name, _, written = line.rpartition(": ")
    if name and written.isdecimal() and '"' not in name:
        return name, "number", float(written), None
    if found := _ENVOY.fullmatch(line):
        name, number, text, quantiles = found.groups()
        if number:
            return name, "number", float(number), None
        return (name, "histogram", None, quantiles) if quantiles else (name, "text", None, text)
    if found := _PROMETHEUS.fullmatch(line):
        return found[1], "number", float(found[2]), None
    return None


def add_stats(part: Part, stats: list[Any]) -> None:
    """Add the statistics of ``/stats?format=json``."""
    for stat in stats:
        for name, kind, value, text in _json_stats(stat) if isinstance(stat, dict) else []:
            part.add("stats", name=name, type=kind, value=value, text=text)


def _json_stats(stat: dict[str, Any]) -> Iterator[Stat]:
    histograms, value = stat.get("histograms"), stat.get("value")
    if isinstance(histograms, dict):
        yield from _quantiles(histograms)
    elif isinstance(stat.get("name"), str):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        yield (stat["name"], "number", value, None) if is_number else (stat["name"], "text", None, _written(value))


def _quantiles(histograms: dict[str, Any]) -> Iterator[Stat]:
    """Write each histogram as the text form does: quantile(interval,cumulative)."""
    quantiles = histograms.get("supported_quantiles") or []
    for one in histograms.get("computed_quantiles") or []:
        values = one.get("values") or []
        pairs = (f"P{q:g}({_value(v, 'interval')},{_value(v, 'cumulative')})" for q, v in zip(quantiles, values, strict=False))
        yield one.get("name"), "histogram", None, " ".join(pairs) or "No recorded values"


def _value(pair: Any, which: str) -> str:
    value = pair.get(which) if isinstance(pair, dict) else None
    return "nan" if value is None else f"{value:g}"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
