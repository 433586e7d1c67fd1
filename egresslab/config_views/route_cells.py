"""Virtual hosts and routes put together again: one row each, as istioctl shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from egresslab.frames import number_groups

Mask = npt.NDArray[np.bool_]

# What says which virtual host a row is of; a route's pointer stands within its virtual host's.
HOST = ["proxy", "source", "route_config", "virtual_host", "within"]
_MOST_DOMAINS = 2
_COLONS_OF_IPV6 = 3
_SUFFIXES = (".svc.cluster.local", ".svc")


def whole_hosts(hosts: pd.DataFrame) -> pd.DataFrame:
    """Give one row a virtual host out of one a domain, with its cell of domains and all of them as comma text; static ones last."""
    hosts = hosts.assign(within=_within(hosts), static=hosts["origin"] == "static").sort_values(["proxy", "static"], kind="stable")
    group = number_groups([hosts[key] for key in HOST])
    domains: defaultdict[int, list[str]] = defaultdict(list)
    for n, domain in zip(group, hosts["domain"], strict=True):
        domains[n] += [domain] if isinstance(domain, str) else []
    cells = [(domains_text(domains[n]), ",".join(domains[n]) or None) for n in range(len(domains))]
    return hosts[_first(group)].assign(DOMAINS=[shown for shown, _ in cells], all_domains=pd.array([every for _, every in cells], dtype="str"))


def whole_routes(routes: pd.DataFrame) -> pd.DataFrame:
    """Give one row a route out of one a cluster; several clusters become comma text, ``name=weight``."""
    routes = routes.assign(within=_within(routes))
    group = pd.Series(number_groups([routes[key] for key in (*HOST, "pointer", "position")]), index=routes.index)
    weighted = routes["weight"].notna()
    named = routes["cluster"].fillna("") + "=" + routes["weight"].astype("str")
    joined = named[weighted].groupby(group[weighted]).agg(",".join)
    first = routes[_first(group)]
    return first.assign(cluster=group[first.index].map(joined).astype("str").fillna(first["cluster"]))


def _within(rows: pd.DataFrame) -> pd.Series[Any]:
    """Give the pointer of the virtual host; in a text, where each route has a line of its own, only the name tells it."""
    named_in_text = rows["pointer"].str.fullmatch(r"L\d+") & rows["route_config"].notna()
    return rows["pointer"].str.replace(r"/routes/\d+$", "", regex=True).mask(named_in_text.fillna(False).astype("bool"), "")


def _first(group: Sequence[int] | npt.NDArray[np.int64] | pd.Series[int]) -> Mask:
    return ~pd.Series(group).duplicated().to_numpy()


def domains_text(domains: Sequence[str]) -> str:
    """Write domains as istioctl does: the first two that say something of their own, and how many more.

    >>> domains_text(["cart.shop.svc.cluster.local", "cart", "cart.shop.svc", "cart.shop", "10.96.1.1"])
    'cart, cart.shop + 1 more...'
    """
    if len(domains) == 1:
        return domains[0]
    known = set(bare := [d for d in domains if _without_port(d)])
    shown = [d for d in bare if not any(d.endswith(suffix) and d.removesuffix(suffix) in known for suffix in _SUFFIXES)]
    more = len(shown) - _MOST_DOMAINS
    return ", ".join(shown[:_MOST_DOMAINS]) + (f" + {more} more..." if more > 0 else "")


def _without_port(domain: str) -> bool:
    return ":" not in domain or (domain.count(":") >= _COLONS_OF_IPV6 and domain.endswith("]"))
