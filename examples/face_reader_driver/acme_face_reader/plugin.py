"""The hooks: who we are, and which drivers we bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway import PluginInfo

    from acme_face_reader.driver import AcmeFaceReader
    from acme_face_reader.settings import AcmeSettings


@hookimpl
def gateway_plugin_info() -> PluginInfo:
    """Name, title, API version, and the model of ``[plugins.acme_face_reader]``."""
    from kaigo_gateway import PluginInfo

    from acme_face_reader.settings import AcmeSettings

    return PluginInfo("acme_face_reader", "Acme face reader", api_version=1, settings_model=AcmeSettings)


@hookimpl
def gateway_card_reader_drivers(settings: AcmeSettings) -> Sequence[AcmeFaceReader]:
    """One driver for the vendor's service on this machine."""
    from acme_face_reader.driver import AcmeFaceReader

    return [AcmeFaceReader(settings.port, settings.limit)]
