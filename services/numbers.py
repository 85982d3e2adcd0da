"""Numbers of ours that people read to each other: of payments, refunds, discrepancies."""

import secrets
from datetime import datetime

from domain.times import CHINA

# Without letters that are taken for digits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 14


def new_number(now: datetime, prefix: str = "") -> str:
    """A new number: a prefix, its legal day and 14 random characters; 22 without the prefix."""
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{prefix}{now.astimezone(CHINA):%Y%m%d}{random}"
