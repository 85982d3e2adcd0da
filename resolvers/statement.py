"""Statements and objections."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from domain.statements import StatementGround
from models.acceptance import StatementKind, StatementState
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.ids import key_of, to_id
from resolvers.refusals import Refused
from services.statements import HeldStatement, Said

describe_enum(
    StatementKind,
    name="StatementKind",
    description="What you say before anything is decided.",
    texts={
        StatementKind.PLEADING: "Your side of it: facts, reasons, a plea for leniency (陈述申辩,"
        " penalty law 45). It has to be heard and makes nothing heavier.",
        StatementKind.OBJECTION: "The record itself is wrong (异议, order 157, 5).",
    },
)

describe_enum(
    StatementGround,
    name="StatementGround",
    description="Why the record should not stand (消除, order 157, 22).",
    texts={
        StatementGround.EMERGENCY_DUTY: "An emergency vehicle on an urgent task.",
        StatementGround.STOLEN_OR_CLONED_PLATE: "The vehicle was stolen, or the plate is a copy.",
        StatementGround.RESCUE_OR_NECESSITY: "To rescue somebody, or out of necessity.",
        StatementGround.PUNISHED_ON_SCENE: "Punished on the scene already.",
        StatementGround.INCONSISTENT_SIGNALS: "Signals, signs or markings contradict each other.",
        StatementGround.RECORD_UNCLEAR: "The record does not show clearly what happened.",
        StatementGround.PLATE_MISREAD: "It is another vehicle: the plate was misread.",
        StatementGround.OTHER_ELIMINATION: "Another reason for which it must be removed.",
        StatementGround.OTHER: "No reason to remove it, but something that should be heard.",
    },
)

describe_enum(
    StatementState,
    name="StatementStatus",
    description="What became of a statement.",
    texts={
        StatementState.SUBMITTED: "Waits for an answer; nothing can be accepted meanwhile.",
        StatementState.WITHDRAWN: "You took it back.",
        StatementState.UPHELD: "The agency agrees: the record goes.",
        StatementState.DISMISSED: "The agency does not agree: the record stands.",
    },
)


@strawberry.type(description="What you said about a violation.")
class Statement:
    id: strawberry.ID = strawberry.field(description="Names it, to withdraw it.")
    number: str = strawberry.field(description="The case number, to quote to people.")
    kind: StatementKind = strawberry.field(description="A pleading or an objection.")
    ground: StatementGround = strawberry.field(description="The ground you gave.")
    text: str = strawberry.field(description="What you wrote.")
    status: StatementState = strawberry.field(description="What became of it.")
    submitted_at: datetime = strawberry.field(description="When you submitted it.")
    answer_due_on: date | None = strawberry.field(
        description="The last day (China) on which it is to be answered: 5 working days (order 157,"
        " 5)."
    )
    ended_at: datetime | None = strawberry.field(
        description="When it was answered or withdrawn; null while it is open."
    )

    @classmethod
    def of(cls, held: HeldStatement) -> "Statement":
        """A statement as the service found it."""
        return cls(
            id=to_id("Statement", held.id),
            number=held.number,
            kind=held.said.kind,
            ground=held.said.ground,
            text=held.said.text,
            status=held.state,
            submitted_at=held.submitted_at,
            answer_due_on=held.answer_due_on,
            ended_at=held.ended_at,
        )


@strawberry.input(description="What you want to say about a violation.")
class SubmitStatementInput:
    violation_id: strawberry.ID = strawberry.field(description="Id of a violation you can see.")
    kind: StatementKind = strawberry.field(description="A pleading or an objection.")
    ground: StatementGround = strawberry.field(description="Why the record should not stand.")
    text: str = strawberry.field(description="1 to 1000 characters.")
    idempotency_key: str = strawberry.field(
        description="Made up by the client, once for each statement: 8 to 255 visible ASCII"
        " characters, for example a UUID."
    )


@strawberry.type(description="It is submitted; the violation cannot be accepted meanwhile.")
class SubmitStatementSuccess:
    statement: Statement = strawberry.field(description="The statement, with its number.")


SubmitStatementResult = Annotated[
    SubmitStatementSuccess | Refused,
    strawberry.union("SubmitStatementResult", description="The statement, or why not."),
]


@strawberry.input(description="Which statement to take back.")
class WithdrawStatementInput:
    id: strawberry.ID = strawberry.field(description="Id of a statement of yours.")


@strawberry.type(description="It is taken back.")
class WithdrawStatementSuccess:
    statement: Statement = strawberry.field(description="The statement as it is now.")


WithdrawStatementResult = Annotated[
    WithdrawStatementSuccess | Refused,
    strawberry.union("WithdrawStatementResult", description="Taken back, or why not."),
]


@strawberry.type
class StatementMutations:
    @strawberry.mutation(
        description="Say something about a violation before it is decided. Safe to repeat under the"
        " same key. Refusals: STATEMENT_TEXT_INVALID, NOT_FOUND, ALREADY_HANDLED, ANNULLED,"
        " NO_LONGER_LISTED, BEING_HANDLED_ELSEWHERE, UNDER_DISPUTE while another one is open."
        " Failures: UNAUTHENTICATED, FORBIDDEN, STEP_UP_REQUIRED, BAD_REQUEST,"
        " UPSTREAM_UNAVAILABLE."
    )
    async def submit_statement(
        self,
        info: Info,
        input: Annotated[SubmitStatementInput, strawberry.argument(description="The statement.")],
    ) -> SubmitStatementResult:
        context = info.context
        held = await context.services.statements.submit(
            context.principal,
            key_of("Violation", input.violation_id),
            Said(input.kind, input.ground, input.text),
            input.idempotency_key,
        )
        return SubmitStatementSuccess(statement=Statement.of(held))

    @strawberry.mutation(
        description="Take a statement back, so that the violation can be accepted. Safe to repeat."
        " Refusals: NOT_FOUND, ALREADY_HANDLED once it has been answered. Failures:"
        " UNAUTHENTICATED, FORBIDDEN, STEP_UP_REQUIRED, BAD_REQUEST."
    )
    async def withdraw_statement(
        self,
        info: Info,
        input: Annotated[
            WithdrawStatementInput, strawberry.argument(description="The statement's id.")
        ],
    ) -> WithdrawStatementResult:
        context = info.context
        key = key_of("Statement", input.id)
        held = await context.services.statements.withdraw(context.principal, key)
        return WithdrawStatementSuccess(statement=Statement.of(held))
