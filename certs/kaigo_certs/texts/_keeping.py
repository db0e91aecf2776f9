"""The vault: what was kept, and why it could not be opened."""

# ruff: noqa: E501 - one sentence stays one line

from __future__ import annotations

from kaigo_certs._i18n import N_
from kaigo_certs.texts._text import Text

TEXTS = (
    Text("CERT_KEPT", "ok", N_("The certificate is kept in the vault for office {office_number}.")),
    Text("CERT_ALREADY_KEPT", "ok", N_("The vault already holds this very certificate for office {office_number}.")),
    Text(
        "CERT_NOT_IN_USE", "warn",
        N_("Another certificate of this office stays in use: {sha256}, valid until {not_after}."),
        (N_("If the one just installed is to replace it, remove the other: cert remove --sha256 {sha256}."),), "supporter",
    ),
    Text("CERT_READY", "ok", N_("The certificate opens from the vault and is ready for connections.")),
    Text(
        "CERT_NOT_IN_VAULT", "fail", N_("The vault holds no certificate for office {office_number}."),
        (N_("Install the certificate first: cert install."),), "supporter",
    ),
    Text(
        "CERT_CONTEXT_REFUSED", "fail", N_("The certificate cannot be used for a connection: {why}."),
        (N_("See the findings of the inspection; a weak key or signature must be re-issued."),), "operator",
    ),
    Text(
        "VAULT_NONE", "fail", N_("There is no vault in {folder}."),
        (N_("Install a certificate first (cert install), or name the vault's folder with --vault."),), "supporter",
    ),
    Text(
        "VAULT_PASSPHRASE_WRONG", "fail", N_("The passphrase does not open the vault in {folder}."),
        (
            N_("Enter the passphrase that the vault was created with; capitals count."),
            N_("A lost passphrase cannot be recovered: move the folder aside, start a new vault and install the "
               "certificates again from their files."),
        ),
        "supporter",
    ),
    Text(
        "VAULT_PASSPHRASE_MISSING", "fail", N_("No passphrase for the vault was given."),
        (N_("Set KAIGO_GATEWAY_VAULT__PASSPHRASE or give --vault-passphrase-file."),), "supporter",
    ),
    Text(
        "VAULT_PASSPHRASE_SHORT", "fail", N_("The passphrase for a new vault has fewer than {minimum} characters."),
        (N_("Choose a longer one; three or four unrelated words are good."),), "supporter",
    ),
    Text(
        "VAULT_DAMAGED", "fail", N_("The vault's file {path} is damaged or was changed by hand."),
        (N_("Restore it from a backup, or move it aside and install that certificate again."),), "supporter",
    ),
    Text(
        "VAULT_NOT_WRITABLE", "fail", N_("The vault {path} cannot be used: {why}."),
        (N_("Check the folder's owner, its rights and the free space."),), "supporter",
    ),
    Text(
        "VAULT_NEWER", "fail", N_("The vault in {folder} was written by a newer version of this program."),
        (N_("Update the program."),), "supporter",
    ),
    Text(
        "VAULT_KEYRING_REFUSED", "fail",
        N_("The key ring of this system ({backend}) does not keep secrets safely, so it is not used."),
        (N_("Use a passphrase instead, or the system's own key ring (Windows, macOS, Secret Service, KWallet)."),),
        "supporter",
    ),
    Text(
        "VAULT_KEYRING_MISSING", "fail", N_("No usable key ring: {why}."),
        (N_("Install the extra [keyring], or use a passphrase instead."),), "supporter",
    ),
)  # fmt: skip
