"""Reading a GraphQL request from HTTP, by POST or GET."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.types import Receive

from domain.failures import BadRequest, Failure, TryLater
from graphql_api.json_text import parse_json
from graphql_api.negotiation import RawHeaders
from graphql_api.query_strings import parameters

MAX_BODY = 64 * 1024
MAX_DIGITS = len(str(MAX_BODY))
MAX_QUERY_STRING = 16 * 1024
# What nearly all clients send.
USUAL_TYPES = frozenset({b"application/json", b"application/json; charset=utf-8"})
CONTENT_TYPE = re.compile(rb'application/json\s*(?:;\s*charset\s*=\s*("?)utf-?8\1\s*)?;?', re.I)
CLOSE = {"connection": "close"}


class Rejected(Exception):
    """The request is no GraphQL request: its status, and what the client can do about it."""

    def __init__(
        self, status: int, failure: Failure, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(failure.text_key)
        self.status = status
        self.failure = failure
        self.headers = headers or {}


class Disconnected(Exception):
    """The client went away before its request was complete: there is nobody to answer."""


class GraphQLRequest(NamedTuple):
    """What a client wants done; `extensions` are understood and not used."""

    query: str
    operation_name: str | None
    variables: dict[str, Any] | None


def check_body_headers(headers: RawHeaders) -> None:
    """
    Refuse a body that we would not read, before it is read.

    :raises Rejected: with 413 or 415
    """
    for encoding in headers.get(b"content-encoding", ()):
        if encoding.lower() != b"identity":
            accepted = {"accept-encoding": "identity"}
            raise Rejected(415, BadRequest("content_encoding"), accepted)
    content_type = b",".join(headers.get(b"content-type", ()))
    if content_type not in USUAL_TYPES and not CONTENT_TYPE.fullmatch(content_type.strip()):
        raise Rejected(415, BadRequest("content_type"), {"accept-post": "application/json"})
    for length in headers.get(b"content-length", ()):
        # A number of many digits is large enough without being computed.
        if length.isdigit() and (len(length) > MAX_DIGITS or int(length) > MAX_BODY):
            raise _too_large()


async def read_body(receive: Receive, *, seconds: float) -> bytes:
    """
    Read the whole body, or no more of it than we take.

    :raises Rejected: with 408 or 413
    :raises Disconnected: if the client leaves
    """
    try:
        async with asyncio.timeout(seconds):
            return await _whole_body(receive)
    except TimeoutError:
        raise Rejected(408, TryLater("body_late"), CLOSE) from None


def read_post(body: bytes) -> GraphQLRequest:
    """
    Take the request out of a body.

    :raises Rejected: with 400 or 413
    """
    if len(body) > MAX_BODY:
        raise _too_large()
    try:
        return _request_of(parse_json(body, "body"))
    except BadRequest as failure:
        raise Rejected(400, failure) from None


def read_get(query_string: bytes) -> GraphQLRequest:
    """
    Take the request out of the address.

    :raises Rejected: with 400 or 414
    """
    if len(query_string) > MAX_QUERY_STRING:
        raise Rejected(414, BadRequest("query_string_size", limit=str(MAX_QUERY_STRING)))
    try:
        return _request_of(_decoded(parameters(query_string)))
    except BadRequest as failure:
        raise Rejected(400, failure) from None


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _too_large() -> Rejected:
    return Rejected(413, BadRequest("body_size", limit=str(MAX_BODY)), CLOSE)


def _decoded(given: dict[str, str]) -> dict[str, Any]:
    """The parameters as a body would have them: an empty operation name is none (spec, GET)."""
    decoded: dict[str, Any] = dict(given)
    for name in ("variables", "extensions"):
        if name in given:
            decoded[name] = parse_json(given[name].encode(), name)
    decoded["operationName"] = given.get("operationName") or None
    return decoded


def _request_of(request: Any) -> GraphQLRequest:
    if isinstance(request, list):
        raise BadRequest("batch")
    if not isinstance(request, dict):
        raise BadRequest("not_an_object")
    query, operation_name = request.get("query"), request.get("operationName")
    if not isinstance(query, str):
        raise BadRequest("must_be_text", part="query")
    if not isinstance(operation_name, str | None):
        raise BadRequest("must_be_text", part="operationName")
    for name in ("variables", "extensions"):
        if not isinstance(request.get(name), dict | None):
            raise BadRequest("must_be_object", part=name)
    return GraphQLRequest(query, operation_name, request.get("variables"))
