"""Evidence pictures: real JPEG files, each different, without an imaging library."""

from base64 import b64decode, b64encode
from zlib import crc32

# A baseline JPEG of 64 by 48 grey pixels: sky, road and a mark on it.
_JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
    "CAgICAgICAgICAgICAgICAgICAgICAj/wAALCAAwAEABAREA/8QAFgAAAwAAAAAAAAAAAAAAAAAAAAYH/8QAFBAB"
    "AAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAAPwB8AAAAAAABDAAABDAC8IOAAAvCDgAALwg4D//Z"
)
_START = _JPEG[:2]


def pictures(serial: str) -> list[str]:
    """None to three pictures in base64; how many depends on the record alone."""
    return [picture(serial, place) for place in range(crc32(serial.encode()) % 4)]


def picture(serial: str, place: int) -> str:
    """The picture with a comment segment that names the record, so that no two are equal."""
    comment = f"{serial}-{place + 1}".encode()
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    return b64encode(_START + segment + _JPEG[2:]).decode()
