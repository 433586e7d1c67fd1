"""Which text is this? Told by most of its first lines: a text may begin with an error or a shell prompt."""

from __future__ import annotations

from collections.abc import Callable

_LOOKED_AT = 65_536


def mostly(text: str, fits: Callable[[str], object]) -> bool:
    """Tell whether more than half of the first lines fit, those without text aside."""
    begin = text[:_LOOKED_AT]
    if len(text) > len(begin):
        begin = begin.rpartition("\n")[0] or begin
    lines = [line for one in begin.split("\n") if (line := one.rstrip())]
    return 2 * sum(1 for line in lines if fits(line)) > len(lines)
