"""A violation."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain import violations
from domain.records import CaptureMethod
from domain.refusals import Refusal
from domain.violations import CaptureKind, ViolationStatus
from resolvers.accepted import AcceptanceProgress, acceptances_of_violations
from resolvers.code import ViolationCode
from resolvers.context import Context, Info
from resolvers.decision import PenaltyDecision
from resolvers.described import describe_enum
from resolvers.ids import to_id
from resolvers.law import Deadlines, Eligibility, Quote, quote_of
from resolvers.node import Node
from resolvers.plate import Plate
from resolvers.statement import Statement, statements_of_violations
from resolvers.values import Agency, Freshness, Money
from services.violation_pages import SeenViolation

if TYPE_CHECKING:
    from resolvers.vehicle import Vehicle

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
    found: strawberry.Private[SeenViolation]
    code: ViolationCode = strawberry.field(description="The code, as of the day of the act.")
    description: str = strawberry.field(
        description="The act in plain Chinese; the bare code where no table knows it."
    )
    occurred_at: datetime = strawberry.field(description="When it happened.")
    place: str | None = strawberry.field(description="Where, in the register's words.")
    agency: Agency | None = strawberry.field(description="The unit that recorded it.")
    capture: CaptureKind = strawberry.field(description="By camera or on the scene.")
    capture_method: CaptureMethod | None = strawberry.field(description="The device; null on scene")
    measurement: Measurement | None = strawberry.field(
        description="For speed and the like; null where nothing was measured."
    )
    status: ViolationStatus = strawberry.field(description="What became of it.")
    fine: Money | None = strawberry.field(
        description="The fine set, or the usual one of this city while undecided. Null: the agency"
        " sets the amount. Never 0 for that."
    )
    points: int | None = strawberry.field(
        description="The points recorded, or the usual ones while undecided. Null: unknown."
    )
    decision: PenaltyDecision | None = strawberry.field(
        description="The penalty decision; null while there is none."
    )
    plate: Plate | None = strawberry.field(
        description="The plate on the record; null for a decision without a vehicle."
    )
    freshness: Freshness = strawberry.field(description="How old this is.")

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
            for ticket in info.context.services.evidence.tickets(self.found.violation)
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
        held = next((v for v in garage.vehicles if v.plate == self.found.violation.plate), None)
        return Vehicle.of(held) if held is not None else None

    @strawberry.field(
        description="What is owed for it at an instant, from the city's rules; null when nothing is"
        " owed any more, or the agency sets the amount."
    )
    def quote(
        self,
        info: Info,
        at: Annotated[
            datetime | None, strawberry.argument(description="An instant; now if left out.")
        ] = None,
    ) -> Quote | None:
        return quote_of(info.context.services.law, self.found.violation, at)

    @strawberry.field(description="Until when what can be done about it.")
    def deadlines(self, info: Info) -> Deadlines:
        return Deadlines.of(info.context.services.law.deadlines(self.found.violation))

    @strawberry.field(
        description="Whether you can accept it online now, by the city's rules, and if not, all"
        " reasons with what to do instead. A silent register is a reason, too."
    )
    async def eligibility(self, info: Info) -> Eligibility:
        reasons = await info.context.batch(eligibility_of_violations, self.found, None)
        return Eligibility.of(reasons, info.context.language)

    @strawberry.field(
        description="How far your latest acceptance of it has come, also while the register does"
        " not show it yet; null if you have accepted nothing."
    )
    async def acceptance(self, info: Info) -> AcceptanceProgress | None:
        item = await info.context.batch(acceptances_of_violations, self.found, None)
        return AcceptanceProgress.of(item, info.context.language) if item is not None else None

    @strawberry.field(description="Your own statements about it, the newest first.")
    async def statements(self, info: Info) -> list[Statement]:
        held = await info.context.batch(statements_of_violations, self.found, None)
        return [Statement.of(one) for one in held]

    @classmethod
    def of(cls, found: SeenViolation, info: Info) -> "Violation":
        """A violation as the service found it."""
        seen = found.violation
        code = _code(seen, info)
        return cls(
            id=to_id("Violation", seen.id),
            found=found,
            code=code,
            description=code.description or seen.code,
            occurred_at=seen.occurred_at,
            place=seen.place,
            agency=Agency.of(seen.agency),
            capture=seen.capture,
            capture_method=seen.capture_method,
            measurement=Measurement(measured=seen.measured, limit=seen.limit)
            if seen.measured is not None
            else None,
            status=seen.status,
            fine=Money.of(seen.fine),
            points=seen.points,
            decision=PenaltyDecision.of(found),
            plate=Plate.of(seen.plate) if seen.plate is not None else None,
            freshness=Freshness.of(found.freshness),
        )


async def eligibility_of_violations(
    context: Context, found: Sequence[SeenViolation], _: None
) -> Sequence[tuple[Refusal, ...]]:
    """The batched judgement: garage and licence are looked up once for all of a level."""
    garage, licence = await context.garage(), await context.licence()
    return await context.services.eligibility.each(context.principal, garage, licence, found)


def _code(seen: violations.Violation, info: Info) -> ViolationCode:
    row = info.context.services.codes.on_instant(seen.code, seen.occurred_at)
    return ViolationCode.of(row) if row is not None else ViolationCode.unknown(seen.code)
