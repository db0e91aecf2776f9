"""All judgements about one bundle, without any network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_certs._model import Bundle, CertFinding, Verdict
from kaigo_certs._names import office_numbers, shown
from kaigo_certs.judging._chain import complete_chain, judge_chain, load_issuers
from kaigo_certs.judging._dates import judge_dates, today_in_japan
from kaigo_certs.judging._dry_run import dry_run
from kaigo_certs.judging._kinds import KindPattern, default_patterns, judge_kind
from kaigo_certs.judging._office import judge_office
from kaigo_certs.judging._usage import judge_strength, judge_usage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def judge(  # noqa: PLR0913 - every part of the question, by name
    bundle: Bundle,
    *,
    office_number: str | None = None,
    issuer_pem: bytes | None = None,
    today: date | None = None,
    patterns: Sequence[KindPattern] | None = None,
    crl_pem: bytes | None = None,
) -> list[CertFinding]:
    """What the chosen identity of ``bundle`` is worth, one finding per question.

    ``office_number`` is compared with the subject; ``issuer_pem`` are the certificates (PEM) of the issuer
    that the service accepts, against which the dry-run handshake runs; ``today`` is a day in Japan.
    Raises :class:`kaigo_certs.UnreadableFile` only for an unreadable ``issuer_pem``.
    """
    leaf, issuers = bundle.leaf, load_issuers(issuer_pem)
    findings = [
        CertFinding("CERT_KEY_MATCHES", Verdict.OK, {"subject": shown(leaf.subject)}),
        judge_dates(leaf, today or today_in_japan()),
        *judge_usage(leaf),
        *judge_strength(leaf),
        *judge_chain(bundle, issuers),
        judge_office(leaf, office_number),
        *judge_kind(leaf, tuple(patterns) if patterns is not None else default_patterns()),
    ]
    if issuer_pem is None:
        return [*findings, CertFinding("CERT_DRY_RUN_SKIPPED", Verdict.SKIP)]
    return [*findings, dry_run(bundle.pair, complete_chain(bundle, issuers), issuer_pem, crl_pem)]


def choose_for(bundle: Bundle, office_number: str | None) -> Bundle:
    """The bundle with the identity chosen that names ``office_number``, or unchanged where none does."""
    for index, pair in enumerate(bundle.pairs):
        if office_number is not None and office_number in office_numbers(pair.leaf):
            return bundle.choose(index)
    return bundle
