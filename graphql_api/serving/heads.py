"""What is acceptable as the head of a request, beyond what the parser refuses by itself."""

from collections.abc import Sequence
from http import HTTPStatus
from itertools import chain

from httptools import HttpRequestParser

from graphql_api.serving.limits import Limits

# Colon, space and the end of the line.
PER_HEADER = 4


class Unacceptable(Exception):
    """No request of a well-made client: the status it gets, and why."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def head_size(target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> int:
    """Bytes of a whole head, near enough."""
    return len(target) + PER_HEADER * len(headers) + sum(map(len, chain.from_iterable(headers)))


def check_head(target: bytes, headers: int, size: int, limits: Limits) -> None:
    """
    Check a head, or as much of one as has arrived.

    :raises Unacceptable: if it is too large
    """
    if len(target) > limits.target_bytes:
        raise Unacceptable(
            HTTPStatus.REQUEST_URI_TOO_LONG,
            f"The request target may have {limits.target_bytes} bytes at most.",
        )
    if headers > limits.headers or size > limits.head_bytes:
        raise Unacceptable(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"A request may have {limits.headers} headers and {limits.head_bytes} bytes of them"
            " at most.",
        )


def head_without_upgrade(
    parser: HttpRequestParser, target: bytes, headers: Sequence[tuple[bytes, bytes]]
) -> bytes:
    """The head that a parser has just read, as bytes again, but for the offer to upgrade."""
    version = parser.get_http_version().encode()
    return b"\r\n".join(
        [
            b"%s %s HTTP/%s" % (parser.get_method(), target, version),
            *(name + b": " + value for name, value in headers if name != b"upgrade"),
            b"",
            b"",
        ]
    )
