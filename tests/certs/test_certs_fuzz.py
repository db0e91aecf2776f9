"""Whatever the bytes and whatever the password: a bundle or a typed error, nothing else."""

from __future__ import annotations

import base64
from functools import lru_cache

import pytest
from certs_corpus import pbmac1
from certs_rig import PASSWORD, key_of, key_pem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kaigo_certs import Bundle, CertificateError, judge
from kaigo_certs.reading._load import load
from kaigo_certs.reading._pem import load_pem
from kaigo_certs.reading._read import _finish, _prepare

ROUNDS = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


HEADS = [b"0\x82", b"0\x80", b"0\x84\xff\xff", b"MII", b"-----BEGIN ", b"\xef\xbb\xbf<html", b"PK"]
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6)


def read_here(data, password, key=None):
    """The whole reader in this process: what the worker would answer to a defect must not even happen."""
    ready = _prepare(data, password, key)
    loaded = (
        load(ready.data, ready.password) if ready.frame else load_pem(ready.data, ready.password, ready.key)
    )
    return _finish(ready, loaded)


def explained(error):
    assert error.text("en")
    assert error.text("ja")


def survives(data, password, key=None):
    try:
        bundle = read_here(data, password, key)
    except CertificateError as error:
        explained(error)
        return
    assert isinstance(bundle, Bundle)
    assert judge(bundle)


class Seeds(list):
    """Real files; hypothesis prints arguments, and these are long."""

    def __repr__(self):
        return f"<{len(self)} files>"


@pytest.fixture(scope="module")
def seeds(rig):
    small = rig.leaf(key=key_of("p256"))
    return Seeds(
        [
            rig.p12(small, chain=[]),
            rig.openssl("-legacy", pair=small, chain=[]),
            rig.openssl("-certpbe", "NONE", "-keypbe", "NONE", "-nomac", pair=small, chain=[]),
            rig.openssl("-nomac", pair=small, chain=[]),
            rig.gnutls("--pkcs-cipher", "3des-pkcs12", pair=small),
            pbmac1(rig),
            small[1].public_bytes(rig_encoding()),
        ]
    )


@lru_cache(maxsize=1)
def rig_encoding():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


@given(data=st.binary(max_size=400), password=st.none() | st.text(max_size=20) | st.binary(max_size=20))
@ROUNDS
def test_random_bytes(data, password):
    survives(data, password)


@given(head=st.sampled_from(HEADS), data=st.binary(max_size=300))
@ROUNDS
def test_bytes_that_begin_like_a_known_format(head, data):
    survives(head + data, PASSWORD)


@given(
    choice=st.integers(0, 6), changes=CHANGES, kind=st.sampled_from(["replace", "insert", "delete", "repeat"])
)
@ROUNDS
def test_real_files_with_changed_bytes(seeds, choice, changes, kind):
    data = bytearray(seeds[choice])
    for place, value in changes:
        at = int(place * (len(data) - 1))
        if kind == "replace":
            data[at] = value
        elif kind == "insert":
            data.insert(at, value)
        elif kind == "delete":
            del data[at : at + value // 16 + 1]
        else:
            data[at:at] = data[at : at + value]
    survives(bytes(data), PASSWORD)


@given(password=st.text(max_size=40) | st.binary(max_size=40) | st.none())
@ROUNDS
def test_any_password(seeds, password):
    survives(seeds[0], password)


@given(
    text=st.text(max_size=200),
    label=st.sampled_from(["CERTIFICATE", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PKCS7", "X"]),
)
@ROUNDS
def test_texts_that_look_like_pem(text, label):
    body = base64.b64encode(text.encode("utf-8", "replace")).decode()
    block = f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"
    survives(block.encode(), PASSWORD)
    survives((block + block.replace(label, "PRIVATE KEY")).encode(), PASSWORD, block.encode())


def pem_of(der, label="CERTIFICATE"):
    lines = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n".encode()


@pytest.fixture(scope="module")
def parts(rig):
    """Leaf, intermediate and root as DER, the key as PEM, and a bundle that is in order."""
    key, leaf = pair = rig.leaf(key=key_of("p256"))
    certificates = [c.public_bytes(rig_encoding()) for c in (leaf, *rig.chain)]
    return certificates, key_pem(key), read_here(rig.p12(pair), PASSWORD)


@given(which=st.integers(0, 2), changes=CHANGES)
@ROUNDS
def test_certificates_with_changed_bytes_inside(parts, which, changes):
    """Names, dates and extensions are parsed only when they are asked for: late, but never too late."""
    certificates, key, good = parts
    changed = list(certificates)
    data = bytearray(changed[which])
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    changed[which] = bytes(data)
    survives(b"".join(map(pem_of, changed)) + key, PASSWORD)
    try:
        assert judge(good, issuer_pem=pem_of(changed[which]))
    except CertificateError as error:
        explained(error)
