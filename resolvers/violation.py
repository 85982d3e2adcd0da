"""A violation."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain import codes, records, violations
from domain.codes import CodeTable
from domain.freshness import Freshness as Age
from domain.records import CaptureMethod
from domain.violations import CaptureKind, ViolationStatus, has_decision
from graphql_api.execution import Batch, batched, computed, projected
from models.violation_queries import OrderField
from models.violation_rows import CAPTURE_METHODS, CAPTURES, ViolationRow, plate_of_key
from resolvers.accepted import AcceptanceProgress
from resolvers.code import Unknown, ViolationCode, row_of
from resolvers.context import Info
from resolvers.decision import PenaltyDecision
from resolvers.described import describe_enum
from resolvers.law import Deadlines, Eligibility, Quote, quotes_of
from resolvers.node import Node, id_of
from resolvers.plate import Plate
from resolvers.statement import Statement
from resolvers.values import Agency, Freshness, Money
from services.violation_pages import SeenViolation

if TYPE_CHECKING:
    from resolvers.vehicle import Vehicle

STATUSES = {one.value: one for one in ViolationStatus}

describe_enum(
    ViolationStatus,
    name="ViolationStatus",
    description="What became of a violation, as the register says.",
    texts={
        ViolationStatus.UNHANDLED: "Recorded, no decision yet, nothing to pay yet (未处理).",
        ViolationStatus.DECIDED: "A decision stands and its fine is unpaid (已处理未缴款).",
        ViolationStatus.PAID: "The fine is paid (已缴款).",
        ViolationStatus.NOTHING_TO_PAY: "Decided as a warning, or without a fine (无需缴款).",
        ViolationStatus.WITHDRAWN: "The agency deleted the record or annulled the decision"
        " (已撤销).",
        ViolationStatus.NO_LONGER_LISTED: "The register listed it before and does so no"
        " longer, without saying why, for example after an objection. Neither owed nor paid as far"
        " as we know.",
    },
)

describe_enum(
    CaptureKind,
    name="CaptureKind",
    description="How the violation came to be recorded.",
    texts={
        CaptureKind.CAMERA: "By a camera or device, without stopping the driver (非现场).",
        CaptureKind.ON_SCENE: "By an officer on the spot, decided there (现场).",
    },
)

describe_enum(
    CaptureMethod,
    name="CaptureMethod",
    description="The device that made a camera record (采集方式).",
    texts={
        CaptureMethod.RED_LIGHT: "Red-light camera.",
        CaptureMethod.CHECKPOINT: "Checkpoint camera.",
        CaptureMethod.SPEED: "Speed camera.",
        CaptureMethod.CCTV: "Video surveillance.",
        CaptureMethod.MOBILE: "Mobile camera.",
        CaptureMethod.HANDSET: "Officer's handset.",
        CaptureMethod.INTERVAL_SPEED: "Average speed between two points.",
        CaptureMethod.SATELLITE: "Satellite positioning.",
        CaptureMethod.OTHER: "Another device.",
    },
)


@strawberry.type(description="What a device measured, and what was allowed.")
class Measurement:
    measured: str = strawberry.field(description="The value measured; for speed in km/h.")
    limit: str | None = strawberry.field(description="The value allowed, in the same unit.")


@strawberry.type(description="One evidence picture, fetched from the register when it is opened.")
class EvidencePicture:
    index: int = strawberry.field(description="1 to 3.")
    url: str = strawberry.field(
        description="Where to get it as image/jpeg, without a token, until `expiresAt`. Answers"
        " 404 when the register holds no picture of this index, 503 when it does not answer."
    )
    expires_at: datetime = strawberry.field(description="Five minutes from now.")


@strawberry.type(description="One traffic violation: a camera record and its decision are one.")
class Violation(Node):
    """It knows its place in the order of its list. Of all objects there are most of these."""

    __slots__ = ("_seen", "age", "order", "row", "table")

    def __init__(
        self,
        row: ViolationRow,
        age: Age,
        table: CodeTable,
        order: OrderField = OrderField.OCCURRED_AT,
    ) -> None:
        self.row = row
        self.age = age
        self.table = table
        self.order = order
        self._seen: SeenViolation | None = None

    id: strawberry.ID = id_of("Violation", "row.key")

    code: ViolationCode = projected("", description="The code, as of the day of the act.")

    @computed(description="The act in plain Chinese; the bare code where no table knows it.")
    def description(self) -> str:
        return self.code_row.description or self.code_number

    occurred_at: datetime = projected("row.occurred_at", description="When it happened.")
    place: str | None = projected("row.place", description="Where, in the register's words.")

    @computed(description="The unit that recorded it.")
    def agency(self) -> Agency | None:
        row = self.row
        return Agency.of(records.Agency(row.agency_code, row.agency_name))

    @computed(description="By camera or on the scene.")
    def capture(self) -> CaptureKind:
        return CAPTURES[self.row.capture]

    @computed(description="The device; null on scene")
    def capture_method(self) -> CaptureMethod | None:
        method = self.row.capture_method
        return None if method is None else CAPTURE_METHODS[method]

    @computed(description="For speed and the like; null where nothing was measured.")
    def measurement(self) -> Measurement | None:
        row = self.row
        if row.measured is None:
            return None
        return Measurement(measured=row.measured, limit=row.limit)

    @computed(description="What became of it.")
    def status(self) -> ViolationStatus:
        return STATUSES[self.row.status]

    fine: Money | None = projected(
        "row.fine_fen",
        description="The fine set, or the usual one of this city while undecided. Null: the agency"
        " sets the amount. Never 0 for that.",
    )
    points: int | None = projected(
        "row.points",
        description="The points recorded, or the usual ones while undecided. Null: unknown.",
    )

    @computed(description="The penalty decision; null while there is none.")
    def decision(self) -> PenaltyDecision | None:
        return PenaltyDecision(self) if has_decision(self.row) else None

    @computed(description="The plate on the record; null for a decision without a vehicle.")
    def plate(self) -> Plate | None:
        key = self.row.plate_key
        return Plate.of(plate_of_key(key)) if key is not None else None

    freshness: Freshness = projected("age", description="How old this is.")

    @strawberry.field(
        description="Up to 3 pictures of a camera record; empty for others. Nothing is fetched"
        " until a picture is opened."
    )
    def evidence(self, info: Info) -> list[EvidencePicture]:
        base = info.context.public_url
        return [
            EvidencePicture(
                index=ticket.index,
                url=f"{base}/evidence/{ticket.token}",
                expires_at=ticket.expires_at,
            )
            for ticket in info.context.services.evidence.tickets(self.violation)
        ]

    @strawberry.field(
        description="The vehicle, if it is one of yours; null for a decision made against you on"
        " another vehicle."
    )
    async def vehicle(
        self, info: Info
    ) -> Annotated["Vehicle", strawberry.lazy("resolvers.vehicle")] | None:
        from resolvers.vehicle import Vehicle  # noqa: PLC0415 - the two types need each other

        garage = await info.context.garage()
        held = next((v for v in garage.vehicles if v.plate == self.violation.plate), None)
        return Vehicle.of(held) if held is not None else None

    @batched(
        description="What is owed for it at an instant, from the city's rules; null when nothing is"
        " owed any more, or the agency sets the amount."
    )
    @staticmethod
    def quote(
        violations: Sequence["Violation"],
        info: Info,
        at: Annotated[
            datetime | None, strawberry.argument(description="An instant; now if left out.")
        ] = None,
    ) -> Batch[Quote | None]:
        return quotes_of(info.context.services.law, (one.violation for one in violations), at)

    @batched(description="Until when what can be done about it.")
    @staticmethod
    def deadlines(violations: Sequence["Violation"], info: Info) -> Batch[Deadlines]:
        law = info.context.services.law
        return [Deadlines.of(law.deadlines(one.violation)) for one in violations]

    @batched(
        description="Whether you can accept it online now, by the city's rules, and if not, all"
        " reasons with what to do instead. A silent register is a reason, too."
    )
    @staticmethod
    async def eligibility(violations: Sequence["Violation"], info: Info) -> Batch[Eligibility]:
        context = info.context
        garage, licence = await context.garage(), await context.licence_or_failure()
        found = [one.seen for one in violations]
        reasons = await context.services.eligibility.each(context.principal, garage, licence, found)
        return [Eligibility.of(each, context.language) for each in reasons]

    @batched(
        description="How far your latest acceptance of it has come, also while the register does"
        " not show it yet; null if you have accepted nothing."
    )
    @staticmethod
    async def acceptance(
        violations: Sequence["Violation"], info: Info
    ) -> Batch[AcceptanceProgress | None]:
        context, ids = info.context, [one.row.id for one in violations]
        latest = await context.services.acceptances.reader.latest(context.principal, ids)
        items = [latest.get(one) for one in ids]
        return [
            AcceptanceProgress.of(one, context.language) if one is not None else None
            for one in items
        ]

    @batched(description="Your own statements about it, the newest first.")
    @staticmethod
    async def statements(violations: Sequence["Violation"], info: Info) -> Batch[list[Statement]]:
        ids = [one.row.id for one in violations]
        held = await info.context.services.statements.of(info.context.principal, ids)
        return [[Statement.of(each) for each in held[one]] for one in ids]

    @property
    def seen(self) -> SeenViolation:
        """What the services take."""
        if self._seen is None:
            self._seen = SeenViolation(self.row, self.age)
        return self._seen

    @property
    def violation(self) -> violations.Violation:
        """The whole value."""
        return self.seen.violation

    @property
    def code_number(self) -> str:
        """The code on the record."""
        return self.row.code

    @property
    def code_row(self) -> codes.ViolationCode | Unknown:
        """What the table knew of the code on the day of the act."""
        row = self.row
        return row_of(self.table, row.code, row.occurred_at)

    @classmethod
    def of(cls, seen: SeenViolation, table: CodeTable) -> "Violation":
        """A violation as the service found it."""
        found = cls(seen.row, seen.freshness, table)
        found._seen = seen
        return found
