"""Settings of the plugin: ``[plugins.platform_link]`` in a site file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.model._base import Model
from pydantic import Field

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext


class PlatformSettings(Model):
    """What the official texts leave open stays a setting here, with a notice in the result."""

    skew_warn_seconds: int = Field(
        default=120, ge=5, description="clock difference that is reported, seconds"
    )
    days_left_warn: int = Field(
        default=90, ge=0, description="days of validity below which the certificate is reported"
    )
    error_keys: tuple[str, ...] = Field(
        default=("error", "errors", "errorcode", "error_code", "errormessage", "error_message"),
        description="keys that mark an error body in an HTTP 200 answer; the official form is not known",
    )
    accepted_status: tuple[int, ...] = Field(
        default=(),
        description="statuses from 400 up that prove the connection too, such as 401 of an API",
    )
    steps: tuple[str, ...] = Field(
        default=("kj_login", "security_mail", "administrator", "users", "app", "menu_screen"),
        description="steps that a person confirms",
    )
    app_package: str = Field(
        default="",
        description="part of the package name of マイナ資格確認アプリ; not confirmed, so none is built in",
    )
    remember_server: bool = Field(
        default=True, description="keep the server certificate's issuer to notice a change at the next visit"
    )


def settings_of(context: CheckContext) -> PlatformSettings:
    """The plugin's settings, or their defaults."""
    return context.settings if isinstance(context.settings, PlatformSettings) else PlatformSettings()
