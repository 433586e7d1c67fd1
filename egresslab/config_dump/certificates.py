"""Certificates out of PEM text: what a row of the frame ``secrets`` tells of each."""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography import x509

_PEM = re.compile(rb"-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----[^-]+-----END \1-----")


@lru_cache(maxsize=256)  # hundreds of proxies hold the same roots
def certificates(text: str, *, encoded: bool) -> tuple[dict[str, Any], ...]:
    """Give the columns of each certificate, in order; none when the text holds no PEM certificate."""
    try:
        pem = base64.b64decode(text) if encoded else text.encode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ()
    found = [_columns(match.group(), position) for position, match in enumerate(_PEM.finditer(pem))]
    nothing = all("because" in columns for columns in found)
    return tuple({"missing": nothing, **columns} for columns in found)


def _columns(pem: bytes, position: int) -> dict[str, Any]:
    from cryptography import x509

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a root with a negative serial number or an empty attribute is told of, not warned of
            return {"position": position, **_told(x509.load_pem_x509_certificate(pem))}
    except (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        return {"position": position, "because": f"its certificate cannot be read: {str(error)[:200]}"}


def _told(certificate: x509.Certificate) -> dict[str, Any]:
    from cryptography import x509

    known = {type(extension.value): extension.value for extension in certificate.extensions}
    constraints, names = known.get(x509.BasicConstraints), _names(known.get(x509.SubjectAlternativeName))
    return {
        "type": "CA" if constraints and constraints.ca else "Cert Chain",
        "serial_number": f"{certificate.serial_number:032x}",
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "subject": certificate.subject.rfc4514_string() or None,
        "issuer": certificate.issuer.rfc4514_string() or None,
        "subject_alt_names": ",".join(sorted(set(names))) or None,
        "trust_domain": next((n.split("/")[2] for n in names if n.startswith("spiffe://")), None),
    }


def _names(found: Any) -> list[str]:
    from cryptography import x509

    kinds = (x509.DNSName, x509.UniformResourceIdentifier, x509.IPAddress, x509.RFC822Name)
    return [str(name) for kind in kinds for name in found.get_values_for_type(kind)] if found else []
