"""The file format of a recording, validated when it is read: it comes from somebody else's machine."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kaigo_card_reader.card._reading import CERTIFICATE_LIMIT

SCHEMA: Final = "kaigo-gateway/reader-recording/1"

Hex = Annotated[str, StringConstraints(pattern=r"^([0-9A-F]{2})*$", max_length=80)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Failure(_Part):
    """A trouble that the driver raised."""

    reason: str = Field(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")
    where: str = Field(default="", max_length=80)
    code: int | None = None


class Certificate(_Part):
    """What is kept of the certificate: its length in bytes and the month in which it ends."""

    length: int = Field(ge=0, le=CERTIFICATE_LIMIT)
    until: str | None = Field(default=None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")


class Answer(_Part):
    """What is kept of the card's answer to one command."""

    word: str = Field(pattern=r"^[0-9A-F]{4}$")
    length: int = Field(default=0, ge=0, le=65536)
    text: str | None = Field(default=None, pattern=r"^[\x00-\x7f]*$", max_length=64)
    offset: int = Field(default=0, ge=0, le=32767)
    certificate: Certificate | None = None


class _Event(_Part):
    reader: str = ""
    ms: float = Field(default=0.0, ge=0)
    error: Failure | None = None


class Readers(_Event):
    """A look at the list of readers."""

    call: Literal["readers"]
    answer: tuple[str, ...] = ()


class States(_Event):
    """A look at one reader's state."""

    call: Literal["state"]
    answer: tuple[str, ...] = ()


class Opened(_Event):
    """A session that was opened; the answer is the answer to reset where it is one of a known kind."""

    call: Literal["open"]
    answer: Hex | None = None


class Told(_Event):
    """What a reader told about itself."""

    call: Literal["info"]
    answer: dict[Literal["vendor", "model", "firmware"], str | None] = {}


class Begun(_Event):
    """A transaction that began, or failed to."""

    call: Literal["begin"]
    answer: None = None


class Sent(_Event):
    """One command, masked, and its answer."""

    call: Literal["transmit"]
    command: str = Field(max_length=600)
    answer: Answer | None = None


Event = Annotated[Readers | States | Opened | Told | Begun | Sent, Field(discriminator="call")]


class Recording(_Part):
    """A whole recording."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_name: Literal["kaigo-gateway/reader-recording/1"] = Field(alias="schema")
    driver: str = ""
    events: tuple[Event, ...] = ()

    def document(self) -> dict[str, Any]:
        """As JSON types; empty parts are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
