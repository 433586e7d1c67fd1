"""Whose an address is, among those that declare a port."""

from __future__ import annotations

from collections.abc import Iterable

from egresslab.mistakes.declared import Declared
from egresslab.mistakes.known_hosts import is_address


def owner(address: str, declared: Iterable[Declared]) -> tuple[str | None, bool]:
    """Name the host that an address belongs to, and whether that is sure.

    It is not where no address of the only host that it could be is known; it is nobody's where all of them have other addresses.
    """
    among = list(declared)
    for one in among:
        if address in one.endpoints or address in one.addresses:
            return one.host, True
    unknown = list(dict.fromkeys(one.host for one in among if not any(is_address(text) for text in one.endpoints | one.addresses)))
    return (unknown[0] if len(unknown) == 1 else None), False
