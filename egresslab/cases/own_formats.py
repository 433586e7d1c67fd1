"""Logs in a format of the mesh's own: its dumps tell it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from egresslab.access_log import read_logs
from egresslab.envoy import rows
from egresslab.errors import LogFormatError

if TYPE_CHECKING:
    from egresslab.config_dump import DumpFile

_CUT = "cut"  # what lines that fit no format whole are counted as


def own_formats(dumps: Iterable[DumpFile]) -> list[str]:
    """Give the formats that proxies write and that have no name here."""
    loggers = [d.part.rows["access_loggers"].columns["format"] for d in dumps if "access_loggers" in d.part.rows]
    written = {f for formats in loggers for f in formats if f}
    known = [_alike(row["format"]) for row in rows("log_formats")]
    return sorted(f for f in written if _alike(f) not in known)


def _alike(log_format: str) -> object:
    """Write a format so that those of the same entries are equal: a cluster's raw name differs only where its stats are renamed."""
    text = log_format.removesuffix("\n").replace("%UPSTREAM_CLUSTER_RAW%", "%UPSTREAM_CLUSTER%")
    try:
        return json.loads(text)
    except ValueError:
        return text


def best_format(head: bytes, formats: list[str]) -> str | None:
    """Find the format that more lines of a log fit whole than fit those with a name."""
    if not formats:
        return None
    best = max(formats, key=lambda f: _whole(head, f))
    return best if _whole(head, best) > _whole(head, None) else None


def _whole(head: bytes, log_format: str | None) -> int:
    try:
        found = read_logs([io.BytesIO(head)], log_format).files[0].formats
    except LogFormatError:
        return 0
    return found.total() - found[_CUT]
