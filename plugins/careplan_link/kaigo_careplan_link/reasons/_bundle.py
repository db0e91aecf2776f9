"""Reason codes of 一体的: bundled, or why not."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.reasons import Reason
from kaigo_gateway.model.results import Actor, Status

_TOGETHER: Final = N_(
    "CarePlan support counts for the grant only together with the platform's connection support."
)

REASONS: Final = (
    Reason(
        "CAREPLAN_BUNDLED",
        Status.OK,
        N_("Bundled (一体的): platform and CarePlan support were both proved in this Setup by {supporter}."),
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_PLATFORM",
        Status.FAIL,
        N_("Not bundled (一体的でない): the connection to 介護WEBサービス was not proved in this Setup."),
        (
            N_("Put the check of the platform's connection right and run it again in this Setup."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_LINK",
        Status.FAIL,
        N_("Not bundled (一体的でない): the connection to the data link was not proved in this Setup."),
        (
            N_("Put the check of the data link's connection right and run it again in this Setup."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_REHEARSAL",
        Status.FAIL,
        N_("Not bundled (一体的でない): no sending was rehearsed in this Setup."),
        (
            N_("Put the rehearsal right and run it again in this Setup."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_CERTIFICATE",
        Status.FAIL,
        N_("Not bundled (一体的でない): the two connections did not show the same client certificate."),
        (
            N_("Use the office's one certificate for both and run both checks again."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_OFFICE",
        Status.FAIL,
        N_("Not bundled (一体的でない): the rehearsed sending was not sent by this office."),
        (
            N_("Rehearse with files whose sender is this office."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_SUPPORTER",
        Status.FAIL,
        N_("Not bundled (一体的でない): the CarePlan and platform support have different supporters."),
        (
            N_("Check the supporter's registration number at the lines of [[expenses]]."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_ORDER",
        Status.FAIL,
        N_("Not bundled (一体的でない): the data link came before the platform, against the settings."),
        (
            N_("Run the data link's checks again, or change bundle_order in [plugins.careplan_link]."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_BUNDLED_WINDOW",
        Status.FAIL,
        N_("Not bundled (一体的でない): the two connections are more than {days} days apart (setting)."),
        (
            N_("Run both checks again, or change bundle_window_days in [plugins.careplan_link]."),
            _TOGETHER,
        ),
        Actor.SUPPORTER,
    ),
    Reason(
        "CAREPLAN_NOT_PART",
        Status.SKIP,
        N_("CarePlan data link is not part of this engagement: the site file names nothing of it."),
        (N_("To include it, enter [careplan] and its support line in the site file."),),
        Actor.SUPPORTER,
    ),
)
