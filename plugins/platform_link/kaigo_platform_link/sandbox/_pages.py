"""What the simulated service shows: every page says on its face that it is simulated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Final

from kaigo_gateway.probe.counterpart import Handler, Received, Reply

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


def business_error(_received: Received) -> Reply:
    """An error of the service as the API specification 1.0 describes it: HTTP 200 with an error body.

    The body's form is not known to us; this one is invented and says so.
    """
    body = json.dumps({"simulated": True, "error": {"code": "SIMULATED", "message": "simulated"}})
    return Reply(200, body.encode(), "application/json")


def other_clock(received: Received) -> Reply:
    """The login page of a server that lives ten minutes ahead."""
    return replace(login_page(received), ahead=timedelta(minutes=10))


PAGES: Final[Mapping[str, Handler]] = {"business_error": business_error, "clock_skew": other_clock}
"""Faults of the answer itself, on top of those of the connection."""
