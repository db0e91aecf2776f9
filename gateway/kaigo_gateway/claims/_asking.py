"""Asking a programme: within a time limit, and a mistake of its makers never looks like one of the user."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kaigo_gateway.errors import CouldNotRun, GatewayError
from kaigo_gateway.i18n import N_
from kaigo_gateway.plugins._isolation import guarded
from kaigo_gateway.plugins._loader import describe

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_TIME_LIMIT: Final = 60.0


async def asked(programme: str, wanted: type[T], function: Callable[..., T], *arguments: Any) -> T:
    """What a programme's function gives. Raises its own :class:`GatewayError`, else :class:`CouldNotRun`."""
    try:
        found = await guarded(partial(function, *arguments), _TIME_LIMIT)
        if isinstance(found, wanted):
            return found
        why = f"{type(found).__name__} instead of {wanted.__name__}"
    except GatewayError:
        raise
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        why = describe(error)
    raise CouldNotRun(
        N_("The programme {programme} could not deal with the claim: {why}."),
        N_("Nothing was entered. Give this message to the makers of the plugin that brings it."),
        programme=programme,
        why=why,
    )
