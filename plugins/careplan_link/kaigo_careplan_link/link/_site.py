"""What of a site concerns the CarePlan link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.model.expenses import ExpenseKind, SupportItem

from kaigo_careplan_link.link.settings import CareplanSettings

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.site import Site


def settings_of(context: CheckContext) -> CareplanSettings:
    """The plugin's settings, or their defaults."""
    return context.settings if isinstance(context.settings, CareplanSettings) else CareplanSettings()


def site_settings(site: Site) -> CareplanSettings:
    """The plugin's settings straight from the site, for hooks that get no context."""
    return CareplanSettings.model_validate(site.plugins.get("careplan_link", {}))


def is_careplan_line(line: ExpenseLine) -> bool:
    """Whether a line is CarePlan support (要綱 第3条第2号(5))."""
    return line.kind is ExpenseKind.CAREPLAN_SUPPORT or line.item is SupportItem.CAREPLAN_LINK


def careplan_is_part(site: Site) -> bool:
    """Whether this engagement has a CarePlan part at all: an address, a partner, files or a priced line."""
    link = site.careplan
    return bool(
        link.url or link.partner_number or link.files or any(is_careplan_line(line) for line in site.expenses)
    )
