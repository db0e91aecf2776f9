"""Run a whole Setup inside a program of your own that has its asyncio loop already.

The gateway configures nothing of its host: no logging, no signal handlers, no event loop policy. Here it runs
against the built-in sandbox; at a real site, ``read_site(Path("site.toml"))`` takes the place of
``sandbox.site``.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from pathlib import Path

from kaigo_gateway import Gateway
from kaigo_gateway.sandbox import Sandbox
from kaigo_gateway.settings import LedgerSettings, Settings, VaultSettings, sqlite_url
from pydantic import SecretStr


async def heartbeat(beats: list[int]) -> None:
    """The host's own work; it must go on while a Setup runs."""
    while True:
        beats.append(len(beats))
        await asyncio.sleep(0.05)


async def main() -> None:
    beats: list[int] = []
    host_task = asyncio.create_task(heartbeat(beats))
    passphrase = SecretStr(secrets.token_urlsafe(24))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            vault=VaultSettings(folder=Path(folder) / "vault"),
            ledger=LedgerSettings(url=sqlite_url(Path(folder) / "ledger.db")),
        )
        async with (
            Gateway(settings, passphrase=lambda: passphrase) as gateway,
            Sandbox(gateway.host) as sandbox,
        ):
            setup_id = await gateway.create(sandbox.site)
            while await gateway.advance(setup_id) == "waiting":  # questions that only a person can answer
                for key in (await gateway.state(setup_id)).questions:
                    await gateway.confirm(
                        setup_id, key, {"answer": "yes", "by": "example", "simulated": True}
                    )
            report = await gateway.report(setup_id, language="en")
            print(f"{setup_id}: {report.overall}, sealed: {report.setup.sealed if report.setup else False}")
            for result in report.results:
                print(f"{result.status:5} {result.check_id}: {result.message}")
            print(f"ledger intact: {(await gateway.verify()).intact}")
    host_task.cancel()
    print(f"the host went on: {len(beats) > 1}")


if __name__ == "__main__":
    asyncio.run(main())
