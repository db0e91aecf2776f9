"""The demo office: everything about it is invented."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_gateway.sandbox.authority import DemoAuthority

OFFICE_NUMBER: Final = "1370000001"
OFFICE_NAME: Final = "さくら訪問介護（架空の事業所）"
SUPPORTER_NUMBER: Final = "T1234567890123"


def demo_document(folder: Path, authority: DemoAuthority) -> dict[str, Any]:
    """The site document of the demo office, before the counterparts add their endpoints."""
    password = secrets.token_urlsafe(18)
    archive = authority.client_pkcs12(OFFICE_NUMBER, "TEST Sakura Home Care", password.encode())
    _private(folder / "client.p12", archive)
    _private(folder / "client.password", password.encode())
    return {
        "simulated": True,
        "office": {
            "number": OFFICE_NUMBER,
            "name": OFFICE_NAME,
            "services": ["11"],
            "nonprofit": False,
        },
        "supporter": {"name": "架空ケアソフト株式会社", "registration_number": SUPPORTER_NUMBER},
        "certificate": {
            "file": "client.p12",
            "password": {"$file": "client.password"},
            "issuer_file": str(authority.chain_pem),
        },
        "network": {"proxy": "none"},
        "expenses": demo_expenses(),
    }


def demo_expenses() -> list[dict[str, Any]]:
    """What the invented supporter charged: one reader and the five support items."""
    from kaigo_gateway.setup._state import JAPAN

    day = datetime.now(JAPAN).date().isoformat()
    common = {"incurred_on": day, "supporter": SUPPORTER_NUMBER}
    support = [
        ("connection_support", "reader_check", "リーダー1台の接続と読み取りの確認", 8000),
        ("connection_support", "app_setup", "窓口の端末1台へのインストールと利用者設定", 10000),
        ("connection_support", "web_service_setup", "クライアント証明書の搭載と初期設定", 20000),
        ("connection_support", "user_rights", "管理者1名と一般2名の登録", 5000),
        ("careplan_support", "careplan_link", "初期設定と送受信の確認", 12000),
    ]
    reader = {
        "kind": "card_reader",
        "description": "カードリーダー（介護情報基盤専用）",
        "model": "CIR315A",
        "quantity": 1,
        "amount": 6500,
        "condition": "new",
        "compatible": True,
        **common,
    }
    return [
        reader,
        *(
            {"kind": kind, "item": item, "description": description, "amount": amount, **common}
            for kind, item, description, amount in support
        ),
    ]


def _private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(data)
