"""Accepting violations: preview, confirm."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import acceptance
from domain.acceptance import with_outcome
from domain.decision_texts import before_decision
from models.acceptance import AcceptanceState
from models.violation_rows import shown_row
from resolvers.accepted import problem_of
from resolvers.context import Info
from resolvers.decision import PenaltyDecision
from resolvers.ids import key_of, to_id
from resolvers.law import Deadlines, PointsForecast
from resolvers.refusals import Refused
from resolvers.values import Money
from resolvers.violation import Violation
from services.acceptance_preview import Prepared
from services.acceptance_reading import HeldAcceptance, HeldItem
from services.violation_pages import SeenViolation


@strawberry.type(description="One violation as it would be decided.")
class AcceptancePreviewItem:
    violation: Violation = strawberry.field(description="The violation.")
    fine: Money = strawberry.field(description="The fine that would be set; 0.00 for a warning.")
    points: int = strawberry.field(description="The points that would be recorded.")
    decision_text: str = strawberry.field(
        description="The decision word for word, in Chinese, the language of the law; only its"
        " number and its day are still to come (order 157, 45)."
    )
    deadlines: Deadlines = strawberry.field(
        description="The time limits that would begin if it were decided today."
    )


@strawberry.type(description="Everything in a preview, added up.")
class AcceptanceTotals:
    fine: Money = strawberry.field(description="All fines.")
    points: int = strawberry.field(description="All points.")
    forecast: PointsForecast = strawberry.field(
        description="Where your points would be, those of acceptances still PENDING included."
    )


@strawberry.type(description="What you would accept: show all of it before you ask for a yes.")
class AcceptancePreview:
    hash: str = strawberry.field(
        description="Stands for everything shown here that counts in law; confirm with it."
    )
    items: list[AcceptancePreviewItem] = strawberry.field(description="In the order asked for.")
    totals: AcceptanceTotals = strawberry.field(description="Added up.")
    rights: list[str] = strawberry.field(
        description="Your rights: to state your case, reconsideration, litigation, with their"
        " periods (penalty law 44 and 45); in the language of Accept-Language."
    )
    valid_until: datetime = strawberry.field(
        description="Until when it can be confirmed at the latest: the next midnight in China."
    )


@strawberry.input(description="Which violations to accept together.")
class PreviewAcceptanceInput:
    violation_ids: list[strawberry.ID] = strawberry.field(
        description="1 to 20 ids of your violations."
    )


@strawberry.type(description="All of them can be accepted together.")
class PreviewAcceptanceSuccess:
    preview: AcceptancePreview = strawberry.field(description="What would be decided.")


PreviewAcceptanceResult = Annotated[
    PreviewAcceptanceSuccess | Refused,
    strawberry.union(
        "PreviewAcceptanceResult",
        description="What accepting would mean, or every reason against it, by violation.",
    ),
]


@strawberry.type(description="One violation of a confirmation.")
class AcceptanceItem:
    violation: Violation | None = strawberry.field(
        description="The violation as the register shows it by now; null while it cannot be shown."
    )
    status: AcceptanceState = strawberry.field(description="How far it has come.")
    decision: PenaltyDecision | None = strawberry.field(
        description="The decision; null until it is DECIDED."
    )
    problem: str | None = strawberry.field(
        description="Why it was REFUSED, in the language of Accept-Language; null otherwise."
    )


@strawberry.type(description="One confirmation, of one or several violations.")
class Acceptance:
    id: strawberry.ID = strawberry.field(description="Names it, for questions to people.")
    confirmed_at: datetime = strawberry.field(description="When you confirmed.")
    items: list[AcceptanceItem] = strawberry.field(description="In the order of the request.")


@strawberry.input(description="A yes to exactly what a preview showed.")
class AcceptViolationsInput:
    violation_ids: list[strawberry.ID] = strawberry.field(description="The same as previewed.")
    preview_hash: str = strawberry.field(description="`AcceptancePreview.hash`.")
    idempotency_key: str = strawberry.field(
        description="Made up by the client, once for each yes: 8 to 255 visible ASCII characters,"
        " for example a UUID. Send the request again with the same key when its answer is lost."
    )


@strawberry.type(description="It is confirmed. Each item says whether it is decided already.")
class AcceptViolationsSuccess:
    acceptance: Acceptance = strawberry.field(description="The confirmation.")


@strawberry.type(
    description="What would be decided is no longer what was shown. Nothing has been changed: show"
    " this and ask again."
)
class PreviewChanged:
    preview: AcceptancePreview = strawberry.field(description="What would be decided now.")


AcceptViolationsResult = Annotated[
    AcceptViolationsSuccess | PreviewChanged | Refused,
    strawberry.union("AcceptViolationsResult", description="Confirmed, changed since, or why not."),
]


@strawberry.type
class AcceptanceMutations:
    @strawberry.mutation(
        description="Show what accepting violations together would mean; nothing is changed."
        " Refusals: everything that `Violation.eligibility` may say, for all of them together;"
        " NOT_FOUND. Failures: UNAUTHENTICATED, FORBIDDEN, STEP_UP_REQUIRED, BAD_REQUEST."
    )
    async def preview_acceptance(
        self,
        info: Info,
        input: Annotated[
            PreviewAcceptanceInput, strawberry.argument(description="The violations.")
        ],
    ) -> PreviewAcceptanceResult:
        keys = [key_of("Violation", one) for one in input.violation_ids]
        context = info.context
        prepared = await context.services.acceptances.preview(context.principal, keys)
        return PreviewAcceptanceSuccess(preview=_shown_preview(prepared, info))

    @strawberry.mutation(
        description="Accept violations and have them decided. Needs a face verified in the last 10"
        " minutes. Safe to repeat under the same key. Refusals: as of previewAcceptance, and"
        " BEING_HANDLED_ELSEWHERE or ALREADY_HANDLED when somebody was faster, UNDER_DISPUTE."
        " Failures: UNAUTHENTICATED, FORBIDDEN, STEP_UP_REQUIRED (with `acr` and `maxAge`, see"
        " startVerification), BAD_REQUEST, also for a key used for another request, RETRY_LATER."
    )
    async def accept_violations(
        self,
        info: Info,
        input: Annotated[
            AcceptViolationsInput, strawberry.argument(description="What is accepted.")
        ],
    ) -> AcceptViolationsResult:
        context = info.context
        outcome = await context.services.acceptances.accept(
            context.principal,
            [key_of("Violation", one) for one in input.violation_ids],
            input.preview_hash,
            input.idempotency_key,
        )
        if isinstance(outcome, Prepared):
            return PreviewChanged(preview=_shown_preview(outcome, info))
        return AcceptViolationsSuccess(acceptance=await _shown_acceptance(outcome, info))


def _shown_preview(prepared: Prepared, info: Info) -> AcceptancePreview:
    preview = prepared.preview
    rules = info.context.services.law.rules(preview.on)
    return AcceptancePreview(
        hash=preview.hash,
        items=[
            AcceptancePreviewItem(
                violation=Violation.of(seen, info.context.services.codes),
                fine=Money.sure(item.fine),
                points=item.points,
                decision_text=before_decision(item.draft),
                deadlines=Deadlines.of(item.deadlines),
            )
            for seen, item in zip(prepared.seen, preview.items, strict=True)
        ],
        totals=AcceptanceTotals(
            fine=Money.sure(preview.fine),
            points=preview.points,
            forecast=PointsForecast.of(preview.forecast),
        ),
        rights=[right.in_language(info.context.language, {}) for right in acceptance.rights(rules)],
        valid_until=preview.valid_until,
    )


async def _shown_acceptance(held: HeldAcceptance, info: Info) -> Acceptance:
    found = await _found([item.violation_id for item in held.items], info)
    return Acceptance(
        id=to_id("Acceptance", held.id),
        confirmed_at=held.confirmed_at,
        items=[_item(item, found.get(item.violation_id), info) for item in held.items],
    )


async def _found(violation_ids: Sequence[UUID], info: Info) -> dict[UUID, SeenViolation]:
    """Those that can be shown; of what has just been decided the register is asked again."""
    context = info.context
    garage = await context.garage()
    found = await context.services.violations.find(context.principal, garage, violation_ids)
    return {key: seen for key, seen in found.items() if isinstance(seen, SeenViolation)}


def _item(item: HeldItem, seen: SeenViolation | None, info: Info) -> AcceptanceItem:
    decision = None
    if seen is not None and item.outcome is not None:
        decided = shown_row(with_outcome(seen.violation, item.outcome))
        decision = PenaltyDecision.of(SeenViolation(decided, seen.freshness))
    return AcceptanceItem(
        violation=Violation.of(seen, info.context.services.codes) if seen is not None else None,
        status=item.state,
        decision=decision,
        problem=problem_of(item, info.context.language),
    )
