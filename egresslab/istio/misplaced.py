"""Objects whose YAML is indented wrong, so that what they should say stands elsewhere in them."""

from __future__ import annotations

from egresslab.frames import visible
from egresslab.istio.manifests import Manifest, Problem
from egresslab.istio.rows import mapped

_NEEDS = {"ServiceEntry": "hosts", "VirtualService": "hosts", "DestinationRule": "host", "Gateway": "servers"}


def misplaced(manifest: Manifest) -> Problem | None:
    """Say what an object lacks because it stands beside its spec or below its metadata."""
    body, needed = manifest.body, _NEEDS.get(manifest.kind)
    metadata = mapped(body.get("metadata"))
    if isinstance(metadata.get("spec"), dict):
        what = "spec stands below metadata"
    elif needed and needed not in mapped(body.get("spec")) and (needed in body or needed in metadata):
        what = f"{needed} {'stand' if needed.endswith('s') else 'stands'} {'beside spec' if needed in body else 'below metadata'}"
    else:
        return None
    name = "/".join(visible(str(part)) for part in (metadata.get("namespace"), metadata.get("name")) if part)
    reason = f"{manifest.kind} {name} has no {needed or 'spec'}: is it indented wrong? ({what})"
    return Problem(reason, int(manifest.pointer.split("/")[1]) + 1, manifest.line)
