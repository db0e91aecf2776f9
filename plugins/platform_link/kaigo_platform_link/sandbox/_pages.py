"""What the simulated service shows: a page that says on its face that it is simulated."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from kaigo_gateway.probe.counterpart import Received, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_PAGE = """<!doctype html><html lang="ja"><meta charset="utf-8">
<title>模擬 介護WEBサービス（シミュレーション）</title>
<h1>模擬 介護WEBサービス（シミュレーション）</h1>
<p>This is a simulation on this machine. It is not 介護保険資格確認等WEBサービス.</p>
<p>証明書の名義: {name}</p></html>
"""


def common_name(client: Mapping[str, Any] | None) -> str:
    """Common name of the client certificate as ``ssl`` parses it."""
    parts = [pair for group in (client or {}).get("subject", ()) for pair in group]
    return str(dict(parts).get("commonName", ""))


def login_page(received: Received) -> Reply:
    """The page that a browser would see after the certificate was accepted."""
    page = _PAGE.format(name=escape(common_name(received.client)))
    return Reply(200, page.encode(), "text/html; charset=utf-8")
