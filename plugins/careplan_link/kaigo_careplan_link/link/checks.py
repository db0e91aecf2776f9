"""The checks that this plugin brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Check
from kaigo_gateway.model.results import Stage
from kaigo_gateway.probe.endpoint import longest
from kaigo_gateway.probe.office import CERTIFICATE_READY

from kaigo_careplan_link.link._bundle_check import EVIDENCE as BUNDLE_EVIDENCE
from kaigo_careplan_link.link._bundle_check import check_bundle
from kaigo_careplan_link.link._connection import EVIDENCE as CONNECTION_EVIDENCE
from kaigo_careplan_link.link._connection import check_connection
from kaigo_careplan_link.link._rehearsal import EVIDENCE as REHEARSAL_EVIDENCE
from kaigo_careplan_link.link._rehearsal import check_rehearsal
from kaigo_careplan_link.link._route import EVIDENCE as ROUTE_EVIDENCE
from kaigo_careplan_link.link._route import check_route

if TYPE_CHECKING:
    from kaigo_gateway.model.site import Site


_REQUESTS: Final = 12
"""Of a rehearsal: the files of the largest usual unit there and back, the list, the end."""


def checks_for(site: Site) -> list[Check]:
    """All checks; a missing address is a finding, not a missing check."""
    return [
        Check(
            id="careplan.route",
            stage=Stage.CAREPLAN,
            title=N_("Route and standard of CarePlan files"),
            run=check_route,
            order=10,
            evidence=ROUTE_EVIDENCE,
        ),
        Check(
            id="careplan.connection",
            stage=Stage.CAREPLAN,
            title=N_("Connection to the CarePlan data link"),
            run=check_connection,
            after=(CERTIFICATE_READY,),
            order=20,
            time_limit=longest(site) + 30,
            evidence=CONNECTION_EVIDENCE,
        ),
        Check(
            id="careplan.rehearsal",
            stage=Stage.CAREPLAN,
            title=N_("Rehearsal of one sending"),
            run=check_rehearsal,
            needs=("careplan.connection",),
            order=30,
            time_limit=longest(site, _REQUESTS) + 30,
            evidence=REHEARSAL_EVIDENCE,
        ),
        # In the last stage, so that every connection has its result (also a failed one) when it looks back.
        Check(
            id="careplan.bundle",
            stage=Stage.EXPENSE,
            title=N_("Bundled support (一体的)"),
            run=check_bundle,
            order=5,
            evidence=BUNDLE_EVIDENCE,
        ),
    ]
