"""適格請求書発行事業者の登録番号: T and the 13 digits of a 法人番号, the first of which is a check digit."""

from __future__ import annotations

import re


def registration_number_ok(number: str) -> bool:
    """Whether the check digit fits (国税庁告示 法人番号の検査用数字: 9 − Σ(digit × 1 or 2) mod 9)."""
    if not re.fullmatch(r"T[0-9]{13}", number, re.ASCII):
        return False
    check, body = int(number[1]), number[2:]
    total = sum(int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(body)))
    return check == 9 - total % 9
