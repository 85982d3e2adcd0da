"""Pages of a short list that is read whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from resolvers.ids import check_page_size, offset_cursor, parse_offset
from resolvers.values import PageInfo

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """The items of a page, the cursor of each, and where the page stands."""

    items: Sequence[Item]
    cursors: Sequence[str]
    info: PageInfo


def page_slice(first: int, after: str | None, limit: int) -> slice:
    """
    Where the page after a cursor is.

    :raises BadRequest: if the page size or the cursor make no sense
    """
    size, start = check_page_size(first, limit), parse_offset(after)
    return slice(start, start + size)


def page_of(items: Sequence[Item], first: int, after: str | None, limit: int) -> Page[Item]:
    """
    The page after a cursor.

    :raises BadRequest: if the page size or the cursor make no sense
    """
    place = page_slice(first, after, limit)
    shown, start = items[place], place.start
    cursors = [offset_cursor(start + number) for number in range(len(shown))]
    return Page(
        shown,
        cursors,
        PageInfo(
            has_next_page=place.stop < len(items),
            has_previous_page=start > 0,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )
