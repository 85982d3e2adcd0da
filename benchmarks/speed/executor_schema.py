"""The schema of the peers over objects in memory: two vehicles with ten open violations each."""

import enum
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import strawberry

from graphql_api.execution import Batch, batched


@strawberry.enum
class ViolationStatus(enum.Enum):
    UNHANDLED = "UNHANDLED"
    PAID = "PAID"


@strawberry.type
class Decision:
    number: str
    amount_fen: int
    late_fee_fen: int
    pay_by: date


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
    status: str
    points: int
    valid_until: date
    classes: list[str]


@strawberry.type
class Vehicle:
    held: strawberry.Private[ViolationConnection]
    plate: str
    type: str

    @batched()
    @staticmethod
    def violations(
        vehicles: Sequence["Vehicle"],
        info: strawberry.Info,
        first: int = 20,
        status: ViolationStatus | None = None,
    ) -> Batch[ViolationConnection]:
        return [vehicle.held for vehicle in vehicles]


@strawberry.type
class User:
    vehicles: list[Vehicle]
    licence: Licence | None


@strawberry.type
class Query:
    @strawberry.field
    def me(self) -> User | None:
        return ME


def _connection(count: int) -> ViolationConnection:
    edges = [ViolationEdge(cursor=f"djox{place}", node=_violation(place)) for place in range(count)]
    page_info = PageInfo(has_next_page=False, end_cursor=edges[-1].cursor)
    return ViolationConnection(total_count=count, edges=edges, page_info=page_info)


def _violation(place: int) -> Violation:
    # 7 of 10 are decided, as in the facts.
    decision = Decision(
        number=f"50010310000{place:04d}",
        amount_fen=20_000,
        late_fee_fen=100,
        pay_by=date(2026, 4, 1),
    )
    return Violation(
        id=strawberry.ID(str(place)),
        code="1208",
        description="不按导向车道行驶",
        occurred_at=datetime(2026, 3, 1, 8, tzinfo=UTC) + timedelta(hours=place),
        location="渝中区民族路188号",
        fine_fen=20_000,
        points=3,
        status=ViolationStatus.UNHANDLED,
        decision=decision if place % 10 < 7 else None,
    )


ME = User(
    vehicles=[
        Vehicle(held=_connection(10), plate=plate, type="CAR") for plate in ("渝A00001", "渝A00002")
    ],
    licence=Licence(
        number="500103190000000002",
        status="VALID",
        points=2,
        valid_until=date(2030, 1, 3),
        classes=["A2", "B1", "C1"],
    ),
)
schema = strawberry.Schema(Query)
