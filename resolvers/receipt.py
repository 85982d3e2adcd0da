"""Receipts: the proof of a payment, and whether one that somebody shows is genuine."""

import asyncio
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import argument

from domain import receipts
from domain.receipts import ReceiptStatus, Verification
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.values import Money
from services.receipt_pdf import qr_svg

describe_enum(
    ReceiptStatus,
    name="ReceiptStatus",
    description="What a receipt is worth now.",
    texts={
        ReceiptStatus.VALID: "Genuine; the money was not given back and no decision annulled.",
        ReceiptStatus.REFUNDED: "Genuine, but the money was given back or is on its way.",
        ReceiptStatus.PARTLY_REFUNDED: "Genuine, but what was paid for some decisions was given"
        " back.",
        ReceiptStatus.ANNULLED: "Genuine, but at least one of the decisions was annulled since.",
        ReceiptStatus.NOT_GENUINE: "Not signed by this deployment, or altered. It says nothing.",
        ReceiptStatus.UNKNOWN: "Genuine, but this deployment knows no such payment: do not rely on"
        " it before the agency has looked into it.",
    },
)


@strawberry.type(
    description="The proof that a payment was made (缴款凭证). Nothing personal is in it. It is not"
    " the fiscal e-receipt (财政电子票据)."
)
class Receipt:
    held: strawberry.Private[receipts.Receipt]
    number: str = strawberry.field(description="The receipt's number: that of the payment.")
    issued_at: datetime = strawberry.field(description="When the payment was made.")
    pdf_url: str = strawberry.field(
        description="The receipt as one page of PDF in Chinese. Needs no token, and is good for 5"
        " minutes: ask again instead of keeping it."
    )
    pdf_url_expires_at: datetime = strawberry.field(description="Until when the link is good.")

    @strawberry.field(
        description="What the QR code holds: a compact JWS (ES256, typ receipt+jws). Whoever has"
        " /.well-known/receipt-keys.json can verify it without asking, `verifyReceipt` also tells"
        " what happened since."
    )
    def token(self, info: Info) -> str:
        return info.context.services.receipts.token(self.held)

    @strawberry.field(
        description="The QR code of the token as one SVG element, which needs nothing else. Show it"
        " on white, with at least half the width of the screen."
    )
    async def qr_svg(self, info: Info) -> str:
        token = info.context.services.receipts.token(self.held)
        # Tens of milliseconds of computing.
        return await asyncio.to_thread(qr_svg, token)

    @classmethod
    def of(cls, held: receipts.Receipt, info: Info) -> "Receipt":
        """The receipt of a payment that was paid."""
        ticket, expires_at = info.context.services.receipts.ticket(held)
        return cls(
            held=held,
            number=held.number,
            issued_at=held.paid_at,
            pdf_url=f"{info.context.public_url}/receipts/{ticket}",
            pdf_url_expires_at=expires_at,
        )


@strawberry.type(description="What a genuine receipt says was paid for one decision.")
class ReceiptedDecision:
    number: str = strawberry.field(
        description="The decision's number, with its check character where it was known."
    )
    principal: Money = strawberry.field(description="The fine that was paid.")
    surcharge: Money = strawberry.field(description="The surcharge (加处罚款) that was paid.")
    annulled: bool | None = strawberry.field(
        description="Whether the decision was annulled since; null: not known here."
    )


@strawberry.type(description="Whether a receipt is genuine, what it says, and what it is worth.")
class ReceiptVerification:
    genuine: bool = strawberry.field(
        description="Whether this deployment signed exactly this. If not, nothing else is told."
    )
    status: ReceiptStatus = strawberry.field(description="What it is worth now.")
    number: str | None = strawberry.field(description="The receipt's number.")
    amount: Money | None = strawberry.field(description="What was paid in all.")
    paid_at: datetime | None = strawberry.field(description="When it was paid.")
    decisions: list[ReceiptedDecision] = strawberry.field(description="What was paid for.")

    @classmethod
    def of(cls, verified: Verification) -> "ReceiptVerification":
        """A verdict; what was said comes from the token alone."""
        said = verified.receipt
        lines = zip(said.lines, verified.annulled, strict=True) if said else ()
        return cls(
            genuine=said is not None,
            status=verified.status,
            number=said.number if said else None,
            amount=Money.of(said.amount if said else None),
            paid_at=said.paid_at if said else None,
            decisions=[
                ReceiptedDecision(
                    number=line.number,
                    principal=Money.sure(line.principal),
                    surcharge=Money.sure(line.surcharge),
                    annulled=annulled,
                )
                for line, annulled in lines
            ],
        )


@strawberry.type
class ReceiptQueries:
    @strawberry.field(
        description="Verify what the QR code of a receipt holds. Open to everybody; tells nothing"
        " that the receipt does not say itself, apart from what became of it since."
    )
    async def verify_receipt(
        self,
        info: Info,
        token: Annotated[str, argument(description="The content of the QR code, as it is.")],
    ) -> ReceiptVerification:
        return ReceiptVerification.of(await info.context.services.receipts.verify(token))
