"""Chain: what the file brings, what the issuer file adds, and whether they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509

from kaigo_certs._errors import UnreadableFile
from kaigo_certs._model import Bundle, CertFinding, Verdict, fingerprint, issuers_of
from kaigo_certs._names import short, shown
from kaigo_certs._quiet import MALFORMED, quietly, readable

if TYPE_CHECKING:
    from collections.abc import Iterator


def load_issuers(issuer_pem: bytes | None) -> tuple[x509.Certificate, ...]:
    """The certificates of an issuer file (PEM, one or several; empty for None).

    Raises :class:`UnreadableFile` (``CERT_ISSUER_FILE_UNREADABLE``).
    """
    if issuer_pem is None:
        return ()
    try:
        with quietly():
            found = tuple(x509.load_pem_x509_certificates(issuer_pem))
    except MALFORMED:
        found = ()
    if not found or not all(map(readable, found)):
        raise UnreadableFile("CERT_ISSUER_FILE_UNREADABLE")
    return found


def complete_chain(bundle: Bundle, issuers: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """The chain above the leaf from the file and the issuer file together, nearest first."""
    return issuers_of(bundle.leaf, (*bundle.authorities, *issuers))


def judge_chain(bundle: Bundle, issuers: tuple[x509.Certificate, ...]) -> Iterator[CertFinding]:
    """Whether the chain is whole, and whether it leads to the expected issuer."""
    leaf, own, full = bundle.leaf, bundle.chain, complete_chain(bundle, issuers)
    if leaf.issuer == leaf.subject:
        yield CertFinding("CERT_SELF_SIGNED", Verdict.FAIL)
        return
    yield _completeness(leaf, own, full, issuers)
    if issuers:
        yield _issuer(leaf, full, issuers)


def _completeness(
    leaf: x509.Certificate,
    own: tuple[x509.Certificate, ...],
    full: tuple[x509.Certificate, ...],
    issuers: tuple[x509.Certificate, ...],
) -> CertFinding:
    top = full[-1] if full else leaf
    chain = " < ".join(short(c.subject) for c in (leaf, *full))
    missing = {"missing": shown((own[-1] if own else leaf).issuer)}
    intermediates = [c for c in full if c.issuer != c.subject]
    if all(c in own for c in intermediates) and (own or _directly_below_root(full, issuers)):
        if own and own[-1].issuer == own[-1].subject:
            return CertFinding("CERT_CHAIN_COMPLETE", Verdict.OK, {"chain": chain})
        return CertFinding("CERT_ROOT_NOT_INCLUDED", Verdict.OK, missing)
    if top.issuer == top.subject or top in issuers:
        return CertFinding("CERT_INTERMEDIATE_ADDED", Verdict.OK, missing)
    return CertFinding("CERT_INTERMEDIATE_MISSING", Verdict.WARN, {"missing": shown(top.issuer)})


def _directly_below_root(full: tuple[x509.Certificate, ...], issuers: tuple[x509.Certificate, ...]) -> bool:
    """Whether the leaf's own issuer is a root that the issuer file names: then nothing is missing."""
    return len(full) == 1 and full[0].issuer == full[0].subject and full[0] in issuers


def _issuer(
    leaf: x509.Certificate, full: tuple[x509.Certificate, ...], issuers: tuple[x509.Certificate, ...]
) -> CertFinding:
    known = {fingerprint(c) for c in issuers}
    if any(fingerprint(c) in known for c in full):
        return CertFinding("CERT_ISSUER_KNOWN", Verdict.OK, {"issuer": shown(leaf.issuer)})
    expected = "; ".join(shown(c.subject) for c in issuers)
    return CertFinding(
        "CERT_ISSUER_UNKNOWN", Verdict.FAIL, {"issuer": shown(leaf.issuer), "expected": expected}
    )
