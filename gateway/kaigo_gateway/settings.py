"""Settings: one TOML file, the environment over it, secrets by reference.

The file is ``$KAIGO_GATEWAY_CONFIG``, else ``kaigo-gateway.toml`` in the user's configuration folder. Each
value may be overridden by ``KAIGO_GATEWAY_<NAME>`` (``__`` between levels): ``KAIGO_GATEWAY_VAULT__FOLDER``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from kaigo_gateway.errors import InputError, all_of
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.secrets import SecretRef
from kaigo_gateway.model.site import RegistrationNumber
from kaigo_gateway.reading import places_of, read_toml


def data_folder() -> Path:
    """Where this user's ledger and vault lie unless a setting says otherwise."""
    return Path(platformdirs.user_data_dir("kaigo-gateway", appauthor=False))


def config_file() -> Path:
    """The settings file in use (it need not exist)."""
    named = os.environ.get("KAIGO_GATEWAY_CONFIG")
    if named:
        return Path(named)
    return Path(platformdirs.user_config_dir("kaigo-gateway", appauthor=False)) / "kaigo-gateway.toml"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VaultSettings(_Section):
    """Where client certificates and the sealing key are kept, encrypted."""

    folder: Path = Field(default_factory=lambda: data_folder() / "vault")
    passphrase: SecretRef | None = None
    keyring: bool = Field(default=False, description="keep the passphrase in the system's key ring")


class LedgerSettings(_Section):
    """The ledger's database: SQLite by default, PostgreSQL by URL."""

    url: str = Field(default_factory=lambda: sqlite_url(data_folder() / "ledger.db"))


class PluginSettings(_Section):
    """Which plugins are left out, and how long a hook may take (seconds)."""

    without: tuple[str, ...] = ()
    hook_time_limit: float = Field(default=10.0, gt=0, le=600)


class WebSettings(_Section):
    """The local page and REST service."""

    host: str = "127.0.0.1"
    port: int = Field(default=8720, ge=0, le=65535)
    folder: Path = Field(
        default_factory=lambda: data_folder() / "web", description="private to the service: tokens, uploads"
    )
    session_hours: float = Field(default=12.0, gt=0, le=168, description="how long a person stays signed in")
    keep_uploads_days: int = Field(default=7, ge=1, le=365)


class SupporterSettings(_Section):
    """Who does the work, as the form of a new Setup begins."""

    name: str = ""
    registration_number: RegistrationNumber | None = None
    engineer: str = ""


class GrantSettings(_Section):
    """Grant programmes beyond the bundled ones."""

    rules_folder: Path | None = Field(
        default=None, description="folder with further rule files (*.yaml), relative to the settings file"
    )


class DeliverySettings(_Section):
    """The vendor's own server that is told what happened; without ``url`` nothing leaves this machine."""

    url: str | None = Field(default=None, description="https address that takes messages")
    token: SecretRef | None = Field(default=None, description="sent as Authorization: Bearer")
    ca_file: Path | None = Field(
        default=None, description="certificates to trust instead of the system's, PEM, relative to this file"
    )
    every: float = Field(default=30.0, ge=1, le=3600, description="seconds between two deliveries")

    @field_validator("url")
    @classmethod
    def _encrypted(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if parts.scheme not in ({"https", "http"} if here else {"https"}) or not parts.hostname:
            raise ValueError(N_("an address that begins with https:// is needed"))
        if parts.username or parts.password:
            raise ValueError(N_("a password does not belong into an address; use token"))
        return url


class Settings(BaseSettings):
    """All settings of the product; see ``docs/settings.md``."""

    model_config = SettingsConfigDict(
        env_prefix="KAIGO_GATEWAY_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    language: str | None = Field(default=None, pattern="^(ja|en)$")
    vault: VaultSettings = Field(default_factory=VaultSettings)
    ledger: LedgerSettings = Field(default_factory=LedgerSettings)
    plugins: PluginSettings = PluginSettings()
    web: WebSettings = Field(default_factory=WebSettings)
    supporter: SupporterSettings = SupporterSettings()
    grant: GrantSettings = GrantSettings()
    delivery: DeliverySettings = DeliverySettings()
    base: Path = Field(default=Path(), exclude=True, description="folder of the settings file")
    file: Path | None = Field(default=None, exclude=True, description="the settings file (it need not exist)")

    @classmethod
    def settings_customise_sources(  # noqa: D102 - pydantic-settings' hook
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def rules_folder(self) -> Path | None:
        """The folder of ``grant.rules_folder`` as seen from the settings file; None where none is named."""
        folder = self.grant.rules_folder
        return None if folder is None else self.base / folder


def sqlite_url(path: Path) -> str:
    """The database URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


def _not_valid(path: Path, place: str, why: str) -> InputError:
    return InputError(
        N_("The settings ({path} or the environment) are not valid at {place}: {why}."),
        N_("Please correct it; `kaigo-gateway doctor` shows which file is read."),
        path=path,
        place=place,
        why=why,
    )


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings. Raises :class:`InputError` with the place of a mistake."""
    path = file or config_file()
    values: dict[str, Any] = read_toml(path) if file is not None or path.exists() else {}
    try:
        return Settings(**values, base=path.parent, file=path)
    except ValidationError as error:
        raise all_of(places_of(error), lambda mistake: _not_valid(path, *mistake)) from None
    except SettingsError as error:  # a variable that should hold JSON does not
        raise InputError(
            N_("An environment variable KAIGO_GATEWAY_... is not valid: {why}."),
            N_('Lists and tables are written as JSON there, for example ["name"] or {{"$env": "NAME"}}.'),
            why=error,
        ) from None


__all__ = ["Settings", "config_file", "data_folder", "load_settings", "sqlite_url"]
