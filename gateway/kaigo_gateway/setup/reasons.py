"""Reason codes of the core itself: plugins that failed, checks that could not run, expense records."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Status

_ASK_VENDOR: Final = N_("Give this code and the plugin's name and version to the vendor of the plugin.")
_WITHOUT: Final = N_("To go on without it, run again with --no-plugins={plugin}.")


def _plugin(code: str, message: str) -> Reason:
    return Reason(code, Status.ERROR, message, (_ASK_VENDOR, _WITHOUT), Actor.CARE_SOFTWARE_VENDOR)


CORE_REASONS: Final = ReasonBook("kaigo_gateway").add(
    _plugin(
        "PLUGIN_NOT_LOADED",
        N_("Plugin {plugin} ({distribution} {version}) could not be loaded: {detail}."),
    ),
    _plugin(
        "PLUGIN_WITHOUT_INFO",
        N_("Plugin {plugin} ({distribution} {version}) does not say who it is (gateway_plugin_info)."),
    ),
    _plugin(
        "PLUGIN_API_VERSION",
        N_("Plugin {plugin} ({distribution} {version}) was written for hook API {detail}."),
    ),
    _plugin(
        "PLUGIN_NAME_TAKEN",
        N_("Plugin {plugin} ({distribution} {version}) has a name that is taken: {detail}."),
    ),
    _plugin(
        "PLUGIN_HOOK_UNKNOWN",
        N_("Plugin {plugin} ({distribution} {version}) does not fit the hooks: {detail}."),
    ),
    _plugin(
        "PLUGIN_HOOK_FAILED",
        N_("Plugin {plugin} ({distribution} {version}) failed in {hook}: {detail}."),
    ),
    _plugin(
        "PLUGIN_HOOK_TIMEOUT",
        N_("Plugin {plugin} ({distribution} {version}) did not return from {hook} within {detail}."),
    ),
    _plugin(
        "PLUGIN_HOOK_EXITED",
        N_("Plugin {plugin} ({distribution} {version}) tried to end the program in {hook}: {detail}."),
    ),
    _plugin(
        "PLUGIN_HOOK_WRONG_TYPE",
        N_("Plugin {plugin} ({distribution} {version}) returned the wrong type from {hook}: {detail}."),
    ),
    _plugin(
        "PLUGIN_SETTINGS",
        N_("The settings of plugin {plugin} are not valid: {detail}."),
    ),
    _plugin(
        "CHECK_ID_TAKEN",
        N_("Plugin {plugin} ({distribution} {version}) brings a check that stands already: {detail}."),
    ),
    _plugin(
        "CHECK_CRASHED",
        N_("The check of plugin {plugin} ({version}) failed by itself: {detail}."),
    ),
    _plugin(
        "CHECK_EXITED",
        N_("The check of plugin {plugin} ({version}) tried to end the program: {detail}."),
    ),
    _plugin(
        "CHECK_WRONG_RESULT",
        N_("The check of plugin {plugin} ({version}) gave something that is no result: {detail}."),
    ),
    Reason(
        "CHECK_TIMED_OUT",
        Status.ERROR,
        N_("The check did not end within {seconds} seconds."),
        (
            N_("Run this check once more; if it stops again, look whether a device or server hangs."),
            _ASK_VENDOR,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CHECK_COULD_NOT_RUN",
        Status.ERROR,
        N_("The check could not run: {detail}"),
        (N_("Remove the cause named here, then run the check again."),),
        Actor.SUPPORTER,
    ),
    Reason(
        "NOT_INSTALLED",
        Status.SKIP,
        N_("Not checked, because a part is not installed: {what}."),
        (N_("To get it: {how}"),),
        Actor.SUPPORTER,
    ),
    Reason(
        "NEED_NOT_MET",
        Status.SKIP,
        N_("Not run, because an earlier check did not pass: {needs}."),
    ),
    Reason(
        "QUESTION_OPEN",
        Status.SKIP,
        N_("Not checked here, because a person has to confirm it in a Setup: {question}"),
    ),
    Reason(
        "EXPENSES_RECORDED",
        Status.OK,
        N_("{count} expense records, {total} yen in all, for work that this Setup proved."),
    ),
    Reason(
        "EXPENSES_NONE",
        Status.WARN,
        N_("No expense record: the site file prices nothing that this Setup proved."),
        (
            N_("Enter what was bought and charged as [[expenses]] in the site file."),
            N_("Look above for work that is priced but was not proved."),
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "EXPENSES_UNPROVED",
        Status.WARN,
        N_("{count} expense records, {total} yen in all; priced but not proved by this Setup: {unproved}."),
        (N_("Prove the work (put its checks right and run them again), or claim it on other evidence."),),
        Actor.SUPPORTER,
    ),
)
