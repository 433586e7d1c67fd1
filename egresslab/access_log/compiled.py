"""The fastest way to read lines that are all alike: a kernel in WebAssembly checks and cuts them in one pass over the bytes.

``columns.c`` is its source, ``columns.wasm`` what ``.ci/kernel`` makes of it. It runs in wasmtime, which is a wheel for each platform, in a sandbox:
whatever a log holds, it reaches nothing but its own memory.
"""

from __future__ import annotations

import atexit
import ctypes
import secrets
import threading
from collections import namedtuple
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa

from egresslab.access_log.format import Operator
from egresslab.access_log.steps import Steps
from egresslab.access_log.text import Raw, Wants
from egresslab.access_log.times import Mask

_KINDS = {"": 0, "count": 1, "time": 2, "time or dash": 3, "label": 4, "text": 5}
_WIDTHS = {"": 0, "count": 8, "time": 8, "time or dash": 8, "label": 4, "text": 8}  # bytes for each line
_Step = namedtuple("_Step", "kind json blank literal length out used mask slots words texts offsets known bytes")  # as columns.c has it
_STEP = np.dtype([(name, np.uint32) for name in _Step._fields])
_MISSING = np.iinfo(np.int64).min
_SPARE = 64  # bytes behind the lines that the kernel may look at
_SEED = secrets.randbits(62)  # so that no client can choose labels whose hashes are alike
_LEAST = 512 << 10  # as which a small block counts: Arrow takes as long for it
_MOST = 32 << 20  # its memory ends at 4 GB, whatever the lines hold
_PAYS = 16 << 20  # bytes read in a process from which compiling costs less than it saves


class _Spent:
    """How many bytes were read without the kernel."""

    bytes = 0


def is_worth_it(block: bytes) -> bool:
    """Tell whether the kernel is there and can hold a block, and enough is read in this process."""
    _Spent.bytes += max(len(block), _LEAST)
    return _Spent.bytes >= _PAYS and len(block) <= _MOST and _program() is not None


@cache
def _program() -> Any:
    """Compile the kernel; None where wasmtime does not run."""
    try:
        import wasmtime

        engine = wasmtime.Engine()
        return engine, wasmtime.Module(engine, files(__package__).joinpath("columns.wasm").read_bytes())
    except Exception:  # a platform without it: Arrow reads the same, slower
        return None


class _Kernel(threading.local):
    """The kernel with a memory of its own, one for each thread."""

    def __init__(self) -> None:
        import wasmtime

        engine, module = _program()
        self._store = wasmtime.Store(engine)
        exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        self._functions: dict[str, Any] = {name: exports[name] for name in ("begin", "count", "allocate", "read", "pack", "source")}
        self._memory: Any = exports["memory"]
        self._base = 0

    def call(self, function: str, *arguments: int) -> int:
        """Call one of its functions; addresses come back as signed numbers."""
        found = int(self._functions[function](self._store, *arguments) or 0) & 0xFFFF_FFFF
        self._base = ctypes.addressof(self._memory.data_ptr(self._store).contents)  # it may move when it grows
        return found

    def put(self, at: int, data: bytes) -> None:
        """Copy bytes into its memory."""
        ctypes.memmove(self._base + at, data, len(data))

    def view(self, at: int, kind: Any, length: int) -> np.ndarray[Any, Any]:
        """Look at its memory, until the next call."""
        return np.frombuffer(pa.foreign_buffer(self._base + at, length * np.dtype(kind).itemsize), kind, length)

    def size(self) -> int:
        """Give how much memory it has [B]."""
        return int(self._memory.data_len(self._store))

    def copy(self, at: int, kind: Any, length: int) -> np.ndarray[Any, Any]:
        """Give a part of its memory for good."""
        return self.view(at, kind, length).copy()


@cache
def _kernel() -> _Kernel:
    atexit.register(_forget)
    return _Kernel()


def _forget() -> None:
    """Give back what wasmtime holds while it still can."""
    _kernel.cache_clear()
    _program.cache_clear()


def read_steps(block: bytes, steps: Steps, wants: Wants) -> tuple[Mask, Raw]:
    """Read the lines of a block that fit: their positions, and their columns, in which Envoy's dash is missing."""
    kernel = _kernel()
    at = kernel.call("begin", len(block) + _SPARE, _SEED)
    kernel.put(at, block)
    most = min(kernel.call("count", at, len(block)), len(block) // steps.shortest)
    table, literals, fitting, size = _layout(steps, most, wants)
    place = kernel.call("allocate", size)
    for name in ("literal", "out"):
        table[name] += place
    kernel.put(place, table.tobytes() + literals)
    rows = kernel.call("read", at, len(block), place, len(table), place + table.nbytes, len(steps.first), place + fitting)
    kernel.call("pack", place, len(table), rows)
    found = kernel.copy(place, _STEP, len(table)).tolist()
    columns = {o.column: _column(kernel, _Step(*f), rows) for s, f in zip(steps.steps, found, strict=True) if (o := s.operator) and wants(o.column)}
    return kernel.view(place + fitting, np.int32, rows).astype(np.int64), columns


def _layout(steps: Steps, lines: int, wants: Wants) -> tuple[np.ndarray[Any, Any], bytes, int, int]:
    """Lay out what the kernel is given: its steps, and behind them the literals, the columns, and which lines fit; all places from the first on."""
    table = np.zeros(len(steps.steps), _STEP)
    literals = [steps.first, *(s.behind for s in steps.steps)]
    kinds = [_kind(s.operator, wants) for s in steps.steps]
    ends = np.cumsum([table.nbytes + sum(map(len, literals)) + _SPARE, *(-(-_WIDTHS[kind] * lines // 16) * 16 for kind in kinds)])
    table["kind"] = [_KINDS[kind] for kind in kinds]
    table["json"] = [s.json for s in steps.steps]
    table["blank"] = [s.blank[0] for s in steps.steps]
    table["length"] = [len(s.behind) for s in steps.steps]
    table["literal"] = table.nbytes + np.cumsum([len(text) for text in literals[:-1]])
    table["out"] = ends[:-1]
    return table, b"".join(literals), int(ends[-1]), int(ends[-1]) + 4 * lines + _SPARE


def _kind(operator: Operator | None, wants: Wants) -> str:
    """Say what to read a value as; a number or a time is read also where nobody wants it, as it tells whether the line is right."""
    if operator is None or (operator.type not in ("count", "time") and not wants(operator.column)):
        return ""
    return "time or dash" if operator.type == "time" and not operator.always else operator.type


def _column(kernel: _Kernel, step: Any, rows: int) -> Any:
    """Take a column out of the kernel's memory."""
    if step.kind == _KINDS["text"]:
        return _packed(kernel, step)
    if step.kind == _KINDS["label"]:
        codes = kernel.copy(step.out, np.int32, rows)
        return pa.DictionaryArray.from_arrays(_array(pa.int32(), codes.clip(0), codes >= 0), _packed(kernel, step), safe=False)
    numbers = kernel.copy(step.out, np.int64, rows)
    return _array(pa.int64(), numbers, numbers != _MISSING)


def _array(kind: Any, values: np.ndarray[Any, Any], known: Mask) -> Any:
    bits = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values)])


def _packed(kernel: _Kernel, step: Any) -> Any:
    offsets = kernel.copy(step.offsets, np.int32, step.texts + 1)
    buffers = kernel.copy(step.known, np.uint8, (step.texts + 7) // 8), offsets, kernel.copy(step.bytes, np.uint8, int(offsets[-1]))
    return pa.Array.from_buffers(pa.string(), step.texts, list(map(pa.py_buffer, buffers)))
