from __future__ import annotations

import pytest
from cert_desk import Desk
from certs_rig import Rig


@pytest.fixture(scope="session")
def rig(tmp_path_factory):
    return Rig(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def desk(rig, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("KAIGO_GATEWAY_CONFIG", str(tmp_path / "none.toml"))
    return Desk(rig, tmp_path, capsys)
