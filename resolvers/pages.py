"""Pages of a short list that is read whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from resolvers.ids import check_page_size, offset_cursor, parse_offset
from resolvers.values import PageInfo

Item = TypeVar("Item")


@dataclass(slots=True)
class Page(Generic[Item]):
    """The items of a page, out of `total`, beginning with number `start`."""

    items: Sequence[Item]
    start: int
    total: int

    @property
    def cursors(self) -> list[str]:
        """The cursor of each item."""
        return [offset_cursor(self.start + number) for number in range(len(self.items))]

    @property
    def info(self) -> PageInfo:
        """Where the page stands."""
        end = self.start + len(self.items)
        return PageInfo(
            has_next_page=end < self.total,
            has_previous_page=self.start > 0,
            start_cursor=offset_cursor(self.start) if self.items else None,
            end_cursor=offset_cursor(end - 1) if self.items else None,
        )


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
    return Page(items[place], place.start, len(items))
