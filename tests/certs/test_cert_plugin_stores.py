"""Stores that plugins bring, in the certificate commands."""

from __future__ import annotations

import sys

import pytest
from certs_rig import OFFICE
from kaigo_gateway.hookspecs import ENTRY_POINT_GROUP


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A distribution on the path, as pip installs one, that brings the store ``acme-memory``."""
    about = tmp_path / "site" / "acme_certificates-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-certificates\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\nacme = acme_certificates\n")
    (about.parent / "acme_certificates.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(about.parent))
    yield
    sys.modules.pop("acme_certificates", None)


PLUGIN = """
from certs_memory_store import MemoryStore
from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.model.descriptors import CertificateStore, PluginInfo

memory = MemoryStore()

@hookimpl
def gateway_plugin_info():
    return PluginInfo(name="acme", title="Acme", api_version=1)

@hookimpl
def gateway_certificate_stores(settings):
    return [CertificateStore("acme-memory", "Acme", open=lambda: memory)]
"""


@pytest.mark.usefixtures("plugin")
def test_a_plugins_store_is_installed_into_verified_and_emptied_by_its_name(desk):
    store = ["--store", "acme-memory"]
    assert "STORE_INSTALLED" in desk.install(desk.p12(), *store)[1]
    assert desk.codes("verify", "--office", OFFICE, *store, *desk.vault) == (0, ["STORE_HOLDS"])
    assert desk.codes("remove", "--office", OFFICE, *store, *desk.vault) == (0, ["STORE_REMOVED"])
    assert desk.codes("verify", "--office", OFFICE, *store, *desk.vault) == (1, ["STORE_LACKS"])


@pytest.mark.usefixtures("plugin")
def test_a_plugin_that_is_left_out_brings_no_store(desk, monkeypatch):
    monkeypatch.setenv("KAIGO_GATEWAY_PLUGINS__WITHOUT", '["acme"]')
    assert desk.install(desk.p12(), "--store", "acme-memory")[1][-1] == "STORE_UNKNOWN"
