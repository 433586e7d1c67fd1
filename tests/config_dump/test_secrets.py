"""Secrets: a row for each certificate, and why there is none; never a key."""

import base64
import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from egresslab.config_dump.part import Part
from egresslab.config_dump.secrets import add_secret
from egresslab.config_dump.taken import Taken
from egresslab.frames import typed

KEY = ec.generate_private_key(ec.SECP256R1())
PRIVATE = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
BEGIN, END = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


def pem(subject, *, ca=False, serial=0x0AFF, names=()):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)] if subject else [])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key()).serial_number(serial)
    builder = builder.not_valid_before(BEGIN).not_valid_after(END).add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def inline(text):
    return {"inline_bytes": base64.b64encode(text.encode()).decode()}


def secrets(secret, **item):
    part = Part("secrets")
    add_secret(
        part, {"name": "default", **item, "secret": secret}, Taken("/configs/6/dynamic_active_secrets/0", "active", "7", "2026-11-23T19:33:54.5Z")
    )
    return typed(part.of("secrets").columns, "secrets")


def values(frame, *columns):
    shown = frame[list(columns)].astype("object")
    return shown.where(shown.notna(), None).to_numpy().tolist()


def test_a_chain_is_a_row_for_each_certificate():
    names = [x509.UniformResourceIdentifier("spiffe://cluster.local/ns/shop/sa/cart"), x509.DNSName("b.example.com"), x509.DNSName("a.example.com")]
    chain = pem("", names=names) + "some text between\n" + pem("root", ca=True, serial=2**130)
    frame = secrets({"tls_certificate": {"certificate_chain": inline(chain), "private_key": {"inline_string": PRIVATE}}})
    assert values(frame, "position", "type", "serial_number", "subject", "trust_domain", "missing", "because") == [
        [0, "Cert Chain", "00000000000000000000000000000aff", None, "cluster.local", False, None],
        [1, "CA", "400000000000000000000000000000000", "CN=root", None, False, None],
    ]
    assert frame["subject_alt_names"][0] == "a.example.com,b.example.com,spiffe://cluster.local/ns/shop/sa/cart"
    assert (frame["not_before"][0], frame["not_after"][0]) == (BEGIN, END)
    assert values(frame, "name", "state", "version", "pointer")[0] == ["default", "active", "7", "/configs/6/dynamic_active_secrets/0"]
    assert frame["last_updated"].notna().all()


def test_one_broken_certificate_leaves_the_others():
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    frame = secrets({"validation_context": {"trusted_ca": {"inline_string": pem("a", ca=True) + broken + pem("b", ca=True)}}})
    assert values(frame, "position", "subject", "missing") == [[0, "CN=a", False], [1, None, False], [2, "CN=b", False]]
    assert frame["because"][1].startswith("its certificate cannot be read: ")
    assert values(secrets({"validation_context": {"trusted_ca": {"inline_string": broken}}}), "missing", "type") == [[True, "CA"]]


def test_spiffe_bundles():
    domains = [{"name": "one.example", "trust_bundle": inline(pem("1", ca=True))}, {"name": "two.example", "trust_bundle": {"filename": "/x"}}, None]
    config = {"name": "envoy.tls.cert_validator.spiffe", "typed_config": {"@type": "…SPIFFECertValidatorConfig", "trust_domains": domains}}
    frame = secrets({"validation_context": {"custom_validator_config": config}})
    assert values(frame, "trust_domain", "type", "subject", "missing") == [["one.example", "CA", "CN=1", False], ["two.example", "CA", None, False]]


NOTHING = "nothing has come for it: it does not exist, or its keys are named otherwise"
IN_A_FILE = "it stands in the file /etc/ca.pem of the proxy, which a dump does not hold"


@pytest.mark.parametrize(
    ("secret", "kind", "missing", "because"),
    [
        ({"name": "default"}, None, True, NOTHING),
        (None, None, True, NOTHING),
        ({"validation_context": {"trusted_ca": {"filename": "/etc/ca.pem"}}}, "CA", False, IN_A_FILE),
        ({"tls_certificate": {"private_key": inline("x")}}, "Cert Chain", True, "it has come without a certificate"),
        ({"validation_context": {"trusted_ca": inline("not PEM")}}, "CA", True, "what has come is no PEM certificate"),
        ({"validation_context": {"trusted_ca": {"inline_bytes": "%%%é"}}}, "CA", True, "what has come is no PEM certificate"),
        ({"generic_secret": {"secret": {"inline_string": "hunter2"}}}, "generic secret", False, "it holds no certificate"),
    ],
)
def test_a_secret_without_a_certificate_says_why(secret, kind, missing, because):
    assert values(secrets(secret), "type", "missing", "because", "position", "serial_number") == [[kind, missing, because, None, None]]


def test_keys_enter_no_frame():
    misplaced = PRIVATE + pem("a") + PRIVATE
    found = [
        secrets(
            {"tls_certificate": {"certificate_chain": inline(misplaced), "private_key": {"inline_string": PRIVATE}, "password": inline("hunter2")}}
        ),
        secrets({"tls_certificate": {"certificate_chain": inline(PRIVATE), "private_key": inline(PRIVATE)}}),
        secrets({"generic_secret": {"secret": {"inline_string": "hunter2"}}}),
        secrets({"session_ticket_keys": {"keys": [{"inline_string": "hunter2"}]}}),
    ]
    shown = "".join(frame.to_csv() for frame in found)
    body = PRIVATE.split("\n")[1]
    assert not any(word in shown for word in ("PRIVATE", "hunter2", body, base64.b64encode(body.encode()).decode()[:40]))
    assert found[0]["subject"].tolist() == ["CN=a"]


def test_an_empty_frame_keeps_its_columns():
    frame = typed(Part("secrets").of("secrets").columns, "secrets")
    assert (len(frame), str(frame["not_after"].dtype)) == (0, "datetime64[us, UTC]")
