"""The DestinationRule that makes a sidecar send what its egress gateway takes."""

from __future__ import annotations

import json
import re
from textwrap import indent

from egresslab.mistakes.gateway_doors import PASSTHROUGH, PLAIN
from egresslab.mistakes.gateway_hop import NAME, Hop

_MESH = "ISTIO_MUTUAL"
_SETTINGS = """\
trafficPolicy:
  portLevelSettings:
  - port:
      number: {port}
    tls:
      mode: {mode}
"""


def mend_of(hop: Hop | None) -> str | None:
    """Write the settings for the gateway's Service; nothing where no hop tells, or a DestinationRule alone cannot mend it."""
    if hop is None:
        return None
    modes = {door.mode for door in hop.doors}
    if hop.fault == NAME or _MESH in modes:
        name = next((name for door in hop.doors for name in door.names if "*" not in name), hop.sender.host)
        return _settings(hop, hop.sender.mode if hop.fault == NAME and hop.sender.mode != PLAIN else _MESH, name)
    if hop.sender.mode != PLAIN and (modes == {PLAIN} or (modes == {PASSTHROUGH} and hop.sender.spoken == "TLS")):
        return _settings(hop, "DISABLE", None)
    return None


def _settings(hop: Hop, mode: str, sni: str | None) -> str:
    head = f"In the DestinationRule for the gateway's Service, visible in the caller's namespace{'' if sni else ', or without tls for this port'}:\n"
    text = _SETTINGS.format(port=hop.sender.port, mode=mode) + (f"      sni: {_plain(sni)}\n" if sni else "")
    subset = hop.sender.cluster.split("|")[2]
    of = f"  subsets:\n  - name: {_plain(subset)}\n{indent(text, '    ')}" if subset else indent(text, "  ")
    return f"{head}spec:\n  host: {_plain(hop.sender.gateway)}\n{of}"


def _plain(name: str) -> str:
    """Write a name for YAML: quoted when it is not of a name's letters."""
    return name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) else json.dumps(name)
