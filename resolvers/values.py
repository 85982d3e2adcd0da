"""Small types that every noun uses."""

from datetime import datetime
from typing import NewType, cast

import strawberry

from domain import freshness, money, records
from domain.failures import BadRequest
from graphql_api.execution import computed, projected
from resolvers.described import describe_enum

Fen = NewType("Fen", int)

MOST_FEN = 2**53


def _fen(value: object) -> int:
    """:raises BadRequest: for anything but a whole number of fen"""
    # A bool is an int to Python.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_FEN:
        raise BadRequest("fen")
    return value


FEN = strawberry.scalar(
    name="Fen",
    description="An amount in integer fen (分), the hundredth of a yuan. Safe up to 2^53.",
    serialize=int,
    parse_value=_fen,
)


@strawberry.type(description="An amount of renminbi. Never computed with floating point.")
class Money:
    """Its objects are whole numbers of fen: there is nothing else to know of an amount."""

    fen: Fen = projected(
        "",
        description="The amount in fen: 20000 for 200 yuan. Below zero only where a field says so.",
    )

    @computed(description='The amount in yuan with two decimals: "200.00".')
    def yuan(self: int) -> str:
        return money.Money(self).yuan

    @classmethod
    def of(cls, amount: money.Money | None) -> "Money | None":
        """None stays None: an amount that the agency sets."""
        return None if amount is None else cls.sure(amount)

    @classmethod
    def sure(cls, amount: money.Money) -> "Money":
        """An amount that is known."""
        return cast("Money", amount.fen)


describe_enum(
    freshness.FreshnessState,
    name="FreshnessState",
    description="How much an answer of the police register is worth now.",
    texts={
        freshness.FreshnessState.FRESH: "The register gave it within the last 10 minutes.",
        freshness.FreshnessState.STALE: "Last known, up to 7 days old: the register is slow, over"
        " its quota, closed for the night or down. Show it with its age.",
        freshness.FreshnessState.UNAVAILABLE: "Nothing usable is known. It does not mean that"
        " there is nothing.",
    },
)


@strawberry.type(description="How old an answer of the police register is.")
class Freshness:
    """Its objects are those of the domain, which have the same attributes."""

    state: freshness.FreshnessState = strawberry.field(
        description="Whether it may be taken as current."
    )
    fetched_at: datetime | None = strawberry.field(
        description="When the register gave the answer; null if it never did."
    )

    @classmethod
    def of(cls, value: freshness.Freshness) -> "Freshness":
        """A verdict of the mirror."""
        return cast("Freshness", value)


@strawberry.type(description="A police unit. Either part may be unknown for other provinces.")
class Agency:
    """Its objects are those of the domain, which have the same attributes."""

    code: str | None = strawberry.field(description="The unit's 12-digit code.")
    name: str | None = strawberry.field(description="The unit's name in Chinese.")

    @classmethod
    def of(cls, agency: records.Agency) -> "Agency | None":
        """None when the register names no unit at all."""
        is_unknown = agency.code is None and agency.name is None
        return None if is_unknown else cast("Agency", agency)


@strawberry.type(description="Where a page of a list stands (Relay).")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is a page before it.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last edge: give it as `after` for the next page."
    )
