"""Reading: which identity is taken, which password variant is told, and what the chain is."""

from __future__ import annotations

import pytest
from certs_corpus import two_identities
from certs_rig import OFFICE, PASSWORD, key_of
from kaigo_certs import choose_for, read_identity
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
