"""The number of a resident identity card (公民身份号码, GB 11643-1999)."""

import re
import unicodedata
from datetime import date

_FORM = re.compile(r"[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[0-9X]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def parse_identity_number(text: str) -> str | None:
    """
    The number as it is written on the card, or None if no card can carry it.

    Full-width digits, blanks and a small x are taken as people type them.
    """
    number = "".join(unicodedata.normalize("NFKC", text).upper().split())
    form = _FORM.fullmatch(number)
    if form is None or not _is_a_day(*map(int, form.groups())):
        return None
    total = sum(int(digit) * weight for digit, weight in zip(number[:-1], _WEIGHTS, strict=True))
    return number if number[-1] == _CHECKS[total % 11] else None


def _is_a_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return year >= 1900
