"""Beginning a payment, and giving one up."""

from typing import Annotated

import strawberry

from domain import money
from resolvers.channel import Channel
from resolvers.context import Info
from resolvers.ids import key_of
from resolvers.payment import Payment
from resolvers.refusals import Refused
from resolvers.values import Fen


@strawberry.input(description="What to pay, through whom, and the key that makes it safe to send.")
class CreatePaymentInput:
    decision_ids: list[strawberry.ID] = strawberry.field(
        description="1 to 20 decisions, each once (`PenaltyDecision.id`)."
    )
    channel: Channel = strawberry.field(
        description="The mini-program the user is in. CHANNEL_UNAVAILABLE if they never signed in"
        " there."
    )
    idempotency_key: str = strawberry.field(
        description="8 to 255 visible ASCII characters, for example a UUID. Make it up once and"
        " keep it before you send; send again with the same key if the answer was lost: there is"
        " one payment, however often it is sent. Another request with the key is BAD_REQUEST."
    )
    expected_total: Fen | None = strawberry.field(
        default=None,
        description="The total you have shown, in fen. If it is another by now, nothing is begun:"
        " AMOUNT_CHANGED.",
    )


@strawberry.type(description="The payment is there: look at its status.")
class CreatePaymentSuccess:
    payment: Payment = strawberry.field(
        description="The payment. AWAITING: call its `clientAction`. CREATED or UNKNOWN: the"
        " channel has not answered; send the same again, or ask `payment`, in a few seconds."
    )


CreatePaymentResult = Annotated[
    CreatePaymentSuccess | Refused,
    strawberry.union("CreatePaymentResult", description="The payment, or why there is none."),
]


@strawberry.input(description="Which payment to give up.")
class CancelPaymentInput:
    id: strawberry.ID = strawberry.field(description="Id of a payment.")


@strawberry.type(description="The payment, as it stands after the channel was asked to close it.")
class CancelPaymentSuccess:
    payment: Payment = strawberry.field(
        description="CANCELLED; or, while the channel does not answer, UNKNOWN: it will be."
    )


CancelPaymentResult = Annotated[
    CancelPaymentSuccess | Refused,
    strawberry.union("CancelPaymentResult", description="The payment given up, or why not."),
]


@strawberry.type
class PaymentMutations:
    @strawberry.mutation(
        description="Begin to pay decided fines. Amounts are frozen at this moment. A fine has one"
        " open payment at a time: PAYING_ELSEWHERE. Refusals also: NOT_FOUND, NOT_DECIDED,"
        " ALREADY_PAID, NOTHING_TO_PAY, ANNULLED, OTHER_AGENCY, AMOUNT_UNKNOWN, AMOUNT_CHANGED,"
        " DECISION_NOT_YET_VISIBLE, CHANNEL_UNAVAILABLE, PAYMENT_REFUSED, UPSTREAM_UNAVAILABLE."
    )
    async def create_payment(
        self,
        info: Info,
        input: Annotated[
            CreatePaymentInput, strawberry.argument(description="What to pay and how.")
        ],
    ) -> CreatePaymentResult:
        expected = input.expected_total
        held = await info.context.services.payments.begin(
            info.context.principal,
            await info.context.garage(),
            [key_of("PenaltyDecision", one) for one in input.decision_ids],
            input.channel,
            input.idempotency_key,
            None if expected is None else money.Money(expected),
        )
        return CreatePaymentSuccess(payment=Payment.of(held))

    @strawberry.mutation(
        description="Give a payment up; its fines can then be paid by another. The channel closes"
        " it first, so that nobody can pay it any more. Refusals: NOT_FOUND, ALREADY_PAID."
    )
    async def cancel_payment(
        self,
        info: Info,
        input: Annotated[CancelPaymentInput, strawberry.argument(description="Which one.")],
    ) -> CancelPaymentResult:
        held = await info.context.services.payments.cancel(
            info.context.principal, key_of("Payment", input.id)
        )
        return CancelPaymentSuccess(payment=Payment.of(held))
