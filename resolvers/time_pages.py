"""Connections of lists in the order of time."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from models.time_pages import Moment, TimePage
from resolvers.ids import check_page_size, moment_cursor, parse_moment
from resolvers.values import PageInfo
from resolvers.violation_list import OrderDirection

MAX_PAGE = 50

First = Annotated[int, strawberry.argument(description="Page size, 0 to 50.")]
After = Annotated[
    str | None,
    strawberry.argument(description="Cursor of the page before, made in the same direction."),
]
Direction = Annotated[
    OrderDirection, strawberry.argument(description="ASC: the oldest first. DESC: the newest.")
]


def wanted_page(name: str, direction: OrderDirection, first: int, after: str | None) -> TimePage:
    """
    The arguments of a list as the service takes them; `name` tells lists apart.

    :raises BadRequest: if the page size or the cursor make no sense
    """
    return TimePage(
        check_page_size(first, MAX_PAGE),
        direction is OrderDirection.DESC,
        parse_moment(f"{name} {direction.value}", after),
    )


def cursors_of(name: str, direction: OrderDirection, places: Sequence[Moment]) -> list[str]:
    """The cursor of every item of a page."""
    return [moment_cursor(f"{name} {direction.value}", place) for place in places]


def page_info(cursors: Sequence[str], page: TimePage, *, has_more: bool) -> PageInfo:
    """Where a page stands."""
    return PageInfo(
        has_next_page=has_more,
        has_previous_page=page.after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
