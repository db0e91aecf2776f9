"""What a certificate is worth for this office and this service."""

# ruff: noqa: E501 - one sentence stays one line

from __future__ import annotations

from kaigo_certs._i18n import N_
from kaigo_certs.texts._text import Text

_NEW_ONE = N_("Apply for a new certificate in 電子請求受付システム; an issue can take up to about a month.")
_ASK_ISSUER = N_("Show this finding to the issuer of the certificate (国保中央会) and ask for a new one.")
_OTHER_FILE = N_("Look for the right file; each 事業所番号 has a certificate of its own.")

TEXTS = (
    Text("CERT_KEY_MATCHES", "ok", N_("Key and certificate belong together: {subject}.")),
    Text("CERT_VALID", "ok", N_("Valid until {not_after}: {days_left} days left.")),
    Text(
        "CERT_EXPIRES_SOON", "warn", N_("Valid until {not_after}: only {days_left} days left."),
        (N_("Renew it now in 電子請求受付システム; after the last day a new application is needed."),), "office",
    ),
    Text("CERT_EXPIRED", "fail", N_("Expired on {not_after}, {days_ago} days ago."), (_NEW_ONE,), "office"),
    Text(
        "CERT_NOT_YET_VALID", "fail", N_("Not valid before {not_before}."),
        (N_("Check the date and time of this computer."), N_("If they are right, wait until that day.")), "supporter",
    ),
    Text("CERT_USAGE_OK", "ok", N_("Its purposes allow logging in as a client ({usage}).")),
    Text("CERT_USAGE_UNLIMITED", "ok", N_("Its purposes are not limited; logging in as a client is allowed.")),
    Text(
        "CERT_USAGE_NOT_CLIENT", "fail",
        N_("Its purposes do not allow logging in as a client: {usage}."), (_OTHER_FILE,), "supporter",
    ),
    Text(
        "CERT_USAGE_NO_SIGNATURE", "fail",
        N_("Its key must not sign (KeyUsage: {usage}); a server then refuses the log-in."), (_ASK_ISSUER,), "operator",
    ),
    Text(
        "CERT_IS_AUTHORITY", "warn", N_("It is the certificate of a certification authority, not of an office."),
        (_OTHER_FILE,), "supporter",
    ),
    Text("CERT_STRENGTH_OK", "ok", N_("Key {key}, signature {signature}.")),
    Text(
        "CERT_SIGNATURE_WEAK", "fail",
        N_("It is signed with {signature}, which today's programs refuse."), (_ASK_ISSUER,), "operator",
    ),
    Text(
        "CERT_KEY_WEAK", "fail", N_("Its key ({key}) is too short; today's programs refuse it."),
        (_ASK_ISSUER,), "operator",
    ),
    Text(
        "CERT_SERIAL_INVALID", "warn", N_("Its serial number is not positive; newer programs will refuse it."),
        (_ASK_ISSUER,), "operator",
    ),
    Text("CERT_CHAIN_COMPLETE", "ok", N_("The chain is complete: {chain}.")),
    Text(
        "CERT_INTERMEDIATE_MISSING", "warn",
        N_("The issuer's certificate is missing from the file: {missing}. A browser will then often never offer it."),
        (N_("Give the issuer's intermediate certificate with --issuer-file; it is added when installing."),),
        "supporter",
    ),
    Text(
        "CERT_INTERMEDIATE_ADDED", "ok",
        N_("The file lacks the issuer's certificate {missing}; it is taken from the issuer file."),
    ),
    Text(
        "CERT_ROOT_NOT_INCLUDED", "ok",
        N_("The chain in the file ends below the root ({missing}); that is usual."),
    ),
    Text(
        "CERT_SELF_SIGNED", "fail", N_("It is self-signed: no authority vouches for it."), (_OTHER_FILE,), "supporter",
    ),
    Text("CERT_ISSUER_KNOWN", "ok", N_("Issued by {issuer}, as expected.")),
    Text(
        "CERT_ISSUER_UNKNOWN", "fail", N_("Issued by {issuer}, which does not lead to the expected issuer {expected}."),
        (_OTHER_FILE, N_("Check that the issuer file belongs to this service.")), "supporter",
    ),
    Text("CERT_ISSUER_FETCHED", "ok", N_("The missing issuer's certificate was fetched from {urls}.")),
    Text(
        "CERT_ISSUER_NOT_FETCHED", "warn", N_("The missing issuer's certificate could not be fetched: {why}."),
        (N_("Give the issuer's intermediate certificate with --issuer-file; it is added when installing."),),
        "supporter",
    ),
    Text(
        "CERT_ISSUER_FILE_UNREADABLE", "fail", N_("The issuer file cannot be read as PEM certificates."),
        (N_("Give the issuer's certificates as PEM text."),), "supporter",
    ),
    Text("CERT_OFFICE_MATCH", "ok", N_("The certificate names this office: {office_number}.")),
    Text(
        "CERT_OFFICE_MISMATCH", "fail",
        N_("The certificate names office {found}, not {office_number}."), (_OTHER_FILE,), "supporter",
    ),
    Text("CERT_OFFICE_FOUND", "ok", N_("The certificate names office {found}.")),
    Text(
        "CERT_OFFICE_NOT_NAMED", "warn",
        N_("No 事業所番号 stands in the certificate's subject ({subject}); the office could not be compared."),
        (N_("Compare the subject with the office yourself before installing."),), "supporter",
    ),
    Text("CERT_KIND_FIT", "ok", N_("Kind of certificate: {kind}.")),
    Text(
        "CERT_KIND_LIKELY", "warn",
        N_("Kind of certificate, by its names: {kind}. The issuer's exact naming is not confirmed."),
        (N_("Compare with the name shown in 電子請求受付システム; then confirm the pattern in the settings."),),
        "supporter",
    ),
    Text(
        "CERT_KIND_UNFIT", "fail", N_("This kind of certificate cannot be used here: {kind}."),
        (N_("Use the office's own 介護保険証明書 or 介護DX証明書."),), "office",
    ),
    Text(
        "CERT_KIND_UNKNOWN", "warn",
        N_("The kind of certificate is not recognised (issuer {issuer}); 介護保険証明書 or 介護DX証明書 is needed."),
        (N_("Compare with the name shown in 電子請求受付システム; then enter the pattern in the settings."),),
        "supporter",
    ),
    Text(
        "CERT_KINDS_FILE", "fail", N_("{path} is not a list of certificate kinds: {why}."),
        (N_("Write it like the example in docs/certificates.md."),), "supporter",
    ),
    Text("CERT_DRY_RUN_ACCEPTED", "ok", N_("A server that trusts this issuer accepts the certificate (dry run).")),
    Text(
        "CERT_DRY_RUN_REFUSED", "fail",
        N_("A server that trusts this issuer refuses the certificate (dry run): {why}."),
        (N_("See the other findings; if they are all right, ask the issuer."),), "supporter",
    ),
    Text(
        "CERT_DRY_RUN_SKIPPED", "skip",
        N_("No dry run: the certificate of the issuer that the service accepts was not given (--issuer-file)."),
    ),
    Text("CERT_NOT_REVOKED", "ok", N_("Not revoked, by {method} of {produced}.")),
    Text(
        "CERT_REVOKED", "fail", N_("Revoked on {revoked_on} ({reason}), by {method}."), (_NEW_ONE,), "office",
    ),
    Text("CERT_REVOCATION_NO_ADDRESS", "skip", N_("Revocation was not checked: the certificate names no address for it.")),
    Text("CERT_REVOCATION_LDAP_ONLY", "skip", N_("Revocation was not checked: the list is offered by LDAP only ({urls}).")),
    Text("CERT_REVOCATION_NO_ISSUER", "skip", N_("Revocation was not checked: the issuer's certificate is missing, so no answer could be verified.")),
    Text(
        "CERT_REVOCATION_UNKNOWN", "warn",
        N_("Whether it is revoked could not be found out: {why}."),
        (N_("Allow {urls} through the proxy or firewall, or ask the issuer."),), "network",
    ),
)  # fmt: skip
