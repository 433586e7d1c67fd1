"""What stands around an object of a config: where it is, its state, and when it was taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from egresslab.config_dump.rows import walk

_OWNER = re.compile(r"/apis/(?P<group>[^/]+)/[^/]+/namespaces/(?P<namespace>[^/]+)/(?P<kind>[^/]+)/(?P<name>[^/]+)")
_ISTIO = "networking.istio.io"
# istiod writes the kind in kebab case; these words are no single capitalised words.
_WORDS = {"httproute": "HTTPRoute", "tlsroute": "TLSRoute", "tcproute": "TCPRoute", "grpcroute": "GRPCRoute", "udproute": "UDPRoute"}


@dataclass(frozen=True, slots=True)
class Taken:
    """Where an object stands in its file, and since when the proxy has it."""

    pointer: str
    state: str | None = None
    version: str | None = None
    last_updated: str | None = None

    def within(self, path: str) -> Taken:
        """Give the same for an object inside this one."""
        return Taken(f"{self.pointer}/{path}", self.state, self.version, self.last_updated)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that it fills."""
        return {"pointer": self.pointer, "state": self.state, "version": self.version, "last_updated": self.last_updated}


def owner(found: dict[str, Any]) -> str | None:
    """Name the Istio resource that made an object, as ``kind namespace/name``; a path of another form stays as it is.

    >>> owner({"metadata": {"filter_metadata": {"istio": {"config": "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/api"}}}})
    'VirtualService shop/api'
    """
    path = walk(found, ["metadata", "filter_metadata", "istio", "config"])
    return _named(path) if isinstance(path, str) else None


@lru_cache(maxsize=4096)
def _named(path: str) -> str:
    parts = _OWNER.fullmatch(path)
    if not parts:
        return path
    kind = _WORDS.get(parts["kind"]) or "".join(word.capitalize() for word in parts["kind"].split("-"))
    kind += "" if parts["group"] == _ISTIO else f".{parts['group']}"
    return f"{kind} {parts['namespace']}/{parts['name']}"
