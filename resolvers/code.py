"""Violation codes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Protocol, cast

import strawberry
from strawberry import argument

from domain import codes
from domain.failures import BadRequest
from domain.times import legal_day
from graphql_api.execution import computed, projected
from resolvers.context import Info
from resolvers.pages import page_of
from resolvers.values import Money, PageInfo

MAX_PAGE = 100
MAX_SEARCH = 40


class Coded(Protocol):
    """What carries a code. `code_row` has nothing but None where no table knows the code."""

    @property
    def code_number(self) -> str: ...
    @property
    def code_row(self) -> "codes.ViolationCode | Unknown": ...


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for the row of a code that is in no table."""

    description: None = None
    fine: None = None
    points: None = None
    basis: None = None


UNKNOWN = Unknown()


@strawberry.type(
    description="A violation code (违法代码, GA/T 16.31) as the city's table has it on a day."
)
class ViolationCode:
    """Its objects are whatever carries a code: a violation, or a row of the table."""

    code: str = projected(
        "code_number", description="4 digits, with an optional fifth character of a province."
    )
    description: str | None = projected(
        "code_row.description",
        description="The act in plain Chinese; null for a code the table does not know.",
    )

    @computed(
        description="Usual fine in this city; null: the agency sets the amount. Never 0 for that."
    )
    def fine(self: Coded) -> Money | None:
        return Money.of(self.code_row.fine)

    points: int | None = projected(
        "code_row.points",
        description="Points (order 163 since 2022-04-01); null: unknown. Never derived from the"
        " digits of the code.",
    )
    legal_basis: str | None = projected(
        "code_row.basis", description="The article, where it is known."
    )

    @classmethod
    def of(cls, row: codes.ViolationCode) -> "ViolationCode":
        """A row of the table."""
        return cast("ViolationCode", OfTable(row))


@dataclass(frozen=True, slots=True)
class OfTable:
    """A row of the table as something that carries a code."""

    code_row: codes.ViolationCode

    @property
    def code_number(self) -> str:
        """The code."""
        return self.code_row.code


def row_of(table: codes.CodeTable, code: str, at: datetime) -> codes.ViolationCode | Unknown:
    """A code as the table has it on the legal day of an instant."""
    return table.on_instant(code, at) or UNKNOWN


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
