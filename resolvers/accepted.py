"""How far accepting a violation has come."""

from datetime import datetime

import strawberry

from domain.police_writes import WriteProblem
from domain.texts import Language, Text
from models.acceptance import AcceptanceState
from resolvers.described import describe_enum
from resolvers.ids import to_id
from services.acceptance_reading import HeldItem

describe_enum(
    AcceptanceState,
    name="AcceptanceStatus",
    description="How far accepting one violation has come.",
    texts={
        AcceptanceState.PENDING: "The register has not confirmed it yet. It is asked until it is"
        " known: look again in some seconds; there is no need to accept it again.",
        AcceptanceState.DECIDED: "The penalty decision has been made.",
        AcceptanceState.REFUSED: "The register said no. Nothing was decided.",
    },
)

PROBLEMS = {
    WriteProblem.NOT_FOUND: Text(
        "公安交管系统中没有这条记录，未作出处罚决定。请刷新列表后再试。",
        "The register knows of no such record; nothing was decided. Refresh the list.",
    ),
    WriteProblem.DONE_OTHERWISE: Text(
        "这条记录已由他人或者在其他渠道处理，没有对您作出处罚决定。",
        "The record was handled by somebody else or elsewhere; nothing was decided against you.",
    ),
    WriteProblem.OTHER_AMOUNT: Text(
        "公安交管系统中的罚款数额已有变化，未作出处罚决定。请重新确认。",
        "The fine has changed in the register; nothing was decided. Look at it and accept anew.",
    ),
    WriteProblem.OTHER: Text(
        "公安交管系统没有受理，未作出处罚决定。请带身份证、驾驶证和行驶证到违法处理窗口办理。",
        "The register did not accept it; nothing was decided. Go to a window with your identity"
        " card, driving and vehicle licence.",
    ),
}


@strawberry.type(description="Your latest acceptance of a violation.")
class AcceptanceProgress:
    acceptance_id: strawberry.ID = strawberry.field(description="Which confirmation it belongs to.")
    confirmed_at: datetime = strawberry.field(description="When you confirmed it.")
    status: AcceptanceState = strawberry.field(description="How far it has come.")
    problem: str | None = strawberry.field(
        description="Why it was refused, in the language of Accept-Language; null otherwise."
    )

    @classmethod
    def of(cls, item: HeldItem, language: Language) -> "AcceptanceProgress":
        """As the service found it."""
        return cls(
            acceptance_id=to_id("Acceptance", item.acceptance_id),
            confirmed_at=item.confirmed_at,
            status=item.state,
            problem=problem_of(item, language),
        )


def problem_of(item: HeldItem, language: Language) -> str | None:
    """Why the register refused, in words."""
    return None if item.problem is None else PROBLEMS[item.problem].in_language(language, {})
