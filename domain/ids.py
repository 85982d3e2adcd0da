"""Row ids: UUID version 7 (RFC 9562), made by us, ordered by time, never a serial number."""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUIDv7."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)
