"""The vendor's local HTTP service, as far as the example driver uses it: real HTTP, a virtual card behind."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from kaigo_card_reader.sandbox._virtual_card import VirtualCard

NAME = "Acme Face 7 #1"


@dataclass
class FaceService:
    """Start with ``with``; ``port`` is then its port. ``status`` is answered to every command where given."""

    card: VirtualCard | None = None
    status: int | None = None
    hang: threading.Event | None = None
    begun: int = 0
    commands: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                self._answer(200, [service.row()])

            def do_DELETE(self) -> None:
                self._answer(200, {})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
                self._answer(*service.post(self.path, body))

            def _answer(self, status: int, document: object) -> None:
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.hang:
            self.hang.set()
        self._server.shutdown()
        self._server.server_close()

    def row(self) -> dict[str, object]:
        return {
            "name": NAME, "card": self.card is not None, "busy": False,
            "model": "Face 7", "serial": "F7-000001", "firmware": "3.1",
        }  # fmt: skip

    def post(self, path: str, body: dict[str, str] | None) -> tuple[int, object]:
        if path == "/sessions":
            assert self.card is not None
            return 200, {"id": "1", "atr": self.card.atr.hex()}
        if path.endswith(("/begin", "/end")):
            self.begun += path.endswith("/begin")
            return 200, {}
        if self.hang:
            self.hang.wait(30)
        if self.status:
            return self.status, {}
        assert self.card is not None
        assert body is not None
        self.commands.append(bytes.fromhex(body["apdu"]))
        return 200, {"answer": self.card.process(self.commands[-1]).hex()}
