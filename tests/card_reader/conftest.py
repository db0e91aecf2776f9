"""The real PC/SC stack for tests marked ``cardstack``: skipped with a reason locally, an error in CI."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from card_rig import Rig
from kaigo_card_reader.sandbox._stack import Stack
from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.i18n import use_language

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    try:
        private = Stack(("Kaigo Alpha Contact", "Kaigo Beta Contactless"))
        private.__enter__()
    except NotInstalled as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(missing.text("en"))
    yield private
    private.__exit__(None, None, None)


@pytest.fixture
def rig(stack: Stack) -> Iterator[Rig]:
    rig = Rig(stack)
    yield rig
    rig.clear()
    assert rig.pins_received() == rig.permitted, "a card received a PIN without a permit"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with use_language("en"):
        yield
