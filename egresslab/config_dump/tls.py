"""TLS contexts, and the mode that Istio calls them by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from egresslab.config_dump.rows import comma_text, walk

_INSIDE = ("transport_socket", "downstream_tls_context", "upstream_tls_context")


def tls_context(socket: Any) -> dict[str, Any] | None:
    """Give the TLS context of a transport socket, also of one inside another (PROXY protocol, QUIC); None for plain text."""
    found = walk(socket, ["typed_config"])
    if not isinstance(found, dict):
        return None
    if isinstance(found.get("common_tls_context"), dict) or str(found.get("@type", "")).endswith("TlsContext"):
        return found
    for name in _INSIDE:
        if isinstance(inner := found.get(name), dict):
            return tls_context(inner) if name == "transport_socket" else inner
    return None


def certificates(context: dict[str, Any]) -> list[str]:
    """Name the certificates that a context shows: secrets or files."""
    common = context.get("common_tls_context") or {}
    secrets = common.get("tls_certificate_sds_secret_configs") or []
    files = (_data_name(walk(c, ["certificate_chain"])) for c in common.get("tls_certificates") or [])
    return [str(s["name"]) for s in secrets if isinstance(s, dict) and s.get("name")] + [f for f in files if f]


def ca(context: dict[str, Any]) -> str | None:
    """Name the CA that a context checks the other side by: a secret or a file."""
    return next((name for name in _cas(context.get("common_tls_context") or {}) if name), None)


def _cas(common: dict[str, Any]) -> Iterator[str | None]:
    combined = common.get("combined_validation_context") or {}
    yield walk(combined, ["validation_context_sds_secret_config", "name"])
    yield walk(common, ["validation_context_sds_secret_config", "name"])
    yield _data_name(walk(combined, ["default_validation_context", "trusted_ca"]))
    yield _data_name(walk(common, ["validation_context", "trusted_ca"]))


def _data_name(source: Any) -> str | None:
    if not isinstance(source, dict):
        return None
    return source.get("filename") or next((kind for kind in ("inline_bytes", "inline_string", "environment_variable") if kind in source), None)


def mode(context: dict[str, Any], *, mutual: bool | None = None) -> str:
    """Name the mode of a context as Istio does; ``mutual`` tells whether a server asks for a certificate."""
    shown = certificates(context)
    alpn = walk(context, ["common_tls_context", "alpn_protocols"]) or []
    if ("default" in shown and ca(context) == "ROOTCA" and mutual is not False) or (mutual is None and "istio" in alpn):
        return "ISTIO_MUTUAL"
    return "MUTUAL" if (bool(shown) if mutual is None else mutual) else "SIMPLE"


def tls_columns(context: dict[str, Any] | None, *, mutual: bool | None = None) -> dict[str, Any]:
    """Give the columns that a context fills beside those that have a path."""
    if context is None:
        return {"tls_mode": "DISABLE", "certificates": None, "ca": None}
    return {"tls_mode": mode(context, mutual=mutual), "certificates": comma_text(certificates(context)), "ca": ca(context)}
