from collections.abc import Sequence

from graphql_api.tokens.errors import InvalidToken, Reason


def bearer_token(headers: Sequence[bytes], *, max_bytes: int) -> str | None:
    """
    Take the token out of the raw Authorization headers; None if there is no such header.

    Whoever sends credentials means to be somebody: a header we cannot read is never anonymous.

    :raises InvalidToken: unless there is exactly one header that says `Bearer`, space, token
    """
    if not headers:
        return None
    if len(headers) > 1:
        raise InvalidToken(Reason.MALFORMED)
    scheme, _, token = headers[0].partition(b" ")
    if scheme.lower() != b"bearer" or not 0 < len(token) <= max_bytes or not token.isascii():
        raise InvalidToken(Reason.MALFORMED)
    return token.decode("ascii")
