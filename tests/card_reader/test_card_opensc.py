"""An outside opinion: unmodified OpenSC, which shares no code with us, must know the virtual card."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from card_rig import CONTACT
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from kaigo_card_reader.card._facts import JPKI
from kaigo_card_reader.sandbox._personas import AUTH_PIN, pin_of

pytestmark = pytest.mark.cardstack


@pytest.fixture(autouse=True)
def opensc():
    if shutil.which("opensc-tool") is None:
        if os.environ.get("CI"):
            pytest.fail("OpenSC is not installed")
        pytest.skip("OpenSC is not installed (apt-get install opensc opensc-pkcs11)")


def ask(*command: str, quick: bool = True) -> subprocess.CompletedProcess[bytes]:
    """``quick`` spares OpenSC the thirty other cards that it would try first."""
    environment = {**os.environ, "LC_ALL": "C", **({"OPENSC_DRIVER": "jpki"} if quick else {})}
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )


def test_opensc_recognises_the_card_by_itself(rig):
    rig.place()
    assert ask("opensc-tool", "-r", CONTACT, "-n", quick=False).stdout.strip() == b"jpki"


def test_opensc_counts_the_same_tries(rig):
    card = rig.place()
    pin_of(card, JPKI, 0x0018).left = 2
    pins = ask("pkcs15-tool", "-r", CONTACT, "--list-pins").stdout
    assert (pins.count(b"Tries left     : 2"), pins.count(b"Tries left     : 5")) == (1, 1)
    report = rig.exercise()
    assert (report.tries["auth"], report.tries["sign"]) == (2, 5)


def test_opensc_reads_the_same_certificate_and_not_the_protected_one(rig):
    card = rig.place()
    shown = ask("pkcs15-tool", "-r", CONTACT, "--read-certificate", "01").stdout
    read = x509.load_pem_x509_certificate(shown).public_bytes(serialization.Encoding.DER)
    assert read == card.applications[JPKI][0x000A].data
    assert b"BEGIN" not in ask("pkcs15-tool", "-r", CONTACT, "--read-certificate", "02").stdout


def test_a_signature_made_through_opensc_holds(rig, tmp_path):
    card = rig.place()
    message, signature = tmp_path / "message", tmp_path / "signature"
    message.write_bytes(b"hello")
    signed = ask(
        "pkcs11-tool", "--token-label", "JPKI (User Authentication PIN)",
        "--login", "--pin", AUTH_PIN.decode(),
        "--sign", "-m", "SHA256-RSA-PKCS", "-i", str(message), "-o", str(signature),
    )  # fmt: skip
    rig.permitted = 1  # the test itself handed this PIN to OpenSC
    assert signed.returncode == 0, signed.stderr
    key = card.applications[JPKI][0x0017].key
    assert key is not None
    key.public_key().verify(signature.read_bytes(), b"hello", padding.PKCS1v15(), hashes.SHA256())
