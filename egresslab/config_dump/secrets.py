"""Secrets to rows: a row for each certificate of a chain or bundle, and one that says why when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from egresslab.config_dump.certificates import certificates
from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import walk
from egresslab.config_dump.taken import Taken

# What a secret is by its config; generic secrets and ticket keys are never read: only that they are there.
_TYPES = {
    "tls_certificate": "Cert Chain",
    "validation_context": "CA",
    "generic_secret": "generic secret",
    "session_ticket_keys": "session ticket keys",
}
_ELSEWHERE = {"filename": "the file", "environment_variable": "the environment variable"}


def add_secret(part: Part, item: dict[str, Any], taken: Taken) -> None:
    """Add one secret of the secrets section, whatever has become of it."""
    secret = found if isinstance(found := item.get("secret"), dict) else {}
    name = item.get("name") or secret.get("name")
    for columns in _contents(secret):
        part.add("secrets", name=name, **columns, **taken.columns)


def _contents(secret: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = next((k for k in _TYPES if isinstance(secret.get(k), dict)), None)
    if kind is None:
        yield _missing("nothing has come for it: it does not exist, or its keys are named otherwise")
    elif kind in ("generic_secret", "session_ticket_keys"):
        yield {"type": _TYPES[kind], "missing": False, "because": "it holds no certificate"}
    else:
        for source, domain in _sources(secret[kind]):
            for columns in _read(source):
                yield {"type": _TYPES[kind], **columns, **domain}


def _sources(content: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Give what holds certificates, in the order in which istioctl looks for it, and the trust domain of a SPIFFE bundle."""
    source = content.get("certificate_chain") or content.get("trusted_ca")
    domains = walk(content, ["custom_validator_config", "typed_config", "trust_domains"])
    if source or not isinstance(domains, list) or not domains:
        yield source, {}
        return
    for domain in domains:
        if isinstance(domain, dict):
            yield domain.get("trust_bundle"), {"trust_domain": domain.get("name")}


def _read(source: Any) -> list[dict[str, Any]]:
    held = source if isinstance(source, dict) else {}
    for key in ("inline_bytes", "inline_string"):
        if isinstance(held.get(key), str):
            return list(certificates(held[key], encoded=key == "inline_bytes")) or [_missing("what has come is no PEM certificate")]
    for key, place in _ELSEWHERE.items():
        if held.get(key):
            return [{"missing": False, "because": f"it stands in {place} {held[key]} of the proxy, which a dump does not hold"}]
    return [_missing("it has come without a certificate")]


def _missing(because: str) -> dict[str, Any]:
    return {"missing": True, "because": because}
