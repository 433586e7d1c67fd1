"""What ztunnel's fields mean as columns of a log: some depend on the side of the connection that wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from egresslab.access_log.cast import ARROW, encodable, typed_columns
from egresslab.access_log.format import Operator
from egresslab.access_log.ztunnel import Entry
from egresslab.frames import schema
from egresslab.frames.cells import milliseconds

_CENTURY_MS = 100 * 366 * 86_400_000
_BY_SIDE = {"dst.addr", "bytes_sent", "bytes_recv", "response_code"}
_OF_THE_MESH = ("src.identity", "dst.hbone_addr", "dst.service", "dst.workload", "dst.namespace", "dst.identity")
_DIGITS = re.compile(r"-?\d{1,18}")


def columns_of(entries: Sequence[Entry]) -> dict[str, Any]:
    """Give entries as typed columns of a log."""
    fields = [e.fields for e in entries]
    operators = {key: _known().get(key) or _unknown(key) for key in sorted(set().union(*fields) - _BY_SIDE)}
    raw = {o.column: _texts([f.get(key) for f in fields]) for key, o in operators.items()}
    if "duration" in operators:
        raw["duration_ms"] = _texts([_milliseconds(f["duration"]) if "duration" in f else None for f in fields])
    raw |= {o.column: _texts(values) for o, values in zip(_SIDED, zip(*map(_by_side, entries), strict=True), strict=True)}
    columns = typed_columns(raw, [*operators.values(), *_SIDED])
    return columns | _start(columns)


def _texts(values: Sequence[str | None]) -> Any:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:  # JSON can escape half characters
        return pa.array([value and encodable(value) for value in values], pa.string())


def _operator(column: str, kind: str) -> Operator:
    return Operator("", "", column, kind, "free")


@cache
def _known() -> dict[str, Operator]:
    """The columns of ztunnel's keys, as the data dictionary has them."""
    return {field.path: _operator(name, field.type) for name, field in schema("ztunnel").items()}


def _unknown(key: str) -> Operator:
    """Keep a key that is not in the data dictionary under its own name, marked as such."""
    return _operator("ztunnel_" + (re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_") or "key"), "text")


_SIDED = (
    _operator("response_code", "count"),
    _operator("upstream_host", "label"),
    _operator("downstream_local_address", "label"),
    _operator("bytes_received", "count"),
    _operator("bytes_sent", "count"),
)


_Sided = tuple[str | None, str | None, str | None, str | None, str | None]


def _by_side(entry: Entry) -> _Sided:
    """Give what depends on whether the client's ztunnel wrote the entry (outbound) or the server's (inbound), in the order of `_SIDED`."""
    fields, outbound = entry.fields, entry.fields.get("direction") == "outbound"
    code = _number(fields.get("response_code", ""))
    if not outbound and fields.get("direction") != "inbound":
        return code, None, None, None, None
    code = code or ("0" if entry.whole else None)
    sent, received = _number(fields.get("bytes_sent", "")), _number(fields.get("bytes_recv", ""))
    # ztunnel counts from the side of the workload that it serves, Envoy and we from the client's.
    from_client, to_client = (sent, received) if outbound else (received, sent)
    return code, *_addresses(entry, outbound=outbound), from_client, to_client


def _number(text: str) -> str | None:
    return text if _DIGITS.fullmatch(text) else None


def _addresses(entry: Entry, *, outbound: bool) -> tuple[str | None, str | None]:
    """Tell the address that ztunnel connected to from the one that the client connected to, where it is certain.

    dst.addr is the first when the client's ztunnel writes it, unless it refused the connection; then, and where it knew nothing there and
    passed the connection on as it came, it is the second.
    """
    address = entry.fields.get("dst.addr")
    if address is None or entry.said == "connection failed":
        return None, address
    if not outbound:
        return _inbound(address, entry.fields.get("dst.hbone_addr"), failed="error" in entry.fields or not entry.whole)
    return address, address if _passed(entry) else None


def _passed(entry: Entry) -> bool:
    """Tell whether ztunnel knew neither service nor workload there; people leave out fields, but these stand in no such line."""
    return entry.whole and not entry.gaps and "bytes_sent" in entry.fields and entry.fields.keys().isdisjoint(_OF_THE_MESH)


def _inbound(address: str, tunnel: str | None, *, failed: bool) -> tuple[str | None, str | None]:
    """The server's ztunnel connects to the workload at the port that the tunnel leads to; Istio 1.22 wrote that in both fields."""
    target = tunnel or address
    same_host = target.rpartition(":")[0] == address.rpartition(":")[0]
    return target if same_host and not failed else None, None if address == tunnel else address


def _milliseconds(duration: str) -> str | None:
    found = int(duration[:-2]) if duration[:-2].isdecimal() and duration.endswith("ms") and len(duration) < 20 else milliseconds(duration)
    return None if found is None else str(found)


def _start(columns: dict[str, Any]) -> dict[str, Any]:
    """Tell when connections began: ztunnel writes the time of the end."""
    if "emit_time" not in columns or "duration_ms" not in columns:
        return {}
    duration = columns["duration_ms"]
    real = pc.and_(pc.greater_equal(duration, 0), pc.less(duration, _CENTURY_MS))
    lasted = pc.if_else(real, pc.multiply(pc.if_else(real, duration, 0), 1000), None)
    return {"start_time": pc.subtract(columns["emit_time"].cast(pa.int64()), lasted).cast(ARROW["time"])}
