"""Entries that are all alike, as those of one proxy are: read by the kernel where enough is to be read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pyarrow.compute as pc

from egresslab.access_log.cast import FLAGS, typed_columns, with_lost_flags
from egresslab.access_log.compiled import is_worth_it, read_steps
from egresslab.access_log.jsonl import Keys
from egresslab.access_log.plan import Run
from egresslab.access_log.steps import json_steps, text_steps
from egresslab.access_log.text import Raw, Wants
from egresslab.access_log.times import Mask


def read_alike(block: bytes, plan: tuple[Run, ...], wants: Wants) -> tuple[Mask, Raw] | None:
    """Read the lines of a block that fit a plan: their positions, and the columns that somebody wants; None when it is not worth it."""
    steps = text_steps(plan) if b"\r" not in block and is_worth_it(block) else None
    return read_steps(block, steps, wants) if steps else None


def read_alike_objects(block: bytes, keys: Keys, wants: Wants) -> tuple[Mask, dict[str, Any]] | None:
    """Read the JSON entries of a block that are written as one of the first: their positions, and typed columns; None when it is not worth it."""
    steps = json_steps(block, keys) if is_worth_it(block) else None
    if steps is None:
        return None
    operators = [s.operator for s in steps.steps if s.operator]
    evidence = keys.certain() & {o.column for o in operators}
    rows, raw = read_steps(block, steps, lambda column: column in evidence or wants(column))
    entries = reduce(pc.or_, [raw[name].is_valid() for name in evidence])
    if not pc.all(entries).as_py():
        rows, raw = rows[entries.to_numpy(zero_copy_only=False)], {name: values.filter(entries) for name, values in raw.items()}
    return rows, _with_flags(raw, typed_columns(raw, operators, clean=True)) if len(rows) else {}


def _with_flags(raw: Raw, columns: dict[str, Any]) -> dict[str, Any]:
    known: Sequence[Any] = [raw[name].is_valid() for name in FLAGS if name in raw]
    return with_lost_flags(columns, reduce(pc.or_, known)) if known else columns
