"""Ask one way of a mistake with some parts of a case."""

from __future__ import annotations

from egresslab.mistakes.inputs import Inputs


def ask(way, **given):
    return list(Inputs(**given).ask(way))
