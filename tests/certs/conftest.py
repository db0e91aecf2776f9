from __future__ import annotations

import pytest
from certs_rig import Rig


@pytest.fixture(scope="session")
def rig(tmp_path_factory):
    return Rig(tmp_path_factory.mktemp("pki"))
