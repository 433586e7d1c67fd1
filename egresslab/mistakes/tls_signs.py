"""What points to TLS in an entry that names no SNI: its port, and how much a handshake weighs."""

from __future__ import annotations

import pandas as pd

from egresslab.mistakes.meant import Rows

_TLS_PORTS = {465, 636, 853, 990, 992, 993, 995, 5061, 5671, 8883, 9093}
_HTTP_PORT = 80
_HELLO, _CERTIFICATES = 200, 1000


def is_tls_port(port: int) -> bool:
    """Tell whether a port carries TLS by custom: 443, 8443 and the like, and the ports of TLS that IANA lists.

    >>> is_tls_port(8443), is_tls_port(8080)
    (True, False)
    """
    return port % 1000 == 443 or port in _TLS_PORTS


class TlsSigns:
    """What unknown traffic looks like, of request shapes given by their positions."""

    def __init__(self, shapes: pd.DataFrame) -> None:
        self._blocked = (shapes["unknown"] == "blocked").to_numpy("bool")
        self._received, self._sent, self._count = (shapes[name].fillna(0).to_numpy("int64") for name in ("bytes_received", "bytes_sent", "count"))

    def look_like_tls(self, rows: Rows, port: int) -> bool:
        """Tell whether connections look like TLS; of blocked ones only the port tells.

        Where they went through, a ClientHello came, and certificates went back or the port is one of TLS.
        """
        if self._blocked[rows].all():
            return is_tls_port(port)
        entries = max(self._count[rows].sum(), 1)
        if port == _HTTP_PORT or self._received[rows].sum() < _HELLO * entries:
            return False
        return is_tls_port(port) or bool(self._sent[rows].sum() >= _CERTIFICATES * entries)
