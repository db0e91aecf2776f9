"""The rehearsal protocol *of this project*: spoken by the sandbox and by vendors' own test counterparts.

No API of the real exchange is published, so none is imitated: this little protocol only carries one sending
to a counterpart and back. ``docs/connectivity.md`` describes it.

    PUT    /kaigo-gateway-rehearsal/v1/sendings/{serial}/{file name}   the file's bytes, answered 201
    GET    /kaigo-gateway-rehearsal/v1/sendings/{serial}               {"files": [names]}
    GET    /kaigo-gateway-rehearsal/v1/sendings/{serial}/{file name}   the file's bytes
    DELETE /kaigo-gateway-rehearsal/v1/sendings/{serial}               forget it, answered 204
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kaigo_gateway.probe import Request
from kaigo_gateway.probe.endpoint import probe_endpoint

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.probe import ClientIdentity, ProbeResult

    from kaigo_careplan_link.link._sending import Sending

ROOT: Final = "/kaigo-gateway-rehearsal/v1/sendings"
_FILE_LIMIT: Final = 16 * 1024 * 1024
_FILES_LIMIT: Final = 100
_REDIRECT: Final = 300  # a login page elsewhere is no answer of this protocol


class Refused(Exception):
    """The counterpart, or the way to it, refused a step; ``result`` says how."""

    def __init__(self, step: str, result: ProbeResult) -> None:
        super().__init__(step)
        self.step, self.result = step, result


class Exchange:
    """One sending's journey through the counterpart of a site."""

    def __init__(self, context: CheckContext, identity: ClientIdentity, sending: Sending) -> None:
        self._site, self._identity, self._sending = context.site, identity, sending

    async def there_and_back(self) -> dict[str, bytes]:
        """Send all files, list them, fetch them, and have them forgotten; raises :class:`Refused`."""
        try:
            for name, data in self._sending.files.items():
                await self._ask("upload", name, Request("PUT", _HEADERS, data))
            listed = _names((await self._ask("list", None, Request())).body)
            return {name: await self._fetch(name) for name in listed[:_FILES_LIMIT]}
        finally:
            with suppress(Refused):  # the first refusal is the one to tell
                await self._ask("delete", None, Request("DELETE"))

    async def _fetch(self, name: str) -> bytes:
        answer = await self._ask("download", name, Request(body_limit=_FILE_LIMIT))
        return bytes(answer.body)

    async def _ask(self, step: str, name: str | None, request: Request) -> Any:
        path = f"{ROOT}/{self._sending.serial}" + (f"/{quote(name)}" if name else "")
        result = await probe_endpoint(
            self._site, self._site.careplan, name="ケアプランデータ連携", identity=self._identity,
            path=path, request=request,
        )  # fmt: skip
        if not result.ok or result.http is None or result.http.status >= _REDIRECT:
            raise Refused(step, result)
        return result.http


_HEADERS: Final = {"Content-Type": "text/csv; charset=windows-31j"}


def _names(body: bytes) -> list[str]:
    """The listed file names; anything else that comes back counts as an empty list."""
    try:
        names = json.loads(body)["files"]
        return [str(name) for name in names]
    except (ValueError, KeyError, TypeError):
        return []
