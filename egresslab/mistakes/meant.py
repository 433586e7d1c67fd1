"""Whose an address is, among those that declare a port."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import is_address

GUESSED = ("host_not_in_registry: nothing tells whose the address is, it may be another host's",)
Rows = npt.NDArray[np.int64]


class Meant(NamedTuple):
    """The host that a connection was meant for, with its port, whether that is sure, and what declares it."""

    subject: str
    sure: bool
    places: tuple[str, ...] = ()


def meant(address: str, port: int, declared: Iterable[Declared]) -> Meant | None:
    """Tell whose an address is; nobody's where all that it could be have other addresses.

    It is not sure where no address of the only host that it could be is known.
    """
    among, known = list(declared), defaultdict[str, set[str]](set)
    for one in among:
        known[one.host] |= one.endpoints | one.addresses
    host = next((host for host, addresses in known.items() if address in addresses), None)
    sure = host is not None
    if host is None:
        unknown = [host for host, addresses in known.items() if not any(map(is_address, addresses))]
        host = unknown[0] if len(unknown) == 1 else None
    places = next((one.places for one in among if one.host == host and one.places), ())
    return Meant(f"{host}:{port}", sure, places) if host else None


def asked_of(shapes: pd.DataFrame, subject: str, rows: pd.DataFrame) -> int:
    """Count the entries of a host: those that name it, and those that were meant for it."""
    return int(shapes.loc[(shapes["subject"] == subject) | shapes.index.isin(rows.index), "count"].sum())


def gathered(found: Iterable[tuple[Meant | None, Rows]]) -> list[tuple[Meant, Rows]]:
    """Put together what was meant for one host."""
    rows: dict[tuple[Any, ...], list[Rows]] = {}
    first: dict[tuple[Any, ...], Meant] = {}
    for one, own in found:
        if one is not None:
            key = (one.subject, one.sure)
            first.setdefault(key, one)
            rows.setdefault(key, []).append(own)
    return [(first[key], np.sort(np.concatenate(own))) for key, own in rows.items()]
