"""The 47 prefectures in their official order (JIS X 0401)."""

from __future__ import annotations

import unicodedata
from typing import Final

NAMES: Final = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県",
    "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県",
    "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県",
    "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県",
    "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)  # fmt: skip
CODES: Final = {f"{number:02d}": name for number, name in enumerate(NAMES, 1)}
_BY_NAME: Final = {name: code for code, name in CODES.items()} | {
    name[:-1]: code for code, name in CODES.items() if code != "01"
}


def code_of(text: str | None) -> str | None:
    """``"13"`` for 13, ``"1"`` to ``"47"``, 東京都 or 東京; None where it is no prefecture."""
    told = unicodedata.normalize("NFKC", text or "").strip()
    code = told.zfill(2) if told.isdigit() else _BY_NAME.get(told)
    return code if code in CODES else None
