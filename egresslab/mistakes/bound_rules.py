"""Which rules of VirtualServices count in the mesh and which at gateways, and the TLS that DestinationRules set."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from egresslab.config_views.host_names import fit, plain_host
from egresslab.frames import Resources

MESH = "mesh"


class Tls(NamedTuple):
    """TLS that a DestinationRule sets; ``mode`` is missing where it sets none."""

    mode: str | None = None
    sni: str | None = None
    rows: pd.DataFrame | None = None


def whole_name(host: Any, namespace: Any) -> str | None:
    """Write a host as Istio does: a name without dots is a Service of the resource's own namespace.

    >>> whole_name("egress", "mesh-egress"), whole_name("API.example.com", "shop")
    ('egress.mesh-egress.svc.cluster.local', 'api.example.com')
    """
    if not isinstance(host, str):
        return None
    plain = plain_host(host)
    if "." not in plain and plain != "*" and isinstance(namespace, str):
        return f"{plain}.{namespace}.svc.cluster.local"
    return f"{plain}.cluster.local" if plain.endswith(".svc") else plain


def rules(resources: Resources) -> pd.DataFrame:
    """Give the rules of VirtualServices with gateways as namespace/name, and whole names of hosts.

    ``bound`` is where the rule counts, ``listed`` where its VirtualService does, ``for_host`` whom it is for and ``to`` where it leads.
    """
    found = resources.route_rules[(resources.route_rules["kind"] == "VirtualService").fillna(False)]
    spaces = found["namespace"].astype("object")
    written = found["match_gateways"].fillna(found["gateways"]).fillna(MESH)
    return found.assign(
        bound=_gateways(written, spaces),
        listed=_gateways(found["gateways"].fillna(MESH), spaces),
        to=_whole(found["destination_host"], spaces),
        for_host=_whole(found["host"], spaces),
    )


def _whole(hosts: pd.Series[Any], spaces: pd.Series[Any]) -> pd.Series[Any]:
    return pd.Series([whole_name(host, space) for host, space in zip(hosts, spaces, strict=True)], index=hosts.index, dtype="object")


def _gateways(written: pd.Series[Any], spaces: pd.Series[Any]) -> pd.Series[Any]:
    homes = [space if isinstance(space, str) else "" for space in spaces]
    named = [frozenset(n if n == MESH or "/" in n else f"{home}/{n}" for n in text.split(",")) for text, home in zip(written, homes, strict=True)]
    return pd.Series(named, index=written.index, dtype="object")


def gateways_of(found: pd.DataFrame, host: str) -> set[str]:
    """Give the gateways that VirtualServices for a host are bound to."""
    listed = [names for names, own in zip(found["listed"], found["for_host"], strict=True) if isinstance(own, str) and meets(own, host)]
    return {name for names in listed for name in names} - {MESH}


def meets(one: str, other: str) -> bool:
    """Tell whether two hosts, either with a wildcard, have a name in common."""
    return fit(one, other) is not None or fit(other, one) is not None


def to_gateways(found: pd.DataFrame) -> pd.DataFrame:
    """Give the rules of the mesh that lead to a gateway: to another host, and a VirtualService for their own is bound to a Gateway."""
    there = [_is_of_gateway(found, *row) for row in zip(found["bound"], found["for_host"], found["to"], strict=True)]
    return found[pd.Series(there, index=found.index, dtype="bool")]


def _is_of_gateway(found: pd.DataFrame, bound: frozenset[str], own: Any, to: Any) -> bool:
    named = MESH in bound and isinstance(own, str) and isinstance(to, str)
    return named and not meets(own, to) and bool(gateways_of(found, own))


def tls_to(resources: Resources, host: str, port: Any, subset: Any = None, namespace: Any = None) -> Tls:
    """Tell which TLS DestinationRules set for a host: of the subset before that of the port before that of all."""
    rows = resources.tls_settings
    whole = [whole_name(own, space) for own, space in zip(rows["host"], rows["namespace"].astype("object"), strict=True)]
    rows = rows[pd.Series([own is not None and fit(own, host) is not None for own in whole], index=rows.index, dtype="bool")]
    own = rows[(rows["namespace"] == namespace).fillna(False)]
    return _chosen(own if len(own) else rows, port, subset)


def _chosen(rows: pd.DataFrame, port: Any, subset: Any) -> Tls:
    of_port = (rows["port"] == port).fillna(False) if not pd.isna(port) else pd.Series(False, index=rows.index)
    of_subset = rows["subset"] == subset if isinstance(subset, str) else pd.Series(False, index=rows.index)
    general = rows["subset"].isna()
    # Settings of a port replace those of all ports wholly, even where they say nothing of TLS; those of a subset only what they say.
    levels = (rows[of_subset & of_port], rows[of_subset & rows["port"].isna() & rows["mode"].notna()])
    for level in (*levels, rows[general & of_port], rows[general & rows["port"].isna()]):
        if len(level):
            mode, sni = level["mode"].iloc[0], level["sni"].iloc[0]
            return Tls(str(mode) if isinstance(mode, str) else None, sni if isinstance(sni, str) else None, level)
    return Tls()
