"""Stores: what was installed, what was put right, and why a store refused."""

# ruff: noqa: E501 - one sentence stays one line

from __future__ import annotations

from kaigo_certs._i18n import N_
from kaigo_certs.texts._text import Text

_RESTART = N_("Close the browser and start it again; a running one keeps its old choice.")

TEXTS = (
    Text("STORE_INSTALLED", "ok", N_("Installed into {store} and read back.")),
    Text("STORE_ALREADY_INSTALLED", "ok", N_("{store} already holds this very certificate.")),
    Text("STORE_HOLDS", "ok", N_("{store} holds the certificate together with its key.")),
    Text(
        "STORE_LACKS", "fail", N_("{store} does not hold the certificate with its key."),
        (N_("Install it: cert install --store {store}."),), "supporter",
    ),
    Text("STORE_REMOVED", "ok", N_("Removed from {store}.")),
    Text("STORE_NOT_THERE", "ok", N_("{store} did not hold the certificate.")),
    Text(
        "STORE_RECOVERED", "warn", N_("An earlier change of {store} had been cut off; it was put right ({count})."),
        (N_("Nothing to do; find out why the program was ended."),), "supporter",
    ),
    Text(
        "STORE_UNKNOWN", "fail", N_("There is no certificate store called {store}."),
        (N_("Choose vault, nss, nss:FOLDER, windows or macos, or a store that a plugin brings."),), "supporter",
    ),
    Text(
        "STORE_OTHER_SYSTEM", "fail", N_("The store {store} exists on {system} only."),
        (N_("Choose a store of this system."),), "supporter",
    ),
    Text(
        "STORE_TOOL_MISSING", "fail", N_("The program {tool}, needed for the store {store}, is not installed."),
        (N_("Install it (Debian and Ubuntu: libnss3-tools)."),), "supporter",
    ),
    Text(
        "STORE_NSS_LOCKED", "fail", N_("The database {store} has a password of its own."),
        (N_("Remove that password in the browser's settings; the private key is protected by the user's account."),),
        "supporter",
    ),
    Text(
        "STORE_LEGACY_PATH", "warn", N_("Chromium reads {used}, not {store}: the older folder wins where it exists."),
        (N_("Install into {used} too, or remove that folder if nothing else uses it."),), "supporter",
    ),
    Text(
        "STORE_SNAP_PATH", "warn", N_("Chromium seems to be a snap here; a snap reads {used}, not {store}."),
        (N_("Install into {used} too (--store {used}), then restart the browser."),), "supporter",
    ),
    Text(
        "STORE_REFUSED", "fail", N_("The store {store} refused: {why}."),
        (N_("Close programs that use the store and try again."), N_("Check the owner, the rights and the free space of its folder.")), "supporter",
    ),
    Text(
        "STORE_BUSY", "fail", N_("Another program has been changing the store {store} for more than {seconds} seconds."),
        (N_("Let it end, or end it; then try again."),), "supporter",
    ),
    Text(
        "STORE_TIMEOUT", "fail", N_("The store {store} did not answer within {seconds} seconds."),
        (N_("Look for a dialog that waits for an answer; then try again."),), "supporter",
    ),
    Text(
        "STORE_NOT_VERIFIED", "fail", N_("After the installation, {store} did not show the certificate; it was taken back."),
        (N_("Close programs that use the store and try again."),), "supporter",
    ),
    Text(
        "STORE_NOT_REMOVED", "fail", N_("{store} still shows the certificate after its removal."),
        (N_("Close programs that use the store and try again."),), "supporter",
    ),
    Text("STORE_BROWSER_RESTART", "warn", N_("A running browser does not notice the change."), (_RESTART,), "supporter"),
    Text("STORE_OLD_KEPT", "warn",
        N_("The older certificate {sha256} stays installed until the new one is proved."),
        (N_("After a good cert verify, remove it: cert remove --sha256 {sha256}."),), "supporter",
    ),
    Text("POLICY_SET", "ok", N_("The browser chooses this certificate by itself at {origin} ({path}).")),
    Text("POLICY_ALREADY_SET", "ok", N_("The selection policy for {origin} was there already ({path}).")),
    Text("POLICY_REMOVED", "ok", N_("The selection policy for {origin} was removed ({path}).")),
    Text("POLICY_NOT_SET", "ok", N_("There was no selection policy for {origin} ({path}).")),
    Text(
        "POLICY_FIREFOX_SET", "warn",
        N_("Firefox now chooses a certificate by itself at every site that asks for one ({path})."),
        (N_("Use this profile for this work alone. Take it back with cert remove --firefox-profile."),), "supporter",
    ),
    Text("POLICY_FIREFOX_REMOVED", "ok", N_("Firefox asks again which certificate to use ({path}).")),
    Text("POLICY_FIREFOX_NOT_SET", "ok", N_("Firefox was not told to choose a certificate by itself ({path}).")),
    Text(
        "POLICY_ORIGIN", "fail", N_("{origin} is not the address of exactly one site (https://host or https://host:port)."),
        (N_("Give one exact address; a pattern would offer the office's identity to other sites."),), "supporter",
    ),
    Text(
        "POLICY_FILE", "fail", N_("The policy file {path} cannot be used: {why}."),
        (N_("Correct or move that file; writing policies needs the administrator's rights."),), "supporter",
    ),
)  # fmt: skip
