"""Penalty decisions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.violations import DecisionStatus
from resolvers.context import Context, Info
from resolvers.described import describe_enum
from resolvers.ids import to_id
from resolvers.law import Quote, quote_of
from resolvers.node import Node
from resolvers.values import Agency, Money
from services.decision_texts import ServedText
from services.payments.views import HeldPayment
from services.violation_pages import SeenViolation

if TYPE_CHECKING:
    from resolvers.payment import Payment

describe_enum(
    DecisionStatus,
    name="DecisionStatus",
    description="What became of a penalty decision.",
    texts={
        DecisionStatus.UNPAID: "The fine is still to be paid.",
        DecisionStatus.PAID: "The fine is paid.",
        DecisionStatus.NOTHING_TO_PAY: "A warning, or a decision without a fine.",
        DecisionStatus.ANNULLED: "The agency annulled it: nothing is owed for it.",
    },
)


@strawberry.type(description="A penalty decision (处罚决定书) about a violation.")
class PenaltyDecision(Node):
    found: strawberry.Private[SeenViolation]
    number: str | None = strawberry.field(
        description="15 characters, and the check character as the 16th where the register has"
        " given it. Null while the register shows a violation as handled without saying how."
    )
    decided_at: datetime | None = strawberry.field(description="When the decision was made.")
    agency: Agency | None = strawberry.field(description="The deciding agency.")
    fine: Money | None = strawberry.field(description="The fine set; null: not known yet.")
    points: int | None = strawberry.field(description="The points recorded; null: not known yet.")
    surcharge: Money | None = strawberry.field(
        description="Surcharge (加处罚款) as the register last gave it; it may have grown since."
    )
    status: DecisionStatus = strawberry.field(description="Paid, unpaid, nothing to pay, annulled.")
    paid_on: date | None = strawberry.field(description="Day of payment, if the register says.")

    @strawberry.field(
        description="What is owed for it at an instant: principal and surcharge; null when nothing"
        " is owed any more."
    )
    def quote(
        self,
        info: Info,
        at: Annotated[
            datetime | None, strawberry.argument(description="An instant; now if left out.")
        ] = None,
    ) -> Quote | None:
        return quote_of(info.context.services.law, self.found.violation, at)

    @strawberry.field(
        description="Your own payment for it, open or settled; null if there is none. While one is"
        " open no other can be begun."
    )
    async def payment(
        self, info: Info
    ) -> Annotated["Payment", strawberry.lazy("resolvers.payment")] | None:
        from resolvers.payment import Payment  # noqa: PLC0415 - the two types need each other

        held = await info.context.batch(payments_of_decisions, self.found, None)
        return Payment.of(held) if held is not None else None

    @strawberry.field(
        description="The decision word for word, in Chinese, as it was rendered on its day; only"
        " for the person it is against, and only if it was accepted here. Null otherwise."
    )
    async def text(self, info: Info) -> str | None:
        served = await info.context.batch(texts_of_decisions, self.found, None)
        return served.text if served is not None else None

    @strawberry.field(
        description="When the decision was shown to you and so served (penalty law 61), if you"
        " accepted it here. Null otherwise: the register does not tell."
    )
    async def served_at(self, info: Info) -> datetime | None:
        served = await info.context.batch(texts_of_decisions, self.found, None)
        return served.served_at if served is not None else None

    @classmethod
    def of(cls, found: SeenViolation) -> "PenaltyDecision | None":
        """The decision about a violation; None while there is none."""
        violation = found.violation
        status = violation.decision_status
        if status is None:
            return None
        number = violation.decision_number
        return cls(
            id=to_id("PenaltyDecision", violation.id),
            found=found,
            number=None if number is None else number + (violation.check_character or ""),
            decided_at=violation.decided_at,
            agency=Agency.of(violation.deciding_agency),
            fine=Money.of(violation.fine),
            points=violation.points,
            surcharge=Money.of(violation.surcharge),
            status=status,
            paid_on=violation.paid_on,
        )


async def payments_of_decisions(
    context: Context, found: Sequence[SeenViolation], _: None
) -> Sequence[HeldPayment | None]:
    """The batched look-up: the citizen's payments for all decisions of a level."""
    numbers = [one.violation.decision_number for one in found]
    payments = await context.services.payments.of_decisions(
        context.principal, [number for number in numbers if number is not None]
    )
    return [payments.get(number) if number is not None else None for number in numbers]


async def texts_of_decisions(
    context: Context, found: Sequence[SeenViolation], _: None
) -> Sequence[ServedText | None]:
    """The batched look-up: the texts of those decisions of a level that are the citizen's own."""
    keys = [(one.violation.id, one.violation.decision_number or "") for one in found]
    texts = await context.services.decision_texts.of(context.principal, keys)
    return [texts.get(key) for key in keys]
