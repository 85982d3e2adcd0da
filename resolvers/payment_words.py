"""How it stands with payments and their lines, in words that every noun about payments uses."""

from domain.payments import PaymentStatus
from models.payment import ItemState
from resolvers.described import describe_enum

__all__ = ["ItemState", "PaymentStatus"]

describe_enum(
    PaymentStatus,
    name="PaymentStatus",
    description="How it stands with a payment.",
    texts={
        PaymentStatus.CREATED: "Begun here, the channel has not answered yet. Ask again.",
        PaymentStatus.AWAITING: "Open: `clientAction` says how to pay.",
        PaymentStatus.UNKNOWN: "The channel does not answer, so nobody can tell. It is asked until"
        " it does; do not pay elsewhere meanwhile.",
        PaymentStatus.PAID: "Paid, and certain: by a signed notice or by asking the channel.",
        PaymentStatus.FAILED: "The channel refused to begin it. Nothing was charged.",
        PaymentStatus.CANCELLED: "Given up before anybody paid.",
        PaymentStatus.EXPIRED: "Nobody paid in time.",
        PaymentStatus.REFUNDING: "A refund of all or a part of it is under way: `refunds`.",
        PaymentStatus.REFUNDED: "All of the money went back. After a part it is PAID again.",
    },
)
describe_enum(
    ItemState,
    name="PaymentLineStatus",
    description="What a payment did for one decision.",
    texts={
        ItemState.LIVE: "Nothing yet: the payment has not ended.",
        ItemState.PAID: "It paid the fine.",
        ItemState.SURPLUS: "The money came, but the decision is annulled, or was paid otherwise, or"
        " the payment was over: it is yours and goes back.",
        ItemState.REFUNDED: "It was paid, and all of it went back: the fine is not paid by it.",
        ItemState.RELEASED: "The payment ended without money: the fine can be paid by another.",
    },
)
