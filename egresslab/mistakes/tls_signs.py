"""What points to TLS in an entry that names no SNI: its port, and how much a handshake weighs."""

from __future__ import annotations

import pandas as pd

_TLS_PORTS = {465, 636, 853, 990, 992, 993, 995, 5061, 5671, 8883, 9093}
_HTTP_PORT = 80
_HELLO, _CERTIFICATES = 200, 1000


def is_tls_port(port: int) -> bool:
    """Tell whether a port carries TLS by custom: 443, 8443 and the like, and the ports of TLS that IANA lists.

    >>> is_tls_port(8443), is_tls_port(8080)
    (True, False)
    """
    return port % 1000 == 443 or port in _TLS_PORTS


def sent_bytes(shapes: pd.DataFrame) -> bool:
    """Tell whether a client said anything at all."""
    return int(shapes["bytes_received"].fillna(0).sum()) > 0


def weighs_like_tls(shapes: pd.DataFrame, port: int) -> bool:
    """Tell whether entries that went through look like TLS: a ClientHello came, and certificates went back or the port is one of TLS."""
    if port == _HTTP_PORT or _mean(shapes, "bytes_received") < _HELLO:
        return False
    return is_tls_port(port) or _mean(shapes, "bytes_sent") >= _CERTIFICATES


def _mean(shapes: pd.DataFrame, column: str) -> float:
    return float(shapes[column].fillna(0).sum()) / max(int(shapes["count"].sum()), 1)
