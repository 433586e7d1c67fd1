"""Which proxy does each file belong to? By its dump, its path, the beginning of its name, then by addresses in its log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from egresslab.sources import groups_of, proxies_of

if TYPE_CHECKING:
    from egresslab.config_dump import DumpFile

# istioctl bug-report and istio-must-gather put the files of a pod into a folder.
_OF_POD = re.compile(r"(?:^|/)(?:(?:proxies|istio)/(?P<space>[^/]+)/|namespaces/(?P<namespace>[^/]+)/pods/)(?P<pod>[^/]+)/")
_LOOKED_AT = 2000  # entries; all of a proxy have its address


def name_proxies(logs: list[str], dumps: list[DumpFile], log: pd.DataFrame, told: Mapping[str, str]) -> dict[str, str]:
    """Name the proxy of each file, ``told`` where its text names it; sets it in the dumps."""
    sources = [*logs, *(d.source for d in dumps)]
    pods = {s: _pod(s) for s in sources}
    groups = groups_of(sources)
    keys: dict[str, Any] = {s: pods[s] or groups[s].key for s in sources}
    nodes = {d.source: d.part.node for d in dumps if d.part.node}
    known = _unique((keys[s], node) for s, node in nodes.items())
    names = {s: found for s in sources if (found := nodes.get(s) or known.get(keys[s]) or pods[s])}
    wrapped = {s: named for s in logs if s not in names and (named := _named(log, s))}
    names |= {s: _node_of(next(iter(found)), nodes.values()) for s, found in wrapped.items() if len(found) == 1}
    names |= {s: found for s in logs if s not in names | wrapped and (found := _by_address(log, s, _addresses(dumps)))}
    stems = {**proxies_of(logs), **told}
    names |= {s: stems[s] for s in logs if s not in names and s not in wrapped}
    beside = _unique((keys[s], names[s]) for s in logs if s in names)
    for dump in dumps:
        dump.proxy = names.setdefault(dump.source, beside.get(keys[dump.source]) or groups[dump.source].name)
    return names


def _named(log: pd.DataFrame, source: str) -> set[str]:
    """Give the proxies that the wrapping of a log names, where it names one for each entry."""
    entries = log[log["source"] == source]
    return set(entries["proxy"]) if entries["pod"].notna().all() else set()


def _node_of(proxy: str, names: Iterable[str]) -> str:
    """Name a proxy that a log's wrapping names as its dump does, which knows the namespace, too."""
    found = {name for name in names if name == proxy or name.startswith(f"{proxy}.")}
    return found.pop() if len(found) == 1 else proxy


def _pod(source: str) -> str | None:
    found = _OF_POD.search(source)
    return f"{found['pod']}.{found['space'] or found['namespace']}" if found else None


def _unique(pairs: Iterable[tuple[Any, str]]) -> dict[Any, str]:
    """Give the value of each key that has one only."""
    values: dict[Any, set[str]] = {}
    for key, value in pairs:
        values.setdefault(key, set()).add(value)
    return {key: found.pop() for key, found in values.items() if len(found) == 1}


def _addresses(dumps: list[DumpFile]) -> dict[str, str]:
    rows = [
        (d.part.node, address) for d in dumps if d.part.node and "bootstrap" in d.part.rows for address in d.part.rows["bootstrap"].columns["address"]
    ]
    return _unique((address, node) for node, address in rows if address and node)


def _by_address(log: pd.DataFrame, source: str, addresses: Mapping[str, str]) -> str | None:
    """Find the one proxy whose own address the entries of a log have."""
    if not addresses:
        return None
    entries = log[log["source"] == source].head(_LOOKED_AT)
    for column in ("upstream_local_address", "downstream_local_address"):
        hosts = {str(value).rpartition(":")[0].strip("[]") for value in entries[column].dropna().unique()}
        found = {addresses[host] for host in hosts if host in addresses}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def with_proxies(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Name the proxies of the rows of files anew; rows of other files keep theirs, and so do those whose wrapping names a pod."""
    sources = frame["source"].cat
    known = [s in names for s in sources.categories]
    wrapped = frame["pod"].notna() if "pod" in frame else pd.Series(data=False, index=frame.index)
    if not any(known) and not wrapped.any():
        return frame
    theirs = [_node_of(proxy, names.values()) for proxy in frame["proxy"].cat.categories]
    labels = pd.Index(dict.fromkeys([*names.values(), *theirs]), dtype="str")
    own = np.append(labels.get_indexer(pd.Index(theirs, dtype="str")), -1)[frame["proxy"].cat.codes]
    given = np.append(labels.get_indexer(pd.Index([names.get(s, "") for s in sources.categories], dtype="str")), -1)[sources.codes]
    proxies = pd.Categorical.from_codes(np.where(np.append(known, False)[sources.codes] & ~wrapped, given, own), labels)
    return frame.assign(proxy=proxies.remove_unused_categories())
