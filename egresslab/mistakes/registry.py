"""All mistakes: each file of this room that holds one, found by itself."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

from egresslab.cases import shipped
from egresslab.mistakes.mistake import Mistake

WAYS = ("in_log", "in_config", "in_resources")


@cache
def modules() -> dict[str, ModuleType]:
    """Give the module of each mistake by its stem."""
    room = import_module(__name__.rpartition(".")[0])
    found = (import_module(f"{room.__name__}.{info.name}") for info in pkgutil.iter_modules(room.__path__))
    return {module.__name__.rpartition(".")[2]: module for module in found if isinstance(getattr(module, "MISTAKE", None), Mistake)}


def mistakes() -> dict[str, Mistake]:
    """Which mistakes are looked for?"""
    return {stem: module.MISTAKE for stem, module in modules().items()}


@cache
def notebook_of(stem: str) -> str | None:
    """Name the worked notebook of a mistake, when there is one."""
    path = shipped("notebooks") / "mistakes" / f"{stem}.ipynb"
    return f"mistakes/{path.name}" if path.is_file() else None
