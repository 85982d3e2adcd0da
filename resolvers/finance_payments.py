"""Payments as officers of finance see them, and refunds that they decide."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import argument

from domain import money
from domain.refunds import RefundReason
from resolvers.channel import Channel
from resolvers.context import Info
from resolvers.payment_words import ItemState, PaymentStatus
from resolvers.refund import Refund
from resolvers.refusals import Refused
from resolvers.values import Fen, Money
from services.refunds.service import LineWanted, NeedsTreasury, RefundRequest
from services.refunds.views import HeldRefund, RefundableLine, RefundedPayment


@strawberry.type(description="A line of a payment, with what is left of it.")
class FinancePaymentLine:
    position: int = strawberry.field(description="Its place in the payment, from 1.")
    decision_number: str = strawberry.field(
        description="Number of the decision, with its check character where it is known."
    )
    agency_code: str | None = strawberry.field(description="Who decided (执法机关代码).")
    agency_name: str | None = strawberry.field(description="Its name, as the register has it.")
    principal: Money = strawberry.field(description="The fine that was charged.")
    surcharge: Money = strawberry.field(description="加处罚款 that was charged.")
    status: ItemState = strawberry.field(description="What the payment did for it.")
    principal_left: Money = strawberry.field(
        description="Of the fine, what no refund has been decided about; failed ones do not count."
    )
    surcharge_left: Money = strawberry.field(description="The same of the surcharge.")
    given_back: Money = strawberry.field(description="What has gone back of both.")

    @classmethod
    def of(cls, line: RefundableLine) -> "FinancePaymentLine":
        """A line as the service found it."""
        return cls(
            position=line.position,
            decision_number=line.decision_number,
            agency_code=line.agency_code,
            agency_name=line.agency_name,
            principal=Money.sure(line.principal),
            surcharge=Money.sure(line.surcharge),
            status=line.state,
            principal_left=Money.sure(line.principal_left),
            surcharge_left=Money.sure(line.surcharge_left),
            given_back=Money.sure(line.given_back),
        )


@strawberry.type(description="A refund as officers see it.")
class FinanceRefund:
    refund: Refund = strawberry.field(description="As the payer sees it.")
    case_number: str | None = strawberry.field(
        description="Number of the document that allows it (文号); null if it went back by itself."
    )
    requester: str = strawberry.field(
        description="Who decided it: an officer, or `clearway` for what goes back by itself."
    )
    problem: str | None = strawberry.field(
        description="The channel's own word for what went wrong last; null if nothing did."
    )

    @classmethod
    def of(cls, held: HeldRefund) -> "FinanceRefund":
        """A refund as the service found it."""
        return cls(
            refund=Refund.of(held),
            case_number=held.case_number,
            requester=held.requester,
            problem=held.problem,
        )


@strawberry.type(description="A payment as finance sees it. Nothing personal is in it.")
class FinancePayment:
    number: str = strawberry.field(description="Our number (商户订单号), 22 characters.")
    channel: Channel = strawberry.field(description="Through whom.")
    reference: str | None = strawberry.field(
        description="The channel's number of it (支付宝交易号, 微信支付订单号); null until it was"
        " paid."
    )
    status: PaymentStatus = strawberry.field(description="How it stands.")
    amount: Money = strawberry.field(description="What was charged.")
    refundable: Money = strawberry.field(
        description="What is left: give it as `expectedRefundable`."
    )
    refunded: Money = strawberry.field(description="What has gone back.")
    needs_treasury: bool = strawberry.field(
        description="Whether what was settled has to come back by the treasury's own procedure"
        " (非税退付): the cut-off is over. Surplus always goes back through the channel."
    )
    created_at: datetime = strawberry.field(description="When it was begun.")
    paid_at: datetime | None = strawberry.field(
        description="When the money came, by the channel's clock."
    )
    lines: list[FinancePaymentLine] = strawberry.field(description="What it is for.")
    refunds: list[FinanceRefund] = strawberry.field(description="Its refunds, the oldest first.")

    @classmethod
    def of(cls, held: RefundedPayment) -> "FinancePayment":
        """A payment as the service found it."""
        return cls(
            number=held.number,
            channel=held.channel,
            reference=held.reference,
            status=held.status,
            amount=Money.sure(held.amount),
            refundable=Money.sure(held.refundable),
            refunded=Money.sure(held.refunded),
            needs_treasury=held.needs_treasury,
            created_at=held.created_at,
            paid_at=held.paid_at,
            lines=[FinancePaymentLine.of(line) for line in held.lines],
            refunds=[FinanceRefund.of(one) for one in held.refunds],
        )


@strawberry.type
class PaymentFields:
    @strawberry.field(description="A payment by its number; null if there is none.")
    async def payment(
        self,
        info: Info,
        number: Annotated[str, argument(description="As on the receipt and in the bill.")],
    ) -> FinancePayment | None:
        held = await info.context.services.refunds.find(info.context.principal, number)
        return FinancePayment.of(held) if held is not None else None


@strawberry.input(description="What goes back of one line.")
class RefundLineInput:
    position: int = strawberry.field(description="`FinancePaymentLine.position`.")
    principal: Fen = strawberry.field(description="Of the fine, in fen; 0 for nothing of it.")
    surcharge: Fen = strawberry.field(description="Of the surcharge, in fen; 0 for nothing of it.")


@strawberry.input(description="What to give back, and why.")
class RefundPaymentInput:
    payment_number: str = strawberry.field(description="`FinancePayment.number`.")
    expected_refundable: Fen = strawberry.field(
        description="`refundable` as you saw it last, in fen. If it is another by now, nothing is"
        " done: REFUNDABLE_CHANGED."
    )
    lines: list[RefundLineInput] | None = strawberry.field(
        default=None, description="1 to 20 lines, each once; leave it out for all that is left."
    )
    reason: RefundReason = strawberry.field(
        description="DECISION_ANNULLED, PAID_TOO_MUCH or PAID_IN_ERROR."
    )
    case_number: str = strawberry.field(
        description="Number of the document that allows it (文号), 1 to 64 characters."
    )
    idempotency_key: str = strawberry.field(
        description="8 to 255 visible ASCII characters, made up once for each refund and kept: the"
        " same request again is the same refund. Another request with the key is BAD_REQUEST."
    )


@strawberry.type(description="The refund is there: look at its status.")
class RefundPaymentSuccess:
    refund: FinanceRefund = strawberry.field(description="The refund, as it stands now.")


@strawberry.type(
    description="The money is the treasury's by now, or the channel takes no refund of it any more:"
    " a finance task TREASURY_REFUND is open instead (非税退付). No refund was begun."
)
class RefundNeedsTreasury:
    subject: str = strawberry.field(description="What the task is about: the payment's number.")


RefundPaymentResult = Annotated[
    RefundPaymentSuccess | RefundNeedsTreasury | Refused,
    strawberry.union(
        "RefundPaymentResult", description="The refund, the task in its place, or why neither."
    ),
]


@strawberry.type
class RefundMutations:
    @strawberry.mutation(
        description="Give a payment back, all or a part, to the account it came from. For officers"
        " of finance. One refund of a payment at a time, and never more than is left. Refusals:"
        " NOT_FOUND, REFUND_UNDER_WAY, REFUNDABLE_CHANGED, NOTHING_TO_REFUND, BEYOND_REFUNDABLE,"
        " SURPLUS_IN_PARTS, TOO_MANY_REFUNDS."
    )
    async def refund_payment(
        self,
        info: Info,
        input: Annotated[RefundPaymentInput, argument(description="What and why.")],
    ) -> RefundPaymentResult:
        try:
            held = await info.context.services.refunds.begin(
                info.context.principal, _request(input)
            )
        except NeedsTreasury as needs:
            return RefundNeedsTreasury(subject=needs.subject)
        return RefundPaymentSuccess(refund=FinanceRefund.of(held))


def _request(input: RefundPaymentInput) -> RefundRequest:
    lines = input.lines
    return RefundRequest(
        number=input.payment_number,
        lines=None
        if lines is None
        else tuple(
            LineWanted(one.position, money.Money(one.principal), money.Money(one.surcharge))
            for one in lines
        ),
        expected=money.Money(input.expected_refundable),
        reason=input.reason,
        case_number=input.case_number,
        key=input.idempotency_key,
    )
