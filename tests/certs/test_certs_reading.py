"""Reading: which identity is taken, which password variant is told, and what the chain is."""

from __future__ import annotations

import pytest
from certs_corpus import two_identities
from certs_rig import DER, OFFICE, PASSWORD, PEM, key_of, key_pem
from kaigo_certs import UnreadableFile, choose_for, judge, read_identity
from kaigo_certs.reading._passwords import attempts


def notes(bundle):
    return {note.code: note.seen for note in bundle.notes}


def test_of_several_identities_the_one_that_ends_last_is_taken(rig):
    bundle = read_identity(two_identities(rig), PASSWORD)
    assert len(bundle.pairs) == 2
    assert bundle.pair.not_after == max(pair.not_after for pair in bundle.pairs)
    assert notes(bundle)["CERT_SEVERAL_IDENTITIES"]["chosen"] == 1


def test_the_identity_that_names_the_office_is_chosen_and_the_note_says_so(rig):
    from certs_corpus import merge

    mine = rig.leaf(common="TEST mine", days=300)
    other = rig.leaf(key=key_of("rsa2048", 7), common="TEST other", unit="1370000009", days=800)
    bundle = read_identity(merge(rig.openssl(pair=mine), rig.openssl(pair=other, chain=[])), PASSWORD)
    chosen = choose_for(bundle, OFFICE)
    assert "TEST mine" in notes(chosen)["CERT_SEVERAL_IDENTITIES"]["subject"]
    assert chosen.sha256 != bundle.sha256
    assert choose_for(bundle, "1370000005") is bundle
    with pytest.raises(IndexError):
        bundle.choose(5)


def test_each_key_of_the_file_is_the_key_of_its_certificate(rig):
    bundle = read_identity(two_identities(rig), PASSWORD)
    for pair in bundle.pairs:
        assert pair.key.public_key() == pair.leaf.public_key()


def test_the_chain_is_ordered_from_the_leaf_upwards_whatever_the_order_in_the_file(rig):
    bundle = read_identity(rig.p12(chain=rig.chain[::-1]), PASSWORD)
    assert list(bundle.chain) == rig.chain
    bare = read_identity(rig.p12(chain=[]), PASSWORD)
    assert bare.chain == ()
    assert list(bare.completed(rig.chain_pem).chain) == rig.chain


def test_no_reading_of_a_password_is_tried_twice_and_the_given_one_comes_first():
    for password in ("", "abc", " ａｂｃ\n", "が", "合言葉", "A1ｶﾞ"):
        tried = [(attempt.password, attempt.raw) for attempt in attempts(password)]
        assert len(tried) == len(set(tried))
        assert tried[0] == (password.encode(), False)


def test_an_attempt_shows_no_password_in_its_repr():
    assert "geheim" not in "".join(repr(attempt) for attempt in attempts("geheim"))


VERSION_3, VERSION_117 = b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x74"
KEY_USAGE, CLIENT_USAGE = b"\x06\x03\x55\x1d\x0f", b"\x06\x03\x55\x1d\x25"


def pem(der):
    from base64 import encodebytes

    return b"-----BEGIN CERTIFICATE-----\n" + encodebytes(der) + b"-----END CERTIFICATE-----\n"


def test_a_certificate_of_an_unheard_of_version_is_named_wherever_it_stands(rig):
    """The library's error for it is no ValueError: it used to pass every net but the worker's last one."""
    key, leaf = rig.leaf(key=key_of("p256"))
    broken = pem(leaf.public_bytes(DER).replace(VERSION_3, VERSION_117, 1))
    with pytest.raises(UnreadableFile) as refused:
        read_identity(broken + key_pem(key))
    assert refused.value.code == "CERT_FILE_PEM_DAMAGED"
    with pytest.raises(UnreadableFile) as refused:
        judge(read_identity(rig.p12((key, leaf)), PASSWORD), issuer_pem=broken)
    assert refused.value.code == "CERT_ISSUER_FILE_UNREADABLE"


def test_extensions_that_cannot_be_read_say_nothing_and_hinder_nothing(rig):
    key, leaf = rig.leaf(key=key_of("p256"))
    doubled = leaf.public_bytes(DER).replace(CLIENT_USAGE, KEY_USAGE, 1)
    bundle = read_identity(pem(doubled) + key_pem(key))
    assert "CERT_OFFICE_MATCH" in {found.code for found in judge(bundle, office_number=OFFICE)}


def test_a_name_that_cannot_be_read_is_a_damaged_file_and_of_an_authority_a_missing_one(rig):
    key, leaf = rig.leaf(key=key_of("p256"))
    name = "TEST さくら".encode()
    damaged = pem(leaf.public_bytes(DER).replace(name, b"\xff" * len(name)))
    with pytest.raises(UnreadableFile) as refused:
        read_identity(damaged + key_pem(key))
    assert refused.value.code in {"CERT_FILE_DAMAGED", "CERT_FILE_PEM_DAMAGED"}
    other = rig.intermediate.certificate.public_bytes(DER).replace(b"TEST Root", b"\xff" * 9)
    bundle = read_identity(leaf.public_bytes(PEM) + pem(other) + key_pem(key))
    assert "CERT_INTERMEDIATE_MISSING" in {found.code for found in judge(bundle)}
