"""What `doctor` can say of an installation."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Status

_MEND: Final = N_("Install the product again, with pip install kaigo-gateway.")

DOCTOR_REASONS: Final = ReasonBook("kaigo_gateway").add(
    Reason(
        "DOCTOR_VERSIONS", Status.OK, N_("kaigo-gateway {version}, Python {python}, {openssl}, {system}.")
    ),
    Reason("DOCTOR_PLUGINS", Status.OK, N_("Bundled plugins in use: {plugins}.")),
    Reason(
        "DOCTOR_PLUGINS_MISSING",
        Status.ERROR,
        N_("Bundled plugins are missing: {missing}. A frozen product must name them itself."),
        (_MEND, N_("In a frozen product pass them as Gateway(plugins=[module, ...]).")),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
    Reason(
        "DOCTOR_TLS13_MISSING",
        Status.FAIL,
        N_("This Python's OpenSSL ({openssl}) has no TLS 1.3, which the platform demands."),
        (N_("Use a Python of python.org or of the system that is 3.11 or newer."),),
        Actor.SUPPORTER,
    ),
    Reason("DOCTOR_TLS13", Status.OK, N_("TLS 1.3 is available.")),
    Reason("DOCTOR_EXTRA", Status.OK, N_("[{extra}] is installed: {purpose}.")),
    Reason(
        "DOCTOR_EXTRA_MISSING",
        Status.SKIP,
        N_("[{extra}] is not installed: {purpose}."),
        (N_("If it is wanted: pip install 'kaigo-gateway[{extra}]'"),),
        Actor.SUPPORTER,
    ),
    Reason("DOCTOR_SETTINGS", Status.OK, N_("Settings: {file} ({state}).")),
    Reason(
        "DOCTOR_SETTINGS_INVALID",
        Status.FAIL,
        N_("{detail}"),
        (N_("Correct the settings file or the environment variable named here."),),
        Actor.SUPPORTER,
    ),
    Reason("DOCTOR_FOLDER", Status.OK, N_("{folder} can be written.")),
    Reason(
        "DOCTOR_FOLDER_UNWRITABLE",
        Status.FAIL,
        N_("{folder} cannot be written."),
        (N_("Correct the rights, or set another folder in the settings."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "DOCTOR_RULES",
        Status.OK,
        N_("Rule files of further programmes: {folder} (`grant programmes` names mistakes in them)."),
    ),
    Reason(
        "DOCTOR_RULES_MISSING",
        Status.FAIL,
        N_("{folder}, which grant.rules_folder of the settings names, is no folder here."),
        (N_("Make the folder, or correct grant.rules_folder. Until then the bundled programmes are known."),),
        Actor.SUPPORTER,
    ),
    Reason("DOCTOR_TOOL", Status.OK, N_("{tool} is here: {purpose}.")),
    Reason(
        "DOCTOR_TOOL_MISSING",
        Status.SKIP,
        N_("{tool} is not here: {purpose} is left out."),
        (N_("If it is wanted, install it with the system's package manager."),),
        Actor.SUPPORTER,
    ),
    Reason("DOCTOR_BROWSERS", Status.OK, N_("Browsers for the proof: {browsers}.")),
    Reason(
        "DOCTOR_BROWSERS_MISSING",
        Status.SKIP,
        N_("No browser was found: cert verify --browser is left out."),
        (N_("If it is wanted, install Chromium, Chrome, Edge or Firefox."),),
        Actor.SUPPORTER,
    ),
    Reason("DOCTOR_STORE", Status.OK, N_("The certificate store {store} can be used here ({place}).")),
    Reason(
        "DOCTOR_STORE_UNUSABLE", Status.SKIP, N_("The certificate store {store} cannot be used here: {why}")
    ),
    Reason(
        "DOCTOR_STORE_NOT_RUN",
        Status.SKIP,
        N_("The certificate store {store} was not run on {system}: it follows its documentation only."),
        (N_("After an installation on {system}, look with {tool} whether certificate and key are there."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "DOCTOR_NOT_RUN_HERE",
        Status.SKIP,
        N_("This version was never run on {system}; those parts follow its documentation only."),
        (N_("Send the output of `kaigo-gateway doctor --json` from such a machine to us."),),
        Actor.CARE_SOFTWARE_VENDOR,
    ),
)
