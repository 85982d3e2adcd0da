"""Violation codes."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated

import strawberry
from strawberry import argument

from domain import codes
from domain.failures import BadRequest
from domain.times import legal_day
from graphql_api.execution import computed
from resolvers.context import Info
from resolvers.pages import page_of
from resolvers.values import Money, PageInfo

MAX_PAGE = 100
MAX_SEARCH = 40


@strawberry.type(
    description="A violation code (违法代码, GA/T 16.31) as the city's table has it on a day."
)
class ViolationCode:
    code: str = strawberry.field(
        description="4 digits, with an optional fifth character of a province."
    )
    look_up: strawberry.Private[Callable[[], codes.ViolationCode | None]]

    @computed(description="The act in plain Chinese; null for a code the table does not know.")
    def description(self) -> str | None:
        row = self.look_up()
        return row.description if row is not None else None

    @computed(
        description="Usual fine in this city; null: the agency sets the amount. Never 0 for that."
    )
    def fine(self) -> Money | None:
        row = self.look_up()
        return Money.of(row.fine) if row is not None else None

    @computed(
        description="Points (order 163 since 2022-04-01); null: unknown. Never derived from the"
        " digits of the code."
    )
    def points(self) -> int | None:
        row = self.look_up()
        return row.points if row is not None else None

    @computed(description="The article, where it is known.")
    def legal_basis(self) -> str | None:
        row = self.look_up()
        return row.basis if row is not None else None

    @classmethod
    def of(cls, row: codes.ViolationCode) -> "ViolationCode":
        """A row of the table."""
        return cls(code=row.code, look_up=lambda: row)

    @classmethod
    def at(cls, table: codes.CodeTable, code: str, instant: datetime) -> "ViolationCode":
        """A code that stands on a record, perhaps in no table, as of its legal day."""
        return cls(code=code, look_up=lambda: row_of(table, code, legal_day(instant)))


# Days of acts come again and again, and the rows of a table never change.
@lru_cache(maxsize=10_000)
def row_of(table: codes.CodeTable, code: str, on: date) -> codes.ViolationCode | None:
    """A code as the table has it on a legal day; None if it has none."""
    return table.find(code, on)


@strawberry.type(description="One code in a page of codes.")
class ViolationCodeEdge:
    cursor: str = strawberry.field(description="The place of this code in the list.")
    node: ViolationCode = strawberry.field(description="The code.")


@strawberry.type(description="A page of violation codes.")
class ViolationCodeConnection:
    total_count: int = strawberry.field(description="How many codes were found in all.")
    edges: list[ViolationCodeEdge] = strawberry.field(description="The page, with cursors.")
    nodes: list[ViolationCode] = strawberry.field(description="The page, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class CodeQueries:
    @strawberry.field(
        description="One violation code as of a day; null if no table knows it. Open to everybody."
    )
    def violation_code(
        self,
        info: Info,
        code: Annotated[str, argument(description="The code as printed, for example 1625.")],
        on: Annotated[
            date | None, argument(description="Legal day in China; today if left out.")
        ] = None,
    ) -> ViolationCode | None:
        row = info.context.services.codes.find(code.strip().upper(), on or _today(info))
        return ViolationCode.of(row) if row is not None else None

    @strawberry.field(
        description="Violation codes by the beginning of their number or by words of their"
        " description, in the order of their numbers. Open to everybody."
    )
    def violation_codes(
        self,
        info: Info,
        search: Annotated[
            str, argument(description="Beginning of a code, or Chinese words; 40 characters.")
        ],
        first: Annotated[int, argument(description="Page size, 0 to 100.")] = 20,
        after: Annotated[str | None, argument(description="Cursor of the page before.")] = None,
    ) -> ViolationCodeConnection:
        if len(search) > MAX_SEARCH:
            raise BadRequest("search_text", limit=str(MAX_SEARCH))
        found = info.context.services.codes.search(search, _today(info))
        page = page_of(found, first, after, MAX_PAGE)
        nodes = [ViolationCode.of(row) for row in page.items]
        return ViolationCodeConnection(
            total_count=len(found),
            edges=[
                ViolationCodeEdge(cursor=c, node=n)
                for c, n in zip(page.cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=page.info,
        )


def _today(info: Info) -> date:
    return legal_day(info.context.now())
