"""Penalty decisions."""

from datetime import date, datetime

import strawberry

from domain import violations
from domain.violations import DecisionStatus
from resolvers.described import describe_enum
from resolvers.values import Agency, Money

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
class PenaltyDecision:
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

    @classmethod
    def of(cls, violation: violations.Violation) -> "PenaltyDecision | None":
        """The decision about a violation; None while there is none."""
        status = violation.decision_status
        if status is None:
            return None
        number = violation.decision_number
        return cls(
            number=None if number is None else number + (violation.check_character or ""),
            decided_at=violation.decided_at,
            agency=Agency.of(violation.deciding_agency),
            fine=Money.of(violation.fine),
            points=violation.points,
            surcharge=Money.of(violation.surcharge),
            status=status,
            paid_on=violation.paid_on,
        )
