"""Check digits of 事業所番号 and 保険者番号 (modulus 10, weights 2-1): only ever a warning.

Source: 総合事業における事業所番号の考え方について (厚生労働省 資料13). The standard's own sample numbers fail
it, and no official text for the insurer's number was found.
"""

from __future__ import annotations

from functools import lru_cache

_LETTERS = {letter: 10 + index for index, letter in enumerate("ABCDEFGHJKLMNPRSTUVWXYZ")}


@lru_cache(maxsize=4096)
def office_check_digit_fits(number: str) -> bool:
    """True when the tenth character of a well-formed office number is its check digit."""
    return _check_digit(number[:-1]) == number[-1]


@lru_cache(maxsize=4096)
def insurer_check_digit_fits(number: str) -> bool:
    """True when the sixth digit of an insurer's number is its check digit."""
    return _check_digit(number[:-1]) == number[-1]


def _check_digit(body: str) -> str:
    total = 0
    for index, char in enumerate(reversed(body)):
        product = (_LETTERS[char] if char in _LETTERS else int(char)) * (2 if index % 2 == 0 else 1)
        total += sum(int(digit) for digit in str(product))
    return str(-total % 10)


def with_check_digit(body: str) -> str:
    """``body`` (nine or five characters) followed by its check digit."""
    return body + _check_digit(body)
