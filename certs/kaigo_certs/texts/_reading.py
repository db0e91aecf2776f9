"""Why a certificate file could not be read, or what was noticed while reading it."""

# ruff: noqa: E501 - one sentence stays one line

from __future__ import annotations

from kaigo_certs._i18n import N_
from kaigo_certs.texts._text import Text

_DOWNLOAD_AGAIN = N_(
    "Download the certificate again from 電子請求受付システム (menu 証明書) and give that file unchanged."
)
_EXPORT_P12 = N_("Ask for, or export, a PKCS#12 file (.p12 or .pfx) that contains the private key.")
_PASSWORD_NOTE = N_("Note the password in the form that fitted; other programs do not correct it.")
_PASSWORD_ANEW = N_(
    "Other programs cannot open this file; rely on the copy that is installed from the vault."
)
_KEEP_SAFE = N_("Delete the file and every copy of it after the installation.")

TEXTS = (
    Text("CERT_FILE_READ", "ok", N_("The certificate file was read ({kind}, {encryption}, MAC {mac}).")),
    Text(
        "CERT_FILE_MISSING", "fail", N_("The file {path} cannot be read: {why}."),
        (N_("Check the path and the rights of the file."),), "supporter",
    ),
    Text(
        "CERT_FILE_NOT_GIVEN", "fail", N_("The site names no certificate file, and the vault holds none for it."),
        (N_("Enter the certificate file in the site file under [certificate], or install it with: cert install."),),
        "supporter",
    ),
    Text("CERT_FILE_EMPTY", "fail", N_("The file is empty."), (_DOWNLOAD_AGAIN,), "supporter"),
    Text(
        "CERT_FILE_TOO_LARGE", "fail",
        N_("The file has {size} bytes; a certificate file has at most {limit}."),
        (N_("Give the certificate file itself, not an archive or an installer."),), "supporter",
    ),
    Text(
        "CERT_FILE_HTML", "fail",
        N_("The file is a web page, not a certificate: an error or log-in page was saved under its name."),
        (N_("Open the file in a text editor to see what the page said."), _DOWNLOAD_AGAIN), "supporter",
    ),
    Text(
        "CERT_FILE_ZIP", "fail", N_("The file is a ZIP archive."),
        (N_("Unpack it and give the .p12 or .pfx file inside."),), "supporter",
    ),
    Text(
        "CERT_FILE_PEM_CERTIFICATE", "fail",
        N_("The file is a PEM certificate without its private key."),
        (N_("Give the private key's file too (--key-file)."), _EXPORT_P12), "supporter",
    ),
    Text(
        "CERT_FILE_PEM_KEY", "fail", N_("The file is a PEM private key without its certificate."),
        (N_("Give the certificate file, and this one as --key-file."),), "supporter",
    ),
    Text(
        "CERT_FILE_PEM_REQUEST", "fail", N_("The file is a certificate request (CSR), not a certificate."),
        (N_("Give the certificate that was issued for this request."),), "supporter",
    ),
    Text(
        "CERT_FILE_PEM_DAMAGED", "fail", N_("The PEM text in the file is damaged."), (_DOWNLOAD_AGAIN,), "supporter",
    ),
    Text(
        "CERT_FILE_DER_CERTIFICATE", "fail",
        N_("The file is a bare certificate (.cer) without its private key."), (_EXPORT_P12,), "supporter",
    ),
    Text(
        "CERT_FILE_DER_KEY", "fail", N_("The file is a bare private key without a certificate."),
        (_EXPORT_P12,), "supporter",
    ),
    Text(
        "CERT_FILE_P7B", "fail",
        N_("The file is a PKCS#7 bundle (.p7b): certificates without a private key."), (_EXPORT_P12,), "supporter",
    ),
    Text(
        "CERT_FILE_JKS", "fail", N_("The file is a Java keystore of the old kind ({kind})."),
        (N_("Convert it: keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype pkcs12."),),
        "supporter",
    ),
    Text(
        "CERT_FILE_TRUNCATED", "fail",
        N_("The file ends early: {size} bytes of {expected}; the transfer was cut off."),
        (_DOWNLOAD_AGAIN,), "supporter",
    ),
    Text(
        "CERT_FILE_NOT_PKCS12", "fail", N_("The file is not a certificate file of any known kind."),
        (_DOWNLOAD_AGAIN,), "supporter",
    ),
    Text(
        "CERT_FILE_DAMAGED", "fail", N_("The file has the frame of a PKCS#12 file, but its contents are damaged."),
        (_DOWNLOAD_AGAIN,), "supporter",
    ),
    Text(
        "CERT_FILE_BASE64", "warn",
        N_("The file was base64 text of a PKCS#12 file, as a mail program writes it; it was decoded."),
        (N_("Browsers and Windows do not open the file in this form; keep the decoded one."),), "supporter",
    ),
    Text(
        "CERT_FILE_BER", "warn",
        N_("The file is written in BER rather than DER (NSS and old Windows tools do so); it was read."),
        (N_("Nothing to do now; the copy that is installed is written anew in DER."),), "supporter",
    ),
    Text(
        "CERT_FILE_TRAILING", "warn", N_("{count} bytes follow the end of the certificate data; they were ignored."),
        (N_("Nothing to do now; the copy that is installed does not have them."),), "supporter",
    ),
    Text(
        "CERT_FILE_UNENCRYPTED_KEY", "warn",
        N_("The private key lies in the file without encryption: whoever has the file has the identity."),
        (_KEEP_SAFE,), "supporter",
    ),
    Text(
        "CERT_FILE_WEAK_ENCRYPTION", "warn",
        N_("The file is protected by old encryption ({encryption}); it could be read."),
        (N_("Delete the file after the installation, or keep it where nobody else can read it."),), "supporter",
    ),
    Text(
        "CERT_FILE_NO_MAC", "warn",
        N_("The file has no checksum (MAC); some programs, Firefox among them, refuse it."),
        (N_("Nothing to do now; the copy that is installed has one."),), "supporter",
    ),
    Text(
        "CERT_FILE_MAC_UNVERIFIED", "warn",
        N_("The file's checksum (MAC) could not be verified; key and certificate were proved to belong together."),
        (N_("Nothing to do if the following findings are right."),), "supporter",
    ),
    Text(
        "CERT_FILE_ITERATIONS", "fail",
        N_("The file asks for {iterations} rounds of key derivation; more than {limit} are refused."),
        (_DOWNLOAD_AGAIN,), "supporter",
    ),
    Text(
        "CERT_FILE_CIPHER", "fail", N_("The file uses an encryption that is not supported: {encryption}."),
        (N_("Export the certificate again with AES-256 (for example from the store it is installed in)."),),
        "supporter",
    ),
    Text(
        "CERT_READ_TIMEOUT", "fail", N_("Reading the file took longer than {seconds} seconds and was stopped."),
        (N_("Check the password first: with many rounds in a file, each way of typing it takes seconds."), _DOWNLOAD_AGAIN), "supporter",
    ),
    Text(
        "CERT_READER_CRASHED", "fail", N_("The program that reads certificate files ended unexpectedly ({why})."),
        (N_("Try once more; if it happens again, report the kind of file (not the file) to the developers."),),
        "supporter",
    ),
    Text(
        "CERT_PASSWORD_WRONG", "fail",
        N_("The password does not open the file ({tried} usual ways of typing it were tried), or the file is damaged."),
        (
            N_("Type the 証明書発行用パスワード again; mind capitals, and digits such as 0/O and 1/l."),
            N_("It can be re-issued in 電子請求受付システム (証明書発行用パスワードの再発行)."),
        ),
        "office",
    ),
    Text(
        "CERT_PASSWORD_MISSING", "fail", N_("The file is protected by a password and none was given."),
        (N_("Give the 証明書発行用パスワード in a file: --password-file."),), "supporter",
    ),
    Text(
        "CERT_PASSWORD_VARIABLE", "fail", N_("The environment variable {name}, meant to hold the password, is not set."),
        (N_("Set it, or name a password file instead."),), "supporter",
    ),
    Text(
        "CERT_PASSWORD_NUL", "fail", N_("The password contains a NUL character; no certificate file can have one."),
        (N_("Save the password file as plain UTF-8 text, not as UTF-16."),), "supporter",
    ),
    Text(
        "CERT_PASSWORD_ENCODING", "fail", N_("The password is neither UTF-8 nor Shift_JIS text."),
        (N_("Save the password file as plain UTF-8 text."),), "supporter",
    ),
    Text("CERT_PASSWORD_TRIMMED", "warn", N_("The password fitted after the space or line end around it was removed."), (_PASSWORD_NOTE,), "supporter"),
    Text("CERT_PASSWORD_HALF_WIDTH", "warn", N_("The password fitted in half-width characters: it was typed in full-width (全角)."), (_PASSWORD_NOTE,), "supporter"),
    Text("CERT_PASSWORD_FULL_WIDTH", "warn", N_("The password fitted in full-width characters (全角): the file was made with them."), (_PASSWORD_NOTE,), "supporter"),
    Text("CERT_PASSWORD_NFC", "warn", N_("The password fitted with composed kana (濁点 as part of the character)."), (_PASSWORD_NOTE,), "supporter"),
    Text("CERT_PASSWORD_NFD", "warn", N_("The password fitted with decomposed kana (濁点 apart, as a Mac writes them)."), (_PASSWORD_NOTE,), "supporter"),
    Text("CERT_PASSWORD_EMPTY", "warn", N_("The password given does not belong to the file: the file opens with an empty one."), (_KEEP_SAFE,), "supporter"),
    Text("CERT_PASSWORD_CP932", "warn", N_("The password fitted in its Shift_JIS form: the file was made in a Windows console."), (_PASSWORD_ANEW,), "supporter"),
    Text("CERT_PASSWORD_CP932_RAW", "warn", N_("The password fitted in its Shift_JIS bytes: the file was made in a Windows console."), (_PASSWORD_ANEW,), "supporter"),
    Text(
        "CERT_PASSWORD_UNUSED", "warn", N_("The file is not protected by its password at all."),
        (_KEEP_SAFE,), "supporter",
    ),
    Text(
        "CERT_NO_KEY", "fail", N_("The file contains {certificates} certificate(s) but no private key."),
        (N_("Export it again and tick the option that includes the private key."), _DOWNLOAD_AGAIN), "supporter",
    ),
    Text(
        "CERT_NO_CERTIFICATE", "fail", N_("The file contains a private key but no certificate."),
        (_DOWNLOAD_AGAIN,), "supporter",
    ),
    Text(
        "CERT_KEY_MISMATCH", "fail",
        N_("The private key belongs to none of the {certificates} certificate(s) in the file."),
        (_DOWNLOAD_AGAIN,), "supporter",
    ),
    Text(
        "CERT_SEVERAL_IDENTITIES", "warn",
        N_("The file contains {count} identities; number {chosen} is used: {subject}."),
        (N_("If another one is meant, give the 事業所番号 with --office, or export that one alone."),), "supporter",
    ),
    Text(
        "CERT_STRAY_LEAVES", "warn",
        N_("The file also contains {count} certificate(s) of persons or offices without a key: {subjects}."),
        (N_("They cannot be used; nothing to do if the right one is named above."),), "supporter",
    ),
)  # fmt: skip
