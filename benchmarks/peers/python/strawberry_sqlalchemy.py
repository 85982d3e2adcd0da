"""
Strawberry with SQLAlchemy, as both documentations show it.

ORM entities on asyncpg, Strawberry's data loaders, its caches of parsed and of validated documents.
"""

import base64
from dataclasses import dataclass
from datetime import date, datetime

import strawberry
from jose import JWTError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.peers.python import tables
from benchmarks.peers.python.loaders import Loaders, PageKey, load_user, new_loaders
from benchmarks.peers.python.surroundings import user_of
from benchmarks.peers.python.tables import LicenceStatus, VehicleType, ViolationStatus

for listed in (LicenceStatus, VehicleType, ViolationStatus):
    strawberry.enum(listed)


@dataclass(frozen=True, slots=True)
class Context:
    """Who is asking, and the loaders of this request."""

    user_id: int
    loaders: Loaders


Info = strawberry.Info[Context, None]


@strawberry.type
class Decision:
    number: str
    amount_fen: int
    late_fee_fen: int
    pay_by: date

    @classmethod
    def of(cls, row: tables.Decision) -> "Decision":
        """A row of the table."""
        return cls(
            number=row.number,
            amount_fen=row.amount_fen,
            late_fee_fen=row.late_fee_fen,
            pay_by=row.pay_by,
        )


@strawberry.type
class Violation:
    id: strawberry.ID
    code: str
    description: str
    occurred_at: datetime
    location: str
    fine_fen: int
    points: int
    status: ViolationStatus
    decision: Decision | None

    @classmethod
    def of(cls, row: tables.Violation) -> "Violation":
        """A row of the table."""
        return cls(
            id=strawberry.ID(str(row.id)),
            code=row.code,
            description=row.description,
            occurred_at=row.occurred_at,
            location=row.location,
            fine_fen=row.fine_fen,
            points=row.points,
            status=row.status,
            decision=Decision.of(row.decision) if row.decision else None,
        )


@strawberry.type
class ViolationEdge:
    cursor: str
    node: Violation


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class ViolationConnection:
    total_count: int
    edges: list[ViolationEdge]
    page_info: PageInfo


@strawberry.type
class Licence:
    number: str
    status: LicenceStatus
    points: int
    valid_until: date
    classes: list[str]

    @classmethod
    def of(cls, row: tables.Licence) -> "Licence":
        """A row of the table."""
        return cls(
            number=row.number,
            status=row.status,
            points=row.points,
            valid_until=row.valid_until,
            classes=row.classes,
        )


@strawberry.type
class Vehicle:
    key: strawberry.Private[int]
    plate: str
    type: VehicleType

    @strawberry.field
    async def violations(
        self, info: Info, first: int = 20, status: ViolationStatus | None = None
    ) -> ViolationConnection:
        page = PageKey(self.key, first, status)
        rows, total = await info.context.loaders.violations.load(page)
        edges = [ViolationEdge(cursor=_cursor(row.id), node=Violation.of(row)) for row in rows]
        end = edges[-1].cursor if edges else None
        page_info = PageInfo(has_next_page=total > len(edges), end_cursor=end)
        return ViolationConnection(total_count=total, edges=edges, page_info=page_info)


@strawberry.type
class User:
    id: strawberry.ID
    key: strawberry.Private[int]

    @strawberry.field
    async def vehicles(self, info: Info) -> list[Vehicle]:
        rows = await info.context.loaders.vehicles.load(self.key)
        return [Vehicle(key=row.id, plate=row.plate, type=row.type) for row in rows]

    @strawberry.field
    async def licence(self, info: Info) -> Licence | None:
        row = await info.context.loaders.licences.load(self.key)
        return Licence.of(row) if row else None


@strawberry.type
class Query:
    @strawberry.field
    async def me(self, info: Info) -> User | None:
        row = await load_user(info.context.user_id)
        return User(id=strawberry.ID(str(row.id)), key=row.id) if row else None


class Door(GraphQL[Context, None]):
    """Strawberry's ASGI application; whoever brings no good token is turned away."""

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        """:raises HTTPException: 401 if nobody knows who is asking"""
        try:
            user_id = user_of(request.headers.get("authorization", ""))
        except JWTError:
            raise HTTPException(401) from None
        return Context(user_id, new_loaders())


def _cursor(key: int) -> str:
    return base64.b64encode(b"v:%d" % key).decode()


schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])
app = Starlette(routes=[Route("/graphql", Door(schema, graphql_ide=None))])
