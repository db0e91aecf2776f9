"""Every kind of file gets the verdict of the table, and nothing but typed errors."""

from __future__ import annotations

import pytest
from certs_corpus import CASES
from certs_rig import OFFICE, PATTERNS, have
from kaigo_certs import CertificateError, all_texts, judge, read_identity


def verdict(rig, case):
    """(error code, codes of the findings that are not ok)."""
    key = case.key(rig) if case.key else None
    try:
        bundle = read_identity(case.make(rig), case.password, key_data=key)
        found = [
            *bundle.notes,
            *judge(bundle, office_number=OFFICE, issuer_pem=rig.chain_pem, patterns=PATTERNS),
        ]
    except CertificateError as error:
        return error.code, set()
    return None, {f.code for f in found if f.status != "ok"}


@pytest.mark.servers
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_file_of_the_corpus_gets_its_verdict(rig, case):
    if not have(*case.needs):
        pytest.skip(f"needs {', '.join(case.needs)}")
    error, troubles = verdict(rig, case)
    assert error == case.error
    if case.error is None:
        assert troubles == case.troubles


def test_the_corpus_has_at_least_sixty_files_with_names_of_their_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 60


def test_every_code_of_the_corpus_has_a_text():
    used = {code for case in CASES for code in [*case.troubles, *([case.error] if case.error else [])]}
    assert used <= set(all_texts())
