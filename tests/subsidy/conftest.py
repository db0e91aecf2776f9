"""Make ``factories`` importable, and speak English unless a test says otherwise."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from kaigo_gateway.i18n import use_language

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _english():
    with use_language("en"):
        yield
