"""Access loggers to rows: who writes what, where to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import walk
from egresslab.config_dump.taken import Taken


@dataclass(frozen=True, slots=True)
class Logger:
    """What one access logger writes, and where to."""

    name: str | None
    type: str | None
    path: str | None
    format: str | None
    filter: str | None


def loggers_of(found: Any) -> tuple[Logger, ...]:
    """Read the access loggers of a listener or of the filter that ends a chain."""
    return _loggers(orjson.dumps(found)) if found else ()


@lru_cache(maxsize=1024)  # nearly all chains of a mesh log alike
def _loggers(found: bytes) -> tuple[Logger, ...]:
    return tuple(_logger(one) for one in orjson.loads(found))


def _logger(one: dict[str, Any]) -> Logger:
    config = one.get("typed_config") or one.get("config") or {}
    kind = config.get("@type")
    told = one.get("filter")
    return Logger(
        one.get("name"),
        kind.rsplit(".", 1)[-1] if isinstance(kind, str) else None,
        config.get("path"),
        _format(config),
        orjson.dumps(told).decode() if told else None,
    )


def _format(config: dict[str, Any]) -> str | None:
    """Give the format that a logger writes; JSON as an object."""
    found = config.get("log_format") or walk(config, ["common_config", "log_format"]) or config
    text = walk(found, ["text_format_source", "inline_string"]) or found.get("text_format") or found.get("format")
    if isinstance(text, str):
        return text or None
    fields = found.get("json_format") or found.get("typed_json_format") or found.get("body")
    return orjson.dumps(fields).decode() if fields else None


def logger_names(loggers: tuple[Logger, ...]) -> str | None:
    """Write access loggers as comma text: the files they write to, else their names."""
    return ",".join(logger.path or logger.name or "" for logger in loggers) or None


def add_access_loggers(part: Part, loggers: tuple[Logger, ...], taken: Taken, whose: dict[str, Any]) -> None:
    """Add access loggers; ``taken`` is that of what has them."""
    for n, logger in enumerate(loggers):
        told = {name: getattr(logger, name) for name in Logger.__slots__}
        part.add("access_loggers", **{**taken.columns, **whose, **told, "pointer": f"{taken.pointer}/access_log/{n}"})
