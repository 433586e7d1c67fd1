"""Lines that are wrapped otherwise than most of their file, and lines of other containers than the proxy's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, partial

from egresslab.access_log.bare import in_prefix, in_shape, reads
from egresslab.access_log.format import LogFormat
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.origin import Whose
from egresslab.access_log.wrappings import prefixes

_PROXIES = ("istio-proxy", "envoy", "ztunnel", "waypoint", "gateway", "proxy", "discovery")


def stray(line: bytes, formats: Sequence[LogFormat], keys: Keys | None) -> tuple[bytes, Whose] | None:
    """Take the wrapping off one line; None when no line that is known stands in it, or it is known as it stands."""
    known = partial(reads, formats=formats, keys=keys)
    if line.startswith(b"{"):
        found = in_shape(line, keys)
        return (found.text.rstrip(b"\n"), found.whose) if found.shape and not known(line) and known(found.text.rstrip(b"\n")) else None
    return in_prefix(line, known) if _any_prefix().match(line) and not known(line) else None


@cache
def _any_prefix() -> re.Pattern[bytes]:
    return re.compile(b"|".join(re.sub(rb"\?P<\w+>", b"?:", p.alone.pattern) for p in prefixes()))


def is_foreign(container: str | None) -> bool:
    """Tell whether a container is named and not the proxy's."""
    return container is not None and not any(word in container for word in _PROXIES)
