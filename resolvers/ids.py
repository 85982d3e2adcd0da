"""Relay ids and cursors: opaque for the client, checked for their type on the way in."""

import base64
import binascii
from binascii import b2a_base64
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import orjson
import strawberry

from domain.failures import BadRequest
from models.time_pages import Moment
from models.violation_queries import OrderField, Position, order_value
from models.violation_rows import ViolationRow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
BY_TIME = OrderField.OCCURRED_AT
BEGIN_BY_TIME = f'["{BY_TIME}",'


def to_id(type_name: str, key: UUID | str) -> strawberry.ID:
    """The opaque id of an object."""
    return strawberry.ID(opaque(f"{type_name}:{key}"))


def parse_id(text: str) -> tuple[str, UUID]:
    """
    The type name and the key inside an id.

    :raises BadRequest: if it is not an id of ours
    """
    try:
        type_name, _, key = base64.urlsafe_b64decode(text.encode()).decode().partition(":")
        return type_name, UUID(key)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("bad_id") from error


def key_of(type_name: str, text: str) -> UUID:
    """
    The key inside an id that must be of this type.

    :raises BadRequest: if it is an id of another type, or no id
    """
    found, key = parse_id(text)
    if found != type_name:
        raise BadRequest("bad_id")
    return key


def to_cursor(order: OrderField, row: ViolationRow) -> str:
    """An opaque place in a list of violations; it is only good for the order it was made in."""
    # There is one for each violation of a page: an instant is written as a number, at a fifth of
    # what its text takes, and what `opaque` does stands here.
    if order is BY_TIME:
        place = (row.occurred_at - EPOCH) // MICROSECOND
        text = f'{BEGIN_BY_TIME}{place},"{row.key}"]'
        return b2a_base64(text.encode(), newline=False).decode()
    return opaque(f'["{order}",{order_value(row, order)},"{row.key}"]')


def parse_cursor(order: OrderField, text: str) -> Position:
    """
    The place a cursor stands for.

    :raises BadRequest: if it is damaged, or was made in another order
    """
    try:
        made_in, place, key = orjson.loads(base64.urlsafe_b64decode(text.encode()))
        if made_in != order.value:
            raise ValueError("another order")
        if type(place) is not int or abs(place) >= 2**63:
            raise ValueError("no place")
        by_time = order is OrderField.OCCURRED_AT
        return Position(EPOCH + place * MICROSECOND if by_time else place, UUID(key))
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise BadRequest("bad_cursor") from error


def moment_cursor(order: str, place: Moment) -> str:
    """An opaque place in a list in the order of time; `order` names the list and its direction."""
    return _encode([order, place.at.isoformat(), str(place.id)])


def parse_moment(order: str, text: str | None) -> Moment | None:
    """
    The place a cursor stands for; None without one.

    :raises BadRequest: if it is damaged, or was made in another order
    """
    if text is None:
        return None
    try:
        made_in, at, key = orjson.loads(base64.urlsafe_b64decode(text.encode()))
        place = Moment(datetime.fromisoformat(at), UUID(key))
        if made_in != order or place.at.tzinfo is None:
            raise ValueError("another order")
        return place
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise BadRequest("bad_cursor") from error


@lru_cache(maxsize=500)
def offset_cursor(offset: int) -> str:
    """An opaque place in a short list that is read whole."""
    return _encode(["offset", offset])


def parse_offset(text: str | None) -> int:
    """
    Where the page after a cursor begins; 0 without one.

    :raises BadRequest: if the cursor is damaged
    """
    if text is None:
        return 0
    try:
        kind, offset = orjson.loads(base64.urlsafe_b64decode(text.encode()))
        if kind != "offset" or type(offset) is not int or not 0 <= offset < 2**31:
            raise ValueError("not an offset")
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadRequest("bad_cursor") from error
    return offset + 1


def check_page_size(first: int, limit: int) -> int:
    """
    A page size inside its bounds.

    :raises BadRequest: otherwise
    """
    if not 0 <= first <= limit:
        raise BadRequest("page_size", limit=str(limit))
    return first


def _encode(parts: list[object]) -> str:
    return opaque(orjson.dumps(parts).decode())


def opaque(text: str) -> str:
    """Base64, for URLs as well: there is no character in our texts that could make a + or a /."""
    return b2a_base64(text.encode(), newline=False).decode()
