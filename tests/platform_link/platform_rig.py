"""The simulated 介護WEBサービス with one fault, and the checks run against it as the core runs them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from kaigo_certs.judging._dates import today_in_japan
from kaigo_gateway.model.descriptors import CheckContext, SandboxContext, Waiting
from kaigo_gateway.model.site import Site
from kaigo_gateway.probe.counterpart import Throwaway
from kaigo_gateway.probe.counterpart._throwaway import CLIENT
from kaigo_gateway.sandbox import DemoAuthority
from kaigo_platform_link import plugin

OFFICE = "1370000001"


class Dated:
    """How long a certificate is valid, in days of Japan as the vault's identities say it."""

    def __init__(self) -> None:
        self.last_day = today_in_japan() + timedelta(days=900)

    def days_left(self) -> int:
        return (self.last_day - today_in_japan()).days


class Identity(Dated):
    """An office's certificate as its PKCS#12 gives it."""

    def __init__(self, folder, archive, password) -> None:
        made = pkcs12.load_pkcs12(archive, password)
        self._file = folder / "client.pem"
        chain = [each.certificate.public_bytes(Encoding.PEM) for each in made.additional_certs]
        key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._file.write_bytes(key + made.cert.certificate.public_bytes(Encoding.PEM) + b"".join(chain))
        self.sha256 = str(self._file)
        super().__init__()

    def load_into(self, context) -> None:
        context.load_cert_chain(self._file)


def loaded(archive, password, folder):
    """The identity in a PKCS#12."""
    return Identity(folder, archive, password)


def stranger(folder):
    """The certificate of an authority that nobody here knows."""
    pair = Throwaway(folder / "stranger").issue("TEST stranger", usage=CLIENT)

    class Stranger(Dated):
        sha256 = str(pair[0])

        def load_into(self, context):
            context.load_cert_chain(*pair)

    return Stranger()


def site_of(overlay=None, **more) -> Site:
    document = {
        "office": {"number": OFFICE, "name": "架空の事業所", "services": ["11"]},
        "supporter": {"name": "架空の支援事業者", "registration_number": "T1234567890123"},
        "network": {"proxy": "none", "connect_timeout": 0.7},
    }
    for part in (overlay or {}, more):
        for key, value in part.items():
            document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    return Site.model_validate({"schema": 1, **document})


def context_of(site, identity=None, *, answers=None, results=None, simulated=True, settings=None, today=None):
    async def open_identity():
        return identity

    def confirmed(key):
        if key not in (answers or {}):
            raise Waiting(key)
        return answers[key]

    return CheckContext(
        setup_id="test",
        site=site,
        simulated=simulated,
        today=today or datetime.now(UTC).date(),
        settings=settings,
        results=results or {},
        identity=open_identity,
        progress=lambda _: None,
        confirmed=confirmed,
    )


async def run(check_id, context, checks=None):
    """The findings of one check, always as a list."""
    check = next(c for c in checks or plugin.gateway_checks(context.site) if c.id == check_id)
    found = check.run(context)
    found = await found if hasattr(found, "__await__") else found
    return list(found) if isinstance(found, (list, tuple)) else [found]


@asynccontextmanager
async def service(folder, fault="none", **more):
    """Site and identity for the simulated service with one fault."""
    authority = DemoAuthority(folder / "authority")
    (spec,) = plugin.gateway_sandbox_services()
    identity = loaded(authority.client_pkcs12(OFFICE, "TEST office", b"x"), b"x", folder)
    async with spec.start(SandboxContext(folder, authority, OFFICE, {"platform": fault})) as overlay:
        yield site_of(overlay, **more), identity
