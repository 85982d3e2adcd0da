"""What the simulated payment channels share: the till, the postman, the cashier, their control."""

from sandbox.payments.cashier import add_cashier
from sandbox.payments.channel import Bill, BillState, NotPayable, PaymentTrades
from sandbox.payments.control import add_payment_control
from sandbox.payments.postman import Letter, Postman
from sandbox.payments.till import Moved, Till
from sandbox.payments.trouble import (
    GENUINE,
    NO_TROUBLE,
    NOTICE,
    NOTICE_SCENARIOS,
    Tampering,
    Trouble,
    trouble_of,
)

__all__ = [
    "GENUINE",
    "NOTICE",
    "NOTICE_SCENARIOS",
    "NO_TROUBLE",
    "Bill",
    "BillState",
    "Letter",
    "Moved",
    "NotPayable",
    "PaymentTrades",
    "Postman",
    "Tampering",
    "Till",
    "Trouble",
    "add_cashier",
    "add_payment_control",
    "trouble_of",
]
