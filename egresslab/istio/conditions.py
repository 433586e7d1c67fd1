"""Status conditions of all kinds: what controllers say of an object."""

from __future__ import annotations

from collections.abc import Iterator

from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, follow, listed, row

# Of the object itself, of each gateway that a route is bound to, of each listener; the last is what istiod's own analysis found.
_PLACES = ("conditions", "parents/*/conditions", "listeners/*/conditions", "validationMessages")


def conditions(manifest: Manifest) -> Iterator[Row]:
    """Give a row for each condition in the status of an object."""
    status = manifest.body.get("status")
    if isinstance(status, dict):
        for place in _PLACES:
            for found in listed(follow(status, place.split("/"))):
                for condition in listed(found):
                    yield row("/status", {"condition": condition})
