"""Drafts of YAML for what the mesh does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pandas as pd

from egresslab.frames import request_shapes, visible
from egresslab.mistakes.traffic import traffic

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PORTS = {"HTTP": 80, "TLS": 443}
_HEAD = """\
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: "{name}"
spec:
  hosts:
  - "{host}"
"""
_NOT_NAMEABLE = "# not nameable: no entry gives this address a name. The host below is made up, the address is what counts.\n"
_LONGEST, _MOST_TAKEN = 80, 5


def draft_service_entry(log: Any, /) -> str:
    """Which ServiceEntry would declare what this log called and the mesh did not know?

    Parameters
    ----------
    log
        A Case or a log frame.

    Returns
    -------
    str
        YAML, a document for each host that was seen in PassthroughCluster or BlackHoleCluster, with all its ports, sorted. An address that
        no entry gives a name to is declared as TCP, and a comment says so. Comments name what cannot be declared; without anything to
        declare there is a comment alone.

    Raises
    ------
    FrameError
        When it is no log.

    Examples
    --------
    >>> import pandas as pd, egresslab as eg
    >>> seen = {"authority": ["api.example.com"], "upstream_cluster": "PassthroughCluster", "downstream_local_address": "203.0.113.10:80"}
    >>> log = eg.as_log(pd.DataFrame(seen))
    >>> "number: 80" in eg.draft_service_entry(log)
    True
    """
    seen = traffic(request_shapes(log))
    seen = _named(seen[seen["unknown"].notna()])
    refused = sorted({name for name in seen["host"].dropna() if not _is_name(name)})
    named = seen[seen["host"].map(_is_name, na_action="ignore").eq(True)]
    documents = [*_of_hosts(named), *_of_addresses(seen[seen["host"].isna()], named)]
    comments = [f"# not declared, for it is no name of a host: {_short(name)}\n" for name in refused]
    if not documents:
        comments.append("# nothing to declare: no named host and no address in PassthroughCluster or BlackHoleCluster\n")
    return "".join(comments) + "---\n".join(documents)


def _named(seen: pd.DataFrame) -> pd.DataFrame:
    """Take a host that is written as an address for the address that it is, and the usual port where none was logged."""
    numeric = seen["host"].map(_address)
    written = seen["authority"].astype("str").str.extract(r":(\d{1,5})$")[0]
    return seen.assign(
        host=seen["host"].mask(numeric.notna()),
        address=seen["address"].map(_address).fillna(numeric),
        spoken=seen["spoken"].mask(numeric.notna(), "TCP"),
        port=seen["port"].fillna(pd.to_numeric(written).astype("Int64")).fillna(seen["spoken"].map(_PORTS).astype("Int64")),
    )


def _address(text: Any) -> str | None:
    try:
        return str(ip_address(text.strip("[]")))
    except (AttributeError, ValueError):
        return None


def _is_name(host: str) -> bool:
    """Tell a DNS name that a ServiceEntry may declare: labels of DNS-1123, the last one not a number."""
    labels = host.split(".")
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdecimal()


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}… ({len(text):,} characters)"


def _of_hosts(seen: pd.DataFrame) -> Iterator[str]:
    for host, rows in seen.groupby("host"):
        yield _HEAD.format(name=host, host=host) + "  location: MESH_EXTERNAL\n  resolution: DNS\n" + _ports(rows)


def _of_addresses(seen: pd.DataFrame, named: pd.DataFrame) -> Iterator[str]:
    """Declare what has no name: by its address, to which the connection then goes as it came."""
    known = seen[seen["address"].notna() & seen["port"].notna()]
    for address in sorted(known["address"].unique(), key=lambda text: (ip_address(text).version, int(ip_address(text)))):
        name = "ip-" + re.sub("[.:]", "-", ip_address(address).exploded)
        end = f'  addresses:\n  - "{address}"\n  location: MESH_EXTERNAL\n  resolution: NONE\n'
        rows = known[known["address"] == address].assign(spoken="TCP")
        yield _NOT_NAMEABLE + _taken(rows, named) + _HEAD.format(name=name, host=f"{name}.invalid") + end + _ports(rows)


def _taken(rows: pd.DataFrame, named: pd.DataFrame) -> str:
    """Warn of hosts that share an address and port with what has no name: a TCP listener of the address takes their connections, too."""
    hosts = sorted(set(rows[["address", "port"]].merge(named, on=["address", "port"])["host"]))
    return f"# It also takes {', '.join(hosts[:_MOST_TAKEN])} at this address as plain TCP; leave it out if they matter more.\n" if hosts else ""


def _ports(rows: pd.DataFrame) -> str:
    """List each port once, in the protocol that most of its entries speak."""
    counts = rows.groupby(["port", "spoken"])["count"].sum().reset_index().sort_values(["count", "spoken"], ascending=[False, True])
    ports = counts.drop_duplicates("port").sort_values("port")
    words = zip(ports["port"], ports["spoken"], strict=True)
    lines = [f"  - number: {port}\n    name: {spoken.lower()}-{port}\n    protocol: {spoken}\n" for port, spoken in words]
    return "  ports:\n" + "".join(lines)
