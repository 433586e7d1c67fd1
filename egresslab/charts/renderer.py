"""How a chart travels in a notebook: a spec that JupyterLab draws untrusted and offline, and a picture for everything else."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import vl_convert

MIME = "application/vnd.vegalite.v5+json"

# JupyterLab 4.6 draws with Vega-Lite 5.6.1; another version here would only earn a warning in its console.
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.6.1.json"


def render(spec: dict[str, Any], *, picture: bool = True, **metadata: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give Altair the mime bundle of a chart: spec, picture unless JupyterLab is to draw it, and text, and no HTML."""
    bundle: dict[str, Any] = {MIME: {**spec, "$schema": SCHEMA}, "text/plain": _text(spec)}
    if picture and (drawn := _picture(spec)):
        bundle["image/png"] = base64.b64encode(drawn).decode("ascii")
    return bundle, ({MIME: metadata} if metadata else {})


def _text(spec: dict[str, Any]) -> str:
    return str(spec.get("description") or "a chart without a description")


def _picture(spec: dict[str, Any]) -> bytes | None:
    """Draw a chart without network; one that only a browser can draw still goes out as a spec."""
    try:
        return smaller(vl_convert.vegalite_to_png(spec, allowed_base_urls=[]))
    except ValueError:
        return None


def smaller(png: bytes) -> bytes:
    """Compress the pixels of a PNG again, as hard as zlib can: a third of what the converter writes."""
    chunks = list(_chunks(png))
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    rest = [(kind, data) for kind, data in chunks if kind not in (b"IDAT", b"IEND")]
    packed = [*rest, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return png[:8] + b"".join(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in packed)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length
