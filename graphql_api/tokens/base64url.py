import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """
    Undo `encode`, and accept nothing that `encode` would not have written.

    Python's own decoder skips foreign characters and ignores left-over bits, so that one token
    would have many spellings.

    :raises ValueError: if `text` is empty, padded, or not the one spelling of its bytes
    """
    if not _ALPHABET.fullmatch(text):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data
