"""Penalty decisions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Protocol

import strawberry

from domain import records
from domain.violations import DecisionStatus, Violation, decision_status, has_decision
from graphql_api.execution import Batch, batched, computed, projected
from models.violation_rows import ViolationRow
from resolvers.context import Context, Info
from resolvers.described import describe_enum
from resolvers.law import Quote, quotes_of
from resolvers.node import Node, id_of
from resolvers.values import Agency, Money
from services.decision_texts import ServedText

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


class Decided(Protocol):
    """A violation about which there is a decision."""

    @property
    def row(self) -> ViolationRow: ...
    @property
    def violation(self) -> Violation: ...


@strawberry.type(description="A penalty decision (处罚决定书) about a violation.")
class PenaltyDecision(Node):
    __slots__ = ("about",)

    def __init__(self, about: Decided) -> None:
        self.about = about

    id: strawberry.ID = id_of("PenaltyDecision", "about.row.key")

    @computed(
        description="15 characters, and the check character as the 16th where the register has"
        " given it. Null while the register shows a violation as handled without saying how."
    )
    def number(self) -> str | None:
        row = self.about.row
        number = row.decision_number
        return None if number is None else number + (row.check_character or "")

    decided_at: datetime | None = projected(
        "about.row.decided_at", description="When the decision was made."
    )

    @computed(description="The deciding agency.")
    def agency(self) -> Agency | None:
        row = self.about.row
        return Agency.of(records.Agency(row.deciding_agency_code, row.deciding_agency_name))

    fine: Money | None = projected(
        "about.row.fine_fen", description="The fine set; null: not known yet."
    )
    points: int | None = projected(
        "about.row.points", description="The points recorded; null: not known yet."
    )
    surcharge: Money | None = projected(
        "about.row.surcharge_fen",
        description="Surcharge (加处罚款) as the register last gave it; it may have grown since.",
    )

    @computed(description="Paid, unpaid, nothing to pay, annulled.")
    def status(self) -> DecisionStatus:
        # There is one: it is what `of` asked first.
        return decision_status(self.about.row) or DecisionStatus.UNPAID

    paid_on: date | None = projected(
        "about.row.paid_on", description="Day of payment, if the register says."
    )

    @batched(
        description="What is owed for it at an instant: principal and surcharge; null when nothing"
        " is owed any more."
    )
    @staticmethod
    def quote(
        decisions: Sequence["PenaltyDecision"],
        info: Info,
        at: Annotated[
            datetime | None, strawberry.argument(description="An instant; now if left out.")
        ] = None,
    ) -> Batch[Quote | None]:
        return quotes_of(info.context.services.law, (one.about.violation for one in decisions), at)

    @batched(
        description="Your own payment for it, open or settled; null if there is none. While one is"
        " open no other can be begun."
    )
    @staticmethod
    async def payment(
        decisions: Sequence["PenaltyDecision"], info: Info
    ) -> Batch[Annotated["Payment", strawberry.lazy("resolvers.payment")] | None]:
        from resolvers.payment import Payment  # noqa: PLC0415 - the two types need each other

        numbers = [one.about.row.decision_number for one in decisions]
        payments = await info.context.services.payments.of_decisions(
            info.context.principal, [number for number in numbers if number is not None]
        )
        held = [payments.get(number) if number is not None else None for number in numbers]
        return [Payment.of(one) if one is not None else None for one in held]

    @batched(
        description="The decision word for word, in Chinese, as it was rendered on its day; only"
        " for the person it is against, and only if it was accepted here. Null otherwise."
    )
    @staticmethod
    async def text(decisions: Sequence["PenaltyDecision"], info: Info) -> Batch[str | None]:
        served = await _texts(info.context, decisions)
        return [one.text if one is not None else None for one in served]

    @batched(
        description="When the decision was shown to you and so served (penalty law 61), if you"
        " accepted it here. Null otherwise: the register does not tell."
    )
    @staticmethod
    async def served_at(
        decisions: Sequence["PenaltyDecision"], info: Info
    ) -> Batch[datetime | None]:
        served = await _texts(info.context, decisions)
        return [one.served_at if one is not None else None for one in served]

    @classmethod
    def of(cls, seen: Decided) -> "PenaltyDecision | None":
        """The decision about a violation; None while there is none."""
        return cls(seen) if has_decision(seen.row) else None


async def _texts(
    context: Context, decisions: Sequence[PenaltyDecision]
) -> Sequence[ServedText | None]:
    """The texts of those decisions of a level that are the citizen's own."""
    rows = [one.about.row for one in decisions]
    keys = tuple((row.id, row.decision_number or "") for row in rows)
    texts = await context.once(
        ("texts", keys), lambda: context.services.decision_texts.of(context.principal, keys)
    )
    return [texts.get(key) for key in keys]
